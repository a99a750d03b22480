// The official client in headless Chromium, against every transport and protocol that it can use.

import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { launch } from './browser.mjs';
import { startProxy } from './proxy.mjs';
import { scenariosFor } from './scenarios.mjs';
import { example, startServer } from './server.mjs';

const PAIRS = [
  ['WebSockets', 'json'],
  ['WebSockets', 'messagepack'],
  ['ServerSentEvents', 'json'],
  ['LongPolling', 'json'],
  ['LongPolling', 'messagepack'],
];

describe('the official client in a browser', () => {
  let server;
  let proxy;
  let browser;
  before(async () => {
    const files = fileURLToPath(new URL('.', import.meta.url));
    [server, browser] = await Promise.all([
      startServer({ program: example('conformance'), args: ['--static', files] }),
      launch(),
    ]);
    proxy = await startProxy(server.port);
  });
  after(async () => {
    await browser?.close();
    proxy?.close();
    await server?.stop();
  });

  for (const [transport, protocol] of PAIRS) {
    describe(`${transport}, ${protocol}`, () => {
      let page;
      before(async () => {
        page = await browser.newPage();
        await page.exposeFunction('cut', () => proxy.cut());
        // Through the proxy, whose origin is the page's then: so each of its sockets can be cut.
        await page.goto(`${proxy.url}/static/browser.html`);
        await page.waitForFunction(() => window.run);
      });
      after(() => page.close());

      for (const name of scenariosFor(10, transport)) {
        it(name, () =>
          // What the scenario throws is thrown here, too.
          page.evaluate(([name, options]) => window.run(name, options), [
            name,
            { transport, protocol },
          ]),
        );
      }
    });
  }
});
