// A real browser over HTTPS: it speaks HTTP/2, and so has no limit of six streams for an origin.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readFile } from 'node:fs/promises';
import { launch } from './browser.mjs';
import { makeCertificate } from './certificate.mjs';
import { startServer } from './server.mjs';

const LIMIT = 30_000;
/** A page of the server's origin with nothing on it that connects by itself. */
const EMPTY_PAGE = '/assets/icon.svg';
const STREAMS = 20;
const CLIENT = new URL('node_modules/@microsoft/signalr/dist/browser/signalr.js', import.meta.url);

describe('a browser over HTTPS', () => {
  let certificate, server, browser, page;
  before(async () => {
    certificate = makeCertificate();
    server = await startServer({ tls: certificate.files });
    browser = await launch([`--ignore-certificate-errors-spki-list=${certificate.keyHash()}`]);
    page = await browser.newPage();
    page.setDefaultTimeout(LIMIT);
    await page.goto(new URL(EMPTY_PAGE, server.secureUrl).href);
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    certificate.remove();
  });

  it('speaks HTTP/2', async () => {
    const protocol = await page.evaluate(
      () => performance.getEntriesByType('navigation')[0].nextHopProtocol,
    );
    assert.equal(protocol, 'h2');
  });

  it(`holds ${STREAMS} streams of one origin at once`, async () => {
    await page.evaluate((count) => {
      window.seen = Array.from({ length: count }, () => []);
      window.opened = 0;
      window.sources = window.seen.map((seen) => {
        const source = new EventSource('/sse/broadcast');
        source.onopen = () => (window.opened += 1);
        source.onmessage = ({ data }) => seen.push(data);
        return source;
      });
    }, STREAMS);
    await page.waitForFunction((count) => window.opened === count, STREAMS);
    // There is room for ordinary requests beside them.
    const status = await page.evaluate(async () => {
      const answer = await fetch('/api/publish/broadcast', { method: 'POST', body: 'to all' });
      return answer.status;
    });
    assert.equal(status, 200);
    await page.waitForFunction(() => window.seen.every((seen) => seen.includes('to all')));
    await page.evaluate(() => window.sources.forEach((source) => source.close()));
  });

  it('talks to a hub over every transport, and opens its WebSockets over HTTP/2', async () => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Network.enable');
    const handshakes = [];
    devtools.on('Network.webSocketHandshakeResponseReceived', ({ response }) =>
      handshakes.push(response.status),
    );
    await page.evaluate(await readFile(CLIENT, 'utf8'));
    for (const transport of ['WebSockets', 'ServerSentEvents', 'LongPolling']) {
      const echoed = await page.evaluate(async (transport) => {
        const { HubConnectionBuilder, HttpTransportType, LogLevel } = window.signalR;
        const connection = new HubConnectionBuilder()
          .withUrl(new URL('/hubs/kestrun', location).href, { transport: HttpTransportType[transport] })
          .configureLogging(LogLevel.None)
          .build();
        const echo = new Promise((resolve) => connection.on('ReceiveEcho', resolve));
        await connection.start();
        await connection.invoke('Echo', `over ${transport}`);
        const text = await echo;
        await connection.stop();
        return text;
      }, transport);
      assert.equal(echoed, `over ${transport}`);
    }
    // 101 would be HTTP/1.1.
    assert.deepEqual(handshakes, [200]);
  });
});
