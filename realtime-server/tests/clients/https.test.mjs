// HTTPS and HTTP/2 with curl, with Node's own clients and with the official client of SignalR.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';
import * as signalR from '@microsoft/signalr';
import { makeCertificate } from './certificate.mjs';
import { Inbox } from './inbox.mjs';
import { startServer, within } from './server.mjs';

const LIMIT = 10_000;
const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];
const run = promisify(execFile);

// The official client has no way to be told of an authority.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';

describe('HTTPS', () => {
  let certificate, server, address;
  before(async () => {
    certificate = makeCertificate();
    server = await startServer({ tls: certificate.files });
    const { hostname: host, port } = new URL(server.secureUrl);
    address = { host, port: Number(port) };
  });
  after(async () => {
    await server.stop();
    certificate.remove();
  });

  /** A TLS connection that trusts the certificate, or the reason why there is none. */
  async function greet(options = {}) {
    const socket = tls.connect({ ...address, ca: certificate.pem(), ...options });
    await Promise.race([
      once(socket, 'secureConnect'),
      once(socket, 'error').then(([error]) => Promise.reject(error)),
    ]);
    return socket;
  }

  const curl = async (...args) => {
    const { stdout } = await run('curl', ['-sS', '--cacert', certificate.files.cert, ...args]);
    return stdout;
  };

  for (const [flag, version] of [['--http1.1', '1.1'], ['--http2', '2']]) {
    it(`curl ${flag} gets pages, streams and answers`, async () => {
      const url = server.secureUrl;
      const told = ['-o', '/dev/null', '-w', '%{http_version} %{http_code}'];
      assert.equal(await curl(flag, ...told, `${url}/`), `${version} 200`);
      assert.equal(await curl(flag, ...told, '-I', `${url}/`), `${version} 200`);
      assert.equal(await curl(flag, ...told, `${url}/missing`), `${version} 404`);
      assert.equal(
        await curl(flag, ...told, '-d', 'hello', `${url}/api/publish/broadcast`),
        `${version} 200`,
      );
      const stream = await curl(flag, `${url}/sse?count=3&intervalMs=50`);
      assert.equal(stream.match(/^event: tick$/gm).length, 3);
      assert.match(stream, /event: complete/);
    });
  }

  it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3']) {
      const socket = await greet({ minVersion: version, maxVersion: version });
      assert.equal(socket.getProtocol(), version);
      socket.destroy();
    }
    for (const version of ['TLSv1', 'TLSv1.1']) {
      const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
      await assert.rejects(greet(old), { code: /ALERT/ }, version);
    }
  });

  it('takes no cipher without forward secrecy or authentication of what it encrypts', async () => {
    const sound = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' };
    (await greet(sound)).destroy();
    for (const ciphers of [
      'ECDHE-ECDSA-AES128-SHA',
      'ECDHE-ECDSA-AES256-SHA384',
      'AES128-GCM-SHA256',
      'AES256-SHA',
      'aNULL@SECLEVEL=0',
    ]) {
      await assert.rejects(
        greet({ maxVersion: 'TLSv1.2', ciphers }),
        { code: /ALERT_HANDSHAKE_FAILURE|NO_CIPHER/ },
        ciphers,
      );
    }
  });

  it('lets no client renegotiate', async () => {
    const socket = await greet({ maxVersion: 'TLSv1.2' });
    const refused = new Promise((resolve) => {
      socket.on('error', resolve);
      socket.renegotiate({}, (error) => resolve(error));
    });
    assert.match(`${await within(LIMIT, refused, 'a refusal')}`, /no renegotiation/i);
  });

  it('resumes sessions', async () => {
    const first = await greet({ maxVersion: 'TLSv1.2' });
    const session = first.getSession();
    first.destroy();
    const second = await greet({ maxVersion: 'TLSv1.2', session });
    assert.equal(second.isSessionReused(), true);
    second.destroy();
  });

  it('carries many streams on one connection, and ends them in order when it stops', async (test) => {
    const own = await startServer({ tls: certificate.files });
    test.after(() => own.kill());
    const session = http2.connect(own.secureUrl);
    const goodbye = once(session, 'goaway');
    const closed = once(session, 'close');
    const streams = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const stream = session.request({ ':path': '/sse/broadcast' });
        stream.setEncoding('utf8');
        let text = '';
        stream.on('data', (data) => (text += data));
        const [head] = await once(stream, 'response');
        assert.equal(head[':status'], 200);
        return { ended: once(stream, 'end'), stream, text: () => text };
      }),
    );
    const stopped = own.stop();
    await within(LIMIT, Promise.all(streams.map(({ ended }) => ended)), 'the ends of the streams');
    for (const { stream, text } of streams) {
      assert.match(text(), /^retry: \d+/m);
      assert.equal(stream.rstCode, http2.constants.NGHTTP2_NO_ERROR);
    }
    const [code] = await within(LIMIT, goodbye, 'GOAWAY');
    assert.equal(code, http2.constants.NGHTTP2_NO_ERROR);
    await within(LIMIT, closed, 'the end of the connection');
    assert.equal((await stopped).code, 0);
  });

  it('reads its certificate again at SIGHUP, and cuts nobody', async (test) => {
    const own = makeCertificate();
    test.after(own.remove);
    const renewed = await startServer({ tls: own.files });
    test.after(() => renewed.stop());
    const shown = async () => {
      const socket = tls.connect({ ...new URL(renewed.secureUrl), host: '127.0.0.1', port: new URL(renewed.secureUrl).port });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerX509Certificate();
      socket.destroy();
      return fingerprint256;
    };
    const session = http2.connect(renewed.secureUrl);
    const stream = session.request({ ':path': '/sse?count=40&intervalMs=50' });
    stream.setEncoding('utf8');
    let text = '';
    stream.on('data', (data) => (text += data));
    await once(stream, 'response');
    assert.equal(await shown(), own.fingerprint());
    own.renew();
    renewed.signal('SIGHUP');
    const until = Date.now() + LIMIT;
    while ((await shown()) !== own.fingerprint()) assert.ok(Date.now() < until);
    await within(LIMIT, once(stream, 'end'), 'the end of the stream');
    assert.match(text, /event: complete/);
    session.close();
  });

  for (const transport of TRANSPORTS) {
    it(`the official client talks over ${transport}`, async (test) => {
      const connection = new signalR.HubConnectionBuilder()
        .withUrl(`${server.secureUrl}/hubs/kestrun`, {
          transport: signalR.HttpTransportType[transport],
        })
        .configureLogging(signalR.LogLevel.None)
        .build();
      test.after(() => connection.stop());
      const echoes = new Inbox('ReceiveEcho');
      connection.on('ReceiveEcho', (text) => echoes.put(text));
      await connection.start();
      for (let number = 0; number < 20; number += 1) {
        await connection.invoke('Echo', `${number} grüße 👋`);
        assert.equal(await echoes.next(), `${number} grüße 👋`);
      }
    });
  }
});
