// Event streams and publish routes over plain HTTP.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { helpText, startServer } from './server.mjs';
import { openStream, parseEvent } from './stream.mjs';

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

function assertStreamHeaders(response) {
  assert.equal(response.status, 200);
  for (const [name, value] of Object.entries(STREAM_HEADERS)) {
    assert.equal(response.headers.get(name), value, name);
  }
  assert.equal(response.headers.get('content-length'), null);
}

function postJson(url, body, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body: text });
}

describe('HTTP', { concurrency: true }, () => {
  let server;
  // Subscriber counts are only certain on a server without other visitors.
  let quiet;
  before(async () => {
    [server, quiet] = await Promise.all([startServer(), startServer()]);
  });
  after(() => Promise.all([server.stop(), quiet.stop()]));

  it('streams connected, the ticks and complete in this order', async () => {
    const stream = await openStream(`${server.url}/sse?count=3&intervalMs=100`);
    assertStreamHeaders(stream.response);
    assert.equal(await stream.end, '');
    const events = stream.rest().filter((block) => !block.startsWith(':')).map(parseEvent);

    assert.deepEqual(events.map(({ event }) => event), ['connected', 'tick', 'tick', 'tick', 'complete']);
    assert.deepEqual(events.map(({ names }) => names.join()), [
      'retry,event,data',
      'id,event,data',
      'id,event,data',
      'id,event,data',
      'event,data',
    ]);
    const [connected, ...rest] = events;
    assert.equal(connected.retry, '2000');
    assert.equal(connected.data.count, 3);
    assert.equal(connected.data.intervalMs, 100);
    assert.equal(connected.data.message, 'Connected to Kestrun SSE stream');
    assert.ok(Date.parse(connected.data.serverTime));
    rest.slice(0, 3).forEach(({ id, data }, index) => {
      assert.equal(id, String(index + 1));
      assert.equal(data.i, index + 1);
      assert.equal(data.total, 3);
      assert.ok(Date.parse(data.timestamp));
    });
    assert.equal(rest[3].data.total, 3);
    assert.equal(rest[3].data.message, 'Stream complete');
  });

  for (const query of ['', '?count=0&intervalMs=0', '?count=-5&intervalMs=-1']) {
    it(`takes 30 ticks each second as the default for '${query}'`, async () => {
      const stream = await openStream(`${server.url}/sse${query}`);
      const { data } = await stream.event();
      assert.equal(data.count, 30);
      assert.equal(data.intervalMs, 1000);
      stream.close();
    });
  }

  it('takes the largest count and interval', async () => {
    const stream = await openStream(`${server.url}/sse?count=1000&intervalMs=60000`);
    const { data } = await stream.event();
    assert.equal(data.count, 1000);
    assert.equal(data.intervalMs, 60000);
    stream.close();
  });

  it('brings a broadcast to an open stream at once, and not to the progress stream', async () => {
    const stream = await openStream(`${quiet.url}/sse/broadcast`);
    const progress = await openStream(`${quiet.url}/sse/broadcast/progress`);
    for (const { response } of [stream, progress]) assertStreamHeaders(response);
    for (const each of [stream, progress]) {
      const connected = await each.event();
      assert.equal(connected.event, 'connected');
      assert.equal(connected.retry, '2000');
      assert.deepEqual(Object.keys(connected.data).sort(), ['clientId', 'serverTime']);
      assert.match(connected.data.clientId, /^[0-9a-f]{32}$/);
    }

    const data = { text: 'line one\nline two', n: [1, { deep: { deeper: true } }] };
    const start = performance.now();
    const reply = await postJson(`${quiet.url}/api/broadcast`, { event: 'news', data });
    assert.deepEqual(await reply.json(), { ok: true, event: 'news', connected: 1 });
    const event = await stream.event();
    assert.ok(performance.now() - start < 2_000, 'long before the next keep-alive');
    assert.equal(event.event, 'news');
    assert.deepEqual(event.data, data);

    const body = { taskId: 't', progress: 12.5, status: 'Half', state: 'running', ts: '1999-01-01' };
    const sent = await postJson(`${quiet.url}/api/broadcast/progress`, body);
    assert.deepEqual(await sent.json(), { ok: true, event: 'progress', connected: 1 });
    // The first event here is the progress, so the broadcast before it did not come this way.
    const { event: name, data: seen } = await progress.event();
    assert.equal(name, 'progress');
    assert.deepEqual({ ...seen, ts: null }, { ...body, ts: null });
    assert.ok(Date.now() - Date.parse(seen.ts) < 60_000, 'the server writes its own time');

    await postJson(`${quiet.url}/api/broadcast`, { event: 'last' });
    assert.equal((await stream.event()).event, 'last');
    stream.close();
    progress.close();
  });

  it('fills in what a broadcast leaves out', async () => {
    const stream = await openStream(`${server.url}/sse/broadcast`);
    const progress = await openStream(`${server.url}/sse/broadcast/progress`);
    await Promise.all([stream.event(), progress.event()]);
    const reply = await postJson(`${server.url}/api/broadcast`, {});
    assert.equal((await reply.json()).event, 'message');
    const event = await stream.event('message');
    assert.deepEqual(event.data, { text: 'empty' });
    await postJson(`${server.url}/api/broadcast/progress`, {});
    const { ts, ...rest } = (await progress.event()).data;
    assert.deepEqual(rest, { taskId: 'task-1', progress: 0, status: 'Working...', state: 'running' });
    assert.ok(Date.parse(ts));
    stream.close();
    progress.close();
  });

  it('reads a body whose content type has a charset', async () => {
    const stream = await openStream(`${server.url}/sse/broadcast`);
    const type = 'application/json; charset=utf-8';
    await postJson(`${server.url}/api/broadcast`, { event: 'charset', data: 'ü' }, type);
    assert.equal((await stream.event('charset')).data, 'ü');
    stream.close();
  });

  it('keeps a quiet stream alive with comments and loses no event to them', async () => {
    const flag = (await helpText()).includes('--sse-keep-alive');
    const own = await startServer({ args: flag ? ['--sse-keep-alive', '1'] : [] });
    const stream = await openStream(`${own.url}/sse/broadcast`);
    await stream.event();
    const interval = flag ? 1_000 : 15_000;
    for (let comment = 1; comment <= 2; comment += 1) {
      assert.match(await stream.block(interval + 3_000), /^: keep-alive/);
    }
    for (const event of ['first', 'second', 'third']) {
      await postJson(`${own.url}/api/broadcast`, { event });
      assert.equal((await stream.event()).event, event);
    }
    stream.close();
    await own.stop();
  });

  it('ends open streams when the server stops', async () => {
    const own = await startServer();
    const stream = await openStream(`${own.url}/sse/broadcast`);
    await stream.event();
    const ended = await own.stop();
    assert.equal(ended.code, 0);
    assert.ok(ended.after < 5_000, `took ${ended.after} ms`);
    assert.equal(await stream.end, '', 'the body ends properly, not in the middle of an event');
  });

  const refusals = [
    ['GET', '/sse?count=abc', undefined, 400, 'count'],
    ['GET', '/sse?count=1.5', undefined, 400, 'count'],
    ['GET', '/sse?count=99999999999999999999', undefined, 400, 'count'],
    ['GET', '/sse?count=1001', undefined, 400, 'count'],
    ['GET', '/sse?intervalMs=x', undefined, 400, 'intervalMs'],
    ['GET', '/sse?intervalMs=60001', undefined, 400, 'intervalMs'],
    ['GET', '/api/ps/log/loud', undefined, 400, 'level'],
    ['POST', '/api/operation/start?seconds=abc', undefined, 400, 'seconds'],
    ['POST', '/api/broadcast', '{"event":', 400, undefined],
    ['POST', '/api/broadcast', '[]', 400, undefined],
    ['POST', '/api/broadcast', '{"event":5}', 400, 'event'],
    ['POST', '/api/broadcast', '{"event":"a\\nb"}', 400, 'event'],
    ['POST', '/api/broadcast/progress', '{"progress":"half"}', 400, 'progress'],
    ['POST', '/api/broadcast/progress', '{"taskId":5}', 400, 'taskId'],
    ['POST', '/api/broadcast/progress', '{"status":[]}', 400, 'status'],
    ['POST', '/api/broadcast/progress', '{"state":{}}', 400, 'state'],
    ['GET', '/api/operation/status/unknown', undefined, 404, 'taskId'],
    ['POST', '/api/operation/stop/unknown', undefined, 404, 'taskId'],
    ['GET', '/nowhere', undefined, 404, undefined],
    ['GET', '/sse/unknown', undefined, 404, undefined],
    ['GET', '/assets/unknown.js', undefined, 404, undefined],
  ];
  for (const [method, path, body, status, field] of refusals) {
    const about = body ? `${path} ${body}` : path;
    it(`refuses ${method} ${about} with ${status}${field ? ` and names ${field}` : ''}`, async () => {
      const headers = body ? { 'Content-Type': 'application/json' } : {};
      const response = await fetch(server.url + path, { method, headers, body });
      const text = await response.text();
      assert.equal(response.status, status, text);
      assert.match(response.headers.get('content-type'), /^application\/problem\+json/);
      const problem = JSON.parse(text);
      assert.equal(problem.status, status);
      assert.equal(typeof problem.title, 'string');
      if (field) assert.equal(problem.field, field);
    });
  }

  const methods = [
    ['POST', '/sse', ['GET', 'HEAD']],
    ['PUT', '/sse', ['GET', 'HEAD']],
    ['DELETE', '/sse/broadcast', ['GET', 'HEAD']],
    ['GET', '/api/broadcast', ['POST']],
    ['GET', '/api/operation/start', ['POST']],
    ['POST', '/api/ps/event', ['GET', 'HEAD']],
    ['POST', '/', ['GET', 'HEAD']],
  ];
  for (const [method, path, allowed] of methods) {
    it(`refuses ${method} ${path} and says what is allowed`, async () => {
      const response = await fetch(server.url + path, { method });
      assert.equal(response.status, 405);
      const allow = response.headers.get('allow').split(/, */);
      for (const name of allowed) assert.ok(allow.includes(name), `${name} in ${allow}`);
      assert.equal(allow.includes(method), false);
    });
  }

  it('answers OPTIONS with the methods of the route', async () => {
    const response = await fetch(`${server.url}/api/broadcast`, { method: 'OPTIONS' });
    assert.ok([200, 204].includes(response.status));
    assert.deepEqual(response.headers.get('allow').split(/, */).sort(), ['OPTIONS', 'POST']);
  });

  it('answers HEAD on a stream with its headers and keeps the connection usable', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = net.connect(Number(port), hostname);
    const host = `Host: ${hostname}:${port}\r\n`;
    socket.write(`HEAD /sse HTTP/1.1\r\n${host}\r\n`);
    socket.write(`GET /api/ps/event HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    await once(socket, 'close');
    const [head, next] = text.split('\r\n\r\n');
    assert.match(head, /^HTTP\/1\.1 200 /);
    assert.match(head, /\r\ncontent-type: text\/event-stream(\r\n|$)/i);
    assert.match(next, /^HTTP\/1\.1 200 /, 'no body between the two answers');
  });

  it('serves the page with a policy that forbids everything from elsewhere', async () => {
    const response = await fetch(server.url);
    assert.match(response.headers.get('content-type'), /^text\/html/);
    const policy = response.headers.get('content-security-policy');
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]) {
      assert.ok(policy.includes(rule), rule);
    }
    const html = await response.text();
    for (const [, path] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
      const asset = await fetch(server.url + path);
      assert.equal(asset.status, 200, path);
      const type = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' }[path.split('.').pop()];
      assert.ok(asset.headers.get('content-type').startsWith(type), path);
    }
  });
});
