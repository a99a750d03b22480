// The examples with a page, in headless Chromium. With SCREENSHOTS, pictures of them go to that folder.

import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { launch, problemsOf } from './browser.mjs';
import { example, startServer } from './server.mjs';

const LIMIT = 30_000;
const CLIENT = fileURLToPath(new URL('node_modules/@microsoft/signalr/dist/browser', import.meta.url));
const SIZES = { desktop: { width: 1200, height: 800 }, phone: { width: 360, height: 740 } };

describe('the examples in a browser', () => {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  /** Starts an example and opens so many of its pages. */
  async function open(test, name, windows = 1) {
    const server = await startServer({ program: example(name), args: ['--signalr', CLIENT] });
    test.after(() => server.stop());
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    test.after(() => context.close());
    const pages = [];
    for (let window = 0; window < windows; window += 1) {
      const page = await context.newPage();
      page.setDefaultTimeout(LIMIT);
      page.problems = problemsOf(page, server.url);
      await page.goto(server.url);
      await page.getByText('connected', { exact: true }).waitFor();
      pages.push(page);
    }
    return { server, pages };
  }

  /** That it complains about nothing, is usable by keyboard and reader, and fits every screen. */
  async function inspect(page, name) {
    assert.deepEqual(page.problems, []);
    const unnamed = await page
      .locator('input, select, button, progress')
      .evaluateAll((all) =>
        all.filter(
          (it) =>
            !(it.labels?.length || it.ariaLabel || it.ariaLabelledByElements?.length || it.textContent.trim()),
        ).length,
      );
    assert.equal(unnamed, 0);
    for (const [device, size] of Object.entries(SIZES)) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${device}: ${overflow} px too wide`);
        const folder = process.env.SCREENSHOTS;
        if (folder) {
          await mkdir(folder, { recursive: true });
          await page.screenshot({ path: path.join(folder, `${name}-${device}-${colorScheme}.png`) });
        }
      }
    }
  }

  it('chat: two talk in a room, and see each other come and go', async (test) => {
    const { pages } = await open(test, 'chat', 3);
    const [ann, bob, eve] = pages;
    for (const [page, name, room] of [[ann, 'Ann', 'Lobby'], [bob, 'Bob', 'Lobby'], [eve, 'Eve', 'Cellar']]) {
      await page.getByLabel('Your name').fill(name);
      await page.getByLabel('Room').fill(room);
      await page.getByRole('button', { name: 'Enter' }).click();
      await page.getByRole('heading', { name: room }).waitFor();
    }
    await ann.getByText('Bob came in').waitFor();
    await ann.getByText('2 people are here.').waitFor();
    const say = async (page, text) => {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.keyboard.press('Enter');
    };
    await say(ann, 'Is anybody there? <b>grüße</b> 👋');
    await bob.getByText('Is anybody there? <b>grüße</b> 👋').waitFor();
    await say(bob, 'Yes: at https://example.org/a/rather/long/path/that/has/no/place/to/break/at/all/really');
    await say(eve, 'nobody hears this');
    await ann.getByText('Yes: at').waitFor();
    await inspect(ann, 'chat');
    assert.equal(await ann.getByText('nobody hears this').count(), 0);
    await bob.close();
    await ann.getByText('Bob left').waitFor();
    await ann.getByText('Nobody else is here.').waitFor();
    await eve.getByRole('textbox', { name: 'Message' }).fill(' ');
    await eve.getByRole('button', { name: 'Send' }).click();
    await eve.getByText('There is nothing in it.').waitFor();
  });

  it('log view: shows records as they come, filters and holds them', async (test) => {
    const { pages: [page] } = await open(test, 'log_view');
    const records = page.locator('#records');
    const write = async (text) => {
      await page.getByLabel('Write a record').fill(text);
      await page.getByRole('button', { name: 'Write' }).click();
    };
    await write('from the page');
    await records.locator('[data-level="Information"]', { hasText: 'from the page' }).waitFor();
    for (const level of ['Debug', 'Warning', 'Error']) {
      await records.locator(`[data-level="${level}"]`).first().waitFor({ timeout: 20_000 });
    }
    await inspect(page, 'log_view');
    await page.getByLabel('Show').selectOption('Warning and above');
    await records.getByText('from the page').waitFor({ state: 'hidden' });
    await page.getByLabel('Show').selectOption('everything');
    await page.getByRole('button', { name: 'Pause' }).click();
    await write('while it is held');
    const held = page.getByRole('button', { name: /^Go on \(\d+\)$/ });
    await held.waitFor();
    assert.equal(await records.getByText('while it is held').count(), 0);
    await held.click();
    await records.getByText('while it is held').waitFor();
  });

  it('progress bar: runs jobs to their end, cancels one, and shows those of others', async (test) => {
    const { pages: [page, other] } = await open(test, 'progress_bar', 2);
    const start = async (name, seconds) => {
      await page.getByRole('textbox', { name: 'Job' }).fill(name);
      await page.getByLabel('Seconds').fill(seconds);
      await page.getByRole('button', { name: 'Start' }).click();
    };
    const job = (of, name) => of.locator('.job', { hasText: name });
    await start('short', '1');
    await start('long', '300');
    await start('middle', '30');
    await job(page, 'short').getByText('done').waitFor();
    await job(other, 'short').getByText('done in another window').waitFor();
    await job(page, 'middle').getByText(/^\d+ %$/).waitFor();
    await page.getByRole('button', { name: 'Cancel: long' }).click();
    await job(page, 'long').getByText('cancelled').waitFor();
    await job(other, 'long').getByText('cancelled in the other window').waitFor();
    assert.ok((await job(other, 'middle').getByRole('progressbar').evaluate((bar) => bar.value)) > 0);
    await inspect(page, 'progress_bar');
  });

  it('live stream: measures until it is stopped, and averages what the page sends', async (test) => {
    const { pages: [page] } = await open(test, 'live_stream');
    await page.getByLabel('Every').selectOption('20 ms');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/^measurement \d{3}$/).waitFor();
    assert.match(await page.locator('#value').textContent(), /^\d\d\.\d\d °C$/);
    const slider = page.getByRole('slider');
    for (const value of ['10', '20', '60']) await slider.fill(value);
    await page.getByText('3 sent').waitFor();
    await page.getByRole('button', { name: 'Ask for the average' }).click();
    await page.getByText('The average of 3 is 30.0.').waitFor();
    await inspect(page, 'live_stream');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('stopped').waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/^measurement \d+$/).waitFor();
  });

  it('each comes back when its server does', async (test) => {
    const { server, pages: [page] } = await open(test, 'chat');
    await server.kill();
    await page.getByText(/^(reconnecting|disconnected|the server is not there)$/).waitFor();
    const args = ['--signalr', CLIENT];
    const second = await startServer({ program: example('chat'), port: server.port, args });
    test.after(() => second.stop());
    await page.getByText('connected', { exact: true }).waitFor();
  });

  it('each says so where the official client is missing', async (test) => {
    const server = await startServer({ program: example('chat'), args: ['--signalr', '/nowhere'] });
    test.after(() => server.stop());
    const page = await browser.newPage();
    test.after(() => page.close());
    await page.goto(server.url);
    await page.getByText('The official client is missing. Run “npm install @microsoft/signalr”').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Enter' }).isDisabled(), true);
  });
});
