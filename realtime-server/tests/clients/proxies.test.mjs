// The built server behind nginx and HAProxy, as its documentation configures them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as signalr from '@microsoft/signalr';
import WebSocket from 'ws';
import { startServer, within } from './server.mjs';

const docs = (name) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

const PROXIES = {
  nginx: {
    flags: [],
    async start(folder, port, upstream) {
      const snippet = (await docs('nginx.conf'))
        .replace('127.0.0.1:5000', upstream)
        .replace('listen 8080', `listen 127.0.0.1:${port}`);
      return nginx(snippet, folder);
    },
  },
  haproxy: { flags: [], start: (...where) => haproxy((text) => text, ...where) },
  'haproxy with the PROXY protocol': {
    flags: ['--proxy-protocol'],
    start: (...where) =>
      haproxy(
        (text) =>
          text
            .replace(/^\s+(http-request|option forwardfor).*$/gm, '')
            .replace(/^(\s+server one \S+)$/m, '$1 send-proxy-v2'),
        ...where,
      ),
  },
};

const options = { stdio: ['ignore', 'ignore', 'inherit'] };

async function nginx(snippet, folder) {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const user = process.getuid() === 0 ? 'user root;' : '';
  await writeFile(
    `${folder}/nginx.conf`,
    `${user} daemon off; pid ${folder}/pid; error_log stderr; events {}
     http { access_log off; ${paths.join(' ')} ${snippet} }`,
  );
  return spawn('nginx', ['-p', folder, '-c', `${folder}/nginx.conf`], options);
}

async function haproxy(change, folder, port, upstream) {
  const snippet = change(await docs('haproxy.cfg'))
    .replaceAll('127.0.0.1:5000', upstream)
    .replace('bind :8080', `bind 127.0.0.1:${port}`);
  await writeFile(`${folder}/haproxy.cfg`, snippet);
  return spawn('haproxy', ['-q', '-db', '-f', `${folder}/haproxy.cfg`], options);
}

/** A port that was free a moment ago. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function listens(port) {
  for (;;) {
    const socket = net.connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const [name, proxy] of Object.entries(PROXIES)) {
  describe(`behind ${name}`, () => {
    let server, running, folder, url;

    before(async () => {
      server = await startServer({ args: ['--trusted-proxy', '127.0.0.1', ...proxy.flags] });
      folder = await mkdtemp(join(tmpdir(), 'proxy-'));
      const port = await freePort();
      running = await proxy.start(folder, port, new URL(server.url).host);
      process.once('exit', () => running.kill('SIGKILL'));
      await within(10_000, listens(port), 'the proxy');
      url = `http://127.0.0.1:${port}`;
    });

    after(async () => {
      running.kill('SIGTERM');
      if (running.exitCode === null) await once(running, 'exit');
      await rm(folder, { recursive: true, force: true });
      await server.stop();
    });

    it('passes events on as they come', async () => {
      const answer = await fetch(`${url}/sse?count=3&intervalMs=400`);
      assert.equal(answer.headers.get('content-type'), 'text/event-stream');
      const came = [];
      let text = '';
      for await (const piece of answer.body) {
        text += Buffer.from(piece).toString();
        came.push(performance.now());
      }
      assert.equal(text.match(/^event: tick$/gm).length, 3);
      assert.ok(came.at(-1) - came[0] > 500, 'they came all at once');
    });

    it('passes a broadcast to a stream', async () => {
      const stream = await fetch(`${url}/sse/broadcast`);
      const reader = stream.body.getReader();
      let text = Buffer.from((await reader.read()).value).toString();
      const answer = await fetch(`${url}/api/broadcast`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ event: 'message', data: { name } }),
      });
      assert.ok(answer.ok, `${answer.status}`);
      while (!text.includes(name)) text += Buffer.from((await reader.read()).value).toString();
      await reader.cancel();
    });

    for (const transport of ['WebSockets', 'ServerSentEvents', 'LongPolling']) {
      it(`carries a hub over ${transport}`, async () => {
        const connection = new signalr.HubConnectionBuilder()
          .withUrl(`${url}/hubs/kestrun`, { transport: signalr.HttpTransportType[transport] })
          .configureLogging(signalr.LogLevel.None)
          .build();
        const echoed = new Promise((resolve) => connection.on('ReceiveEcho', resolve));
        await connection.start();
        await connection.invoke('Echo', name);
        assert.match(JSON.stringify(await within(5_000, echoed, 'the echo')), new RegExp(name));
        await connection.stop();
      });
    }

    it('tells pages of its own origin from others', async () => {
      const opened = (origin) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`${url.replace('http', 'ws')}/hubs/kestrun`, { origin });
          socket.on('open', () => resolve(101));
          socket.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
          socket.on('open', () => socket.close());
        });
      assert.equal(await opened(url), 101);
      assert.equal(await opened('http://evil.example'), 403);
      const post = (origin) =>
        fetch(`${url}/hubs/kestrun/negotiate?negotiateVersion=1`, {
          method: 'POST',
          headers: { origin },
        });
      assert.equal((await post(url)).status, 200);
      assert.equal((await post('http://evil.example')).status, 403);
    });
  });
}

describe('behind nginx as it is by default', () => {
  let server, running, folder, url;

  before(async () => {
    server = await startServer({});
    folder = await mkdtemp(join(tmpdir(), 'proxy-'));
    const port = await freePort();
    const location = `location / { proxy_pass ${server.url}; }`;
    running = await nginx(`server { listen 127.0.0.1:${port}; ${location} }`, folder);
    process.once('exit', () => running.kill('SIGKILL'));
    await within(10_000, listens(port), 'the proxy');
    url = `http://127.0.0.1:${port}`;
  });

  after(async () => {
    running.kill('SIGTERM');
    if (running.exitCode === null) await once(running, 'exit');
    await rm(folder, { recursive: true, force: true });
    await server.stop();
  });

  it('nobody is local who comes through it', async () => {
    const publish = (to) => fetch(`${to}/api/publish/broadcast`, { method: 'POST', body: 'x' });
    assert.equal((await publish(url)).status, 401);
    assert.equal((await publish(server.url)).status, 200);
    const send = (to) =>
      fetch(`${to}/api/hubs/kestrun/send`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ target: 'x', arguments: [] }),
      });
    assert.equal((await send(url)).status, 401);
    assert.equal((await send(server.url)).status, 200);
  });
});
