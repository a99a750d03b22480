// The page at /docs in headless Chromium, and the hub of the document with the official client.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { launch, problemsOf } from './browser.mjs';
import { startServer, within } from './server.mjs';

const LIMIT = 10_000;
const WIDTHS = [1360, 390];
const SECRET = 'a secret of the test that is long enough';

describe('The docs page in a browser', () => {
  let problems;
  let server;
  let browser;
  let page;
  const article = (id) => page.locator(`article#${id}`);

  before(async () => {
    server = await startServer();
    browser = await launch();
    const context = await browser.newContext({ viewport: { width: WIDTHS[0], height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    page = await context.newPage();
    page.setDefaultTimeout(LIMIT);
    problems = problemsOf(page, server.url);
    await page.goto(`${server.url}/docs`);
    await page.locator('#content[aria-busy="false"]').waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('has an article for each operation, schema and method of the documents', async () => {
    assert.equal(await page.title(), 'Realtime demo API');
    const openapi = await (await fetch(`${server.url}/openapi/v3.2/openapi.json`)).json();
    const asyncapi = await (await fetch(`${server.url}/asyncapi/v3.0/asyncapi.json`)).json();
    const ids = await page.locator('article').evaluateAll((all) => all.map(({ id }) => id));
    const operations = Object.values(openapi.paths).flatMap((item) => Object.values(item));
    const expected = [
      ...operations.filter((one) => !one['x-signalr']).map((one) => `operation-${one.operationId}`),
      ...Object.keys(openapi.components.schemas).map((name) => `schema-${name}`),
      ...Object.values(asyncapi.operations)
        .filter((one) => one['x-signalr-role'])
        .map((one) => `${one.action === 'receive' ? 'method' : 'call'}-KestrunHub-${one.title}`),
      'hub-KestrunHub',
    ];
    assert.deepEqual(ids.toSorted(), expected.toSorted());
    assert.equal(new Set(ids).size, ids.length);
  });

  it('leads from the index and from types to what they name', async () => {
    const links = await page.locator('#index a, #content a').evaluateAll((all) => all.map((a) => a.hash));
    for (const hash of new Set(links)) {
      assert.equal(await page.locator(hash).count(), 1, hash);
    }
  });

  it('opens a stream and shows its events as they come, to the end', async () => {
    const ticks = article('operation-streamTicks');
    await ticks.getByRole('spinbutton', { name: 'count' }).fill('3');
    await ticks.getByRole('spinbutton', { name: 'intervalMs' }).fill('20');
    await ticks.getByRole('button', { name: 'Open the stream' }).click();
    await ticks.getByText('The server ended the stream.').waitFor();
    const names = await ticks.locator('.feed b').allTextContents();
    assert.deepEqual(names, ['complete', 'tick', 'tick', 'tick', 'connected']);
  });

  it('shows a broadcast that is sent from the page itself, and closes the stream', async () => {
    const stream = article('operation-streamBroadcast');
    await stream.getByRole('button', { name: 'Open the stream' }).click();
    await stream.locator('.feed').getByText('connected').waitFor();
    const send = article('operation-broadcast');
    await send.getByRole('textbox', { name: 'Body' }).fill('{"event": "greeting", "data": {"text":"hello"}}');
    await send.getByRole('button', { name: 'Send' }).click();
    await send.getByText(/^200 OK/).waitFor();
    assert.deepEqual(JSON.parse(await send.locator('.output').textContent()), {
      ok: true,
      event: 'greeting',
      connected: 1,
    });
    await stream.locator('.feed li').filter({ hasText: 'greeting' }).getByText('{"text":"hello"}').waitFor();
    await stream.getByRole('button', { name: 'Close the stream' }).click();
    await stream.getByText('Closed.').waitFor();
  });

  it('says why a request is refused', async () => {
    const start = article('operation-getOperation');
    await start.getByRole('textbox', { name: 'taskId' }).fill('nobody');
    await start.getByRole('button', { name: 'Send' }).click();
    await start.getByText(/^404 Not Found/).waitFor();
    assert.match(await start.locator('.output').textContent(), /No task found for operation 'nobody'/);
  });

  it('invokes a hub method and shows what the server calls', async () => {
    const echo = article('method-KestrunHub-Echo');
    await echo.getByRole('textbox', { name: 'message' }).fill('hello hub');
    await echo.getByRole('button', { name: 'Invoke' }).click();
    await echo.getByText(/^Done/).waitFor();
    const hub = article('hub-KestrunHub');
    await hub.locator('.feed li').filter({ hasText: 'ReceiveEcho' }).getByText('"hello hub"').waitFor();
    await hub.getByRole('button', { name: 'Disconnect' }).click();
    await hub.getByText('disconnected').waitFor();
  });

  it('gives code for what is in the form, to copy', async () => {
    const send = article('operation-askToJoin');
    await send.getByRole('textbox', { name: 'groupName' }).fill("it's mine");
    await send.getByRole('button', { name: 'Copy curl' }).click();
    await send.getByText('Copied').waitFor();
    assert.equal(
      await page.evaluate(() => navigator.clipboard.readText()),
      `curl -X POST '${server.url}/api/group/join/it'\\''s%20mine'`,
    );
  });

  it('finds by all words, from the keyboard', async () => {
    await page.locator('body').press('/');
    await page.keyboard.type('stop operation');
    await page.getByText(/^\d+ of \d+ found$/).waitFor();
    const shown = await page.locator('article:visible').evaluateAll((all) => all.map(({ id }) => id));
    assert.ok(shown.includes('operation-stopOperation'), shown.join());
    assert.ok(!shown.includes('operation-streamTicks'), shown.join());
    const listed = await page.locator('#index a:visible').count();
    assert.equal(listed, shown.length);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('article:visible').count(), await page.locator('article').count());
  });

  it('lets optional choices be left out, and says what a method wants to be sent', async () => {
    const other = await browser.newPage();
    await other.route('**/openapi/v3.2/openapi.json', async (route) => {
      const openapi = await (await route.fetch()).json();
      openapi.paths['/sse'].get.parameters.push(
        { name: 'order', in: 'query', schema: { type: 'string', enum: ['up', 'down'] } },
        { name: 'loud', in: 'query', schema: { type: 'boolean' } },
      );
      await route.fulfill({ json: openapi });
    });
    await other.route('**/asyncapi/v3.0/asyncapi.json', async (route) => {
      const asyncapi = await (await route.fetch()).json();
      const { messages } = asyncapi.channels.KestrunHub;
      messages['upload.Echo'] = { name: 'Echo', payload: { properties: { item: { type: 'integer' } } } };
      asyncapi.operations['KestrunHub.receive.Echo'].messages.push({
        $ref: '#/channels/KestrunHub/messages/upload.Echo',
      });
      await route.fulfill({ json: asyncapi });
    });
    await other.goto(`${server.url}/docs`);
    const ticks = other.locator('article#operation-streamTicks');
    const code = ticks.locator('.snippet code').first();
    assert.equal(await code.textContent(), `curl -N '${server.url}/sse'`);
    await ticks.getByLabel('order').selectOption('down');
    await ticks.getByLabel('loud').selectOption('true');
    assert.equal(await code.textContent(), `curl -N '${server.url}/sse?order=down&loud=true'`);
    const echo = other.locator('article#method-KestrunHub-Echo');
    assert.equal(await echo.getByRole('button', { name: 'Invoke' }).count(), 0);
    assert.match(await echo.textContent(), /Uploadsinteger/);
    assert.match(await echo.textContent(), /connection\.invoke\('Echo', message, subject\)/);
    await other.close();
  });

  it('tells of every form that a body may have', async () => {
    const names = await article('operation-publish').locator('.facts dt code').allTextContents();
    assert.deepEqual(names, ['stream', 'application/json', 'text/plain']);
  });

  it('names every article and control, and skips no level of its headings', async () => {
    const unnamed = await page
      .locator('input, select, textarea, button')
      .evaluateAll((all) => all.filter((it) => !(it.labels?.length || it.ariaLabel || it.textContent.trim())).length);
    assert.equal(unnamed, 0);
    const articles = page.locator('article');
    assert.equal(await page.getByRole('article', { name: /\S/ }).count(), await articles.count());
    const levels = await page.locator('main :is(h1, h2, h3, h4)').evaluateAll((all) => all.map((it) => Number(it.tagName[1])));
    levels.reduce((before, level) => {
      assert.ok(level <= before + 1, `h${level} after h${before}`);
      return level;
    }, 0);
  });

  it('fits both widths in both themes, with enough contrast for text', async () => {
    for (const theme of ['light', 'dark']) {
      await page.getByLabel('Theme').selectOption(theme);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${width} px, ${theme}: ${overflow} px too wide`);
      }
      assert.deepEqual(await page.evaluate(weakTexts), [], theme);
    }
  });

  it('has loaded nothing from elsewhere and reported no error', () => {
    // The refusal above shows up in the console, as every answer of 400 and more does.
    assert.deepEqual(problems.filter((it) => !/status of 404/.test(it)), []);
  });
});

/** Runs in the page: texts of badges, notes and code whose contrast is below 4.5 to 1. */
function weakTexts() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const paint = (colours) => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = (rgb) => {
    const [r, g, b] = [...rgb].slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const weak = [];
  for (const node of document.querySelectorAll('.method, .said, .note, .status, em, dt, h4, .snippet span, #index a, button')) {
    if (!node.checkVisibility() || !node.textContent.trim()) continue;
    const behind = [];
    for (let at = node; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
    const ground = light(paint(behind));
    const text = light(paint([...behind, getComputedStyle(node).color]));
    const contrast = (Math.max(ground, text) + 0.05) / (Math.min(ground, text) + 0.05);
    if (contrast < 4.5) weak.push(`${node.className || node.tagName} ${node.textContent.slice(0, 20)} ${contrast.toFixed(2)}`);
  }
  return [...new Set(weak)];
}

it('every hub method in the document takes its arguments, and every call has those of the document', async (test) => {
  const server = await startServer();
  test.after(() => server.stop());
  const asyncapi = await (await fetch(`${server.url}/asyncapi/v3.0/asyncapi.json`)).json();
  const { messages } = asyncapi.channels.KestrunHub;
  const argumentsOf = (kind, name) => messages[`${kind}.${name}`].payload.properties.arguments;
  const named = (role) =>
    Object.values(asyncapi.operations)
      .filter((operation) => operation['x-signalr-role'] === role)
      .map((operation) => operation.title);
  const connection = new HubConnectionBuilder()
    .withUrl(`${server.url}/hubs/kestrun`)
    .configureLogging(LogLevel.Error)
    .build();
  const calls = new Map();
  for (const name of named('client-method')) {
    connection.on(name, (...values) => {
      calls.set(name, values);
    });
  }
  await connection.start();
  test.after(() => connection.stop());
  assert.notEqual(named('hub-method').length, 0);
  for (const name of named('hub-method')) {
    const values = Array(argumentsOf('invoke', name).maxItems).fill('Admins');
    assert.equal(await connection.invoke(name, ...values), null, name);
    await assert.rejects(connection.invoke(name, ...values, 'one more'), /Failed to invoke/, name);
  }
  await connection.invoke('JoinGroup', 'Admins');
  for (const [method, path] of [
    ['GET', '/api/ps/log/Warning'],
    ['GET', '/api/ps/event'],
    ['POST', '/api/group/broadcast/Admins'],
  ]) {
    assert.equal((await fetch(server.url + path, { method })).status, 200, path);
  }
  const closed = new Promise((resolve) => connection.onclose(resolve));
  await server.stop();
  await within(LIMIT, closed, 'the end of the connection');
  // One comes only once a minute.
  assert.deepEqual(
    [...calls.keys()].toSorted(),
    named('client-method').filter((name) => name !== 'ReceiveAdminUpdate').toSorted(),
  );
  for (const [name, values] of calls) {
    assert.equal(values.length, argumentsOf('call', name).maxItems, name);
  }
});

describe('The docs page of a server that wants tokens', () => {
  let folder;
  let server;
  let browser;
  let page;
  const article = (id) => page.locator(`article#${id}`);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'realtime-docs-'));
    const secret = join(folder, 'secret');
    await writeFile(secret, SECRET);
    server = await startServer({ args: ['--jwt-key-file', `HS256=${secret}`] });
    browser = await launch();
    page = await browser.newPage();
    page.setDefaultTimeout(LIMIT);
    await page.goto(`${server.url}/docs`);
    await page.locator('#content[aria-busy="false"]').waitFor();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows the token that is typed with requests, streams and the hub, and keeps it out of code', async () => {
    const stream = article('operation-streamBroadcast');
    await stream.getByRole('button', { name: 'Open the stream' }).click();
    await stream.getByText('Authentication is required').waitFor();
    const token = signed({ sub: 'ann', exp: Math.floor(Date.now() / 1000) + 60 });
    await page.locator('.token input').fill(token);
    await stream.getByRole('button', { name: 'Open the stream' }).click();
    await stream.locator('.feed').getByText('connected').waitFor();
    const send = article('operation-broadcast');
    await send.getByRole('button', { name: 'Send' }).click();
    await send.getByText(/^200 OK/).waitFor();
    assert.match(await send.locator('.snippet code').first().textContent(), /Authorization: Bearer TOKEN/);
    assert.match(
      await stream.locator('.snippet code').last().textContent(),
      /new EventSource\('http[^']+\?access_token=TOKEN'\)/,
    );
    const hub = article('hub-KestrunHub');
    await hub.getByText('Wants a token.').waitFor();
    assert.match(await hub.locator('.snippet code').textContent(), /accessTokenFactory: \(\) => 'TOKEN'/);
    await hub.getByRole('button', { name: 'Connect' }).click();
    await hub.getByText('connected', { exact: true }).waitFor();
    assert.equal((await page.content()).includes(token), false);
    assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
  });
});

function signed(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const message = `${part({ alg: 'HS256' })}.${part(claims)}`;
  return `${message}.${createHmac('sha256', SECRET).update(message).digest('base64url')}`;
}
