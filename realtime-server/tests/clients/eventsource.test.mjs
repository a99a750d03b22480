// The EventSource of a real browser against streams that are cut, killed, stopped and finished.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch } from './browser.mjs';
import { startProxy } from './proxy.mjs';
import { startServer } from './server.mjs';

const LIMIT = 30_000;
/** A page of the server's origin with nothing on it that connects by itself. */
const EMPTY_PAGE = '/assets/icon.svg';

/** Opens an EventSource in a page of its own; what it receives gathers in `window.seen`. */
async function listen(browser, url, { names = ['message', 'gap'], setUp } = {}) {
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT);
  await page.goto(new URL(EMPTY_PAGE, url).href);
  const target = setUp ? await page.evaluate(setUp) : url;
  await page.evaluate(
    ([target, names]) => {
      window.seen = [];
      window.opened = 0;
      window.source = new EventSource(target);
      window.source.onopen = () => (window.opened += 1);
      for (const name of names) {
        window.source.addEventListener(name, ({ type, data, lastEventId }) => {
          window.seen.push({ type, data, lastEventId });
        });
      }
    },
    [target, names],
  );
  const until = (condition, value) => page.waitForFunction(condition, value);
  await until(() => window.opened > 0 || window.source.readyState === EventSource.CLOSED);
  return {
    seen: () => page.evaluate(() => window.seen),
    state: () => page.evaluate(() => window.source.readyState),
    opened: (times) => until((times) => window.opened >= times, times),
    received: (count) => until((count) => window.seen.length >= count, count),
    lost: () => until(() => window.source.readyState === EventSource.CONNECTING),
    closed: () => until(() => window.source.readyState === EventSource.CLOSED),
    close: () => page.close(),
  };
}

async function publish(url, stream, body) {
  const response = await fetch(`${url}/api/publish/${stream}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  assert.equal(response.status, 200, JSON.stringify(answer));
  return answer;
}

describe('EventSource', () => {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  it('loses and doubles nothing of 10,000 events over a connection that is cut', async () => {
    const total = 10_000;
    const batch = 100;
    const server = await startServer({
      args: ['--stream', 'news', '--sse-history', String(total), '--sse-retry', '500'],
      // A browser that falls behind while it is busy is to come back, not to lose events.
      env: { REALTIME_SSE_SLOW_CLIENT: 'disconnect' },
    });
    const proxy = await startProxy(server.port);
    const source = await listen(browser, `${proxy.url}/sse/news`);
    let cuts = 0;
    for (let first = 0; first < total; first += batch) {
      await publish(server.url, 'news', Array.from({ length: batch }, (_, n) => ({ data: first + n })));
      if (first % 2_000 === 1_000) {
        proxy.cut();
        cuts += 1;
      }
      // Some is published while nobody is there, some while history is sent, some live.
      if (first % 2_000 === 1_800) await source.opened(cuts + 1);
    }
    await source.received(total);
    const seen = await source.seen();
    assert.deepEqual(
      seen.map(({ type, data }) => (type === 'message' ? Number(data) : type)),
      Array.from({ length: total }, (_, n) => n),
    );
    assert.equal(new Set(seen.map(({ lastEventId }) => lastEventId)).size, total);
    await source.close();
    proxy.close();
    await server.stop();
  });

  it('is told of the gap when the server was killed and its history with it', async () => {
    const args = ['--stream', 'news', '--sse-retry', '500'];
    const server = await startServer({ args });
    const source = await listen(browser, `${server.url}/sse/news`);
    await publish(server.url, 'news', { data: 'before' });
    await source.received(1);
    await server.kill();
    await source.lost();
    const next = await startServer({ args, port: server.port });
    await publish(next.url, 'news', { data: 'while away' });
    await source.received(3);
    await publish(next.url, 'news', { data: 'after' });
    await source.received(4);
    const [before, gap, away, after] = await source.seen();
    assert.equal(before.data, 'before');
    assert.equal(gap.type, 'gap');
    assert.deepEqual(JSON.parse(gap.data), { reason: 'unknown' });
    assert.equal(away.data, 'while away');
    assert.equal(after.data, 'after');
    assert.notEqual(before.lastEventId.split('.')[0], after.lastEventId.split('.')[0]);
    await source.close();
    await next.stop();
  });

  it('comes back after a stop, when it is told to', async () => {
    const args = ['--stream', 'news', '--sse-retry', '500'];
    const server = await startServer({ args });
    const source = await listen(browser, `${server.url}/sse/news`);
    const ended = await server.stop();
    assert.equal(ended.code, 0);
    await source.lost();
    const next = await startServer({ args, port: server.port });
    await source.opened(2);
    await publish(next.url, 'news', { data: 'after' });
    await source.received(2);
    assert.deepEqual((await source.seen()).map(({ type }) => type), ['gap', 'message']);
    await source.close();
    await next.stop();
  });

  it('stops for good once a stream that ends has been seen to its end', async () => {
    const server = await startServer({ args: ['--sse-retry', '500'] });
    const source = await listen(browser, `${server.url}/sse?count=3&intervalMs=10`, {
      names: ['connected', 'tick', 'complete'],
    });
    await source.closed();
    const seen = await source.seen();
    assert.deepEqual(
      seen.map(({ type }) => type),
      ['connected', 'tick', 'tick', 'tick', 'complete'],
      'it came back once and was answered 204',
    );
    await source.close();
    await server.stop();
  });

  it('subscribes to topics', async () => {
    const server = await startServer({ args: ['--stream', 'news'] });
    const source = await listen(browser, `${server.url}/sse/news?topic=a&topic=b`);
    const receipts = await publish(server.url, 'news', [
      { data: 'a', topic: 'a' },
      { data: 'c', topic: 'c' },
      { data: 'b', topic: 'b' },
      { data: { for: 'all' } },
    ]);
    assert.deepEqual(receipts.map(({ subscribers }) => subscribers), [1, 0, 1, 1]);
    await source.received(3);
    const seen = await source.seen();
    assert.deepEqual(seen.map(({ data }) => data), ['a', 'b', '{"for":"all"}']);
    assert.equal(seen[2].lastEventId, receipts[3].id);
    await source.close();
    await server.stop();
  });

  it('is somebody by a ticket, once', async () => {
    const server = await startServer();
    const source = await listen(browser, server.url, {
      setUp: async () => {
        const response = await fetch('/api/v1/sse/token', { method: 'POST' });
        const { token } = await response.json();
        window.target = `/api/v1/sse/stream?token=${token}`;
        return window.target;
      },
    });
    const { subscribers } = await publish(server.url, 'notifications', { data: 'you', user: 'local' });
    assert.equal(subscribers, 1);
    const other = await publish(server.url, 'notifications', { data: 'not you', user: 'else' });
    assert.equal(other.subscribers, 0);
    await source.received(1);
    assert.deepEqual((await source.seen()).map(({ data }) => data), ['you']);
    await source.close();
    await server.stop();
  });
});

describe('Tokens from the environment', () => {
  it('name who may publish and who may have a ticket', async () => {
    const server = await startServer({
      env: {
        REALTIME_PUBLISH_TOKEN: 'the-token-of-the-backend',
        REALTIME_USER_TOKENS: 'ann@acme=the-token-of-ann, bob=the-token-of-bob-',
      },
    });
    const post = (path, token) =>
      fetch(server.url + path, {
        method: 'POST',
        headers: token ? { Authorization: `Bearer ${token}` } : {},
        body: 'hello',
      });
    for (const [path, token, status] of [
      ['/api/publish/broadcast', undefined, 401],
      ['/api/publish/broadcast', 'the-token-of-ann', 401],
      ['/api/publish/broadcast', 'the-token-of-the-backend', 200],
      ['/api/v1/sse/token', undefined, 401],
      ['/api/v1/sse/token', 'the-token-of-the-backend', 401],
      ['/api/v1/sse/token', 'the-token-of-ann', 200],
      ['/api/v1/sse/token', 'the-token-of-bob-', 200],
    ]) {
      assert.equal((await post(path, token)).status, status, `${path} ${token}`);
    }
    await server.stop();
  });

  it('are refused at the start when they are too short', async () => {
    const env = { REALTIME_PUBLISH_TOKEN: 'short' };
    await assert.rejects(startServer({ env }), /a token in REALTIME_PUBLISH_TOKEN has less than 16/);
  });

  it('are needed to publish where others can connect', async () => {
    const server = await startServer({ host: '0.0.0.0' });
    const response = await fetch(`http://127.0.0.1:${server.port}/api/publish/broadcast`, { method: 'POST', body: 'x' });
    assert.equal(response.status, 401);
    await server.stop();
  });
});
