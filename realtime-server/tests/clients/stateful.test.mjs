// The official client's stateful reconnect, while its sockets are cut under load.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as dial, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as signalr10 from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import * as signalr8 from 'signalr-8';
import { example, startServer, within } from './server.mjs';

/** Version 8 is the first that can. */
const CLIENTS = [
  ['client 8, json', signalr8, new signalr8.JsonHubProtocol()],
  ['client 10, json', signalr10, new signalr10.JsonHubProtocol()],
  ['client 10, messagepack', signalr10, new MessagePackHubProtocol()],
];
const MESSAGES = 10_000;

/** Passes bytes on to `port`, until its sockets are cut. */
async function startProxy(port) {
  const pairs = new Set();
  const proxy = createServer((client) => {
    const server = dial(port, '127.0.0.1');
    const pair = { client, server, upgraded: false };
    pairs.add(pair);
    for (const [from, to] of [[client, server], [server, client]]) {
      from.on('data', (chunk) => {
        if (chunk.includes('Upgrade: websocket')) pair.upgraded = true;
        to.write(chunk);
      });
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    /** Cuts every WebSocket, with what is on its way; says how many there were. */
    cut() {
      const sockets = [...pairs].filter((pair) => pair.upgraded);
      sockets.forEach(({ client, server }) => {
        client.resetAndDestroy();
        server.resetAndDestroy();
      });
      return sockets.length;
    },
    stop() {
      pairs.forEach(({ client }) => client.destroy());
      proxy.close();
    },
  };
}

/** A started connection to the conformance server, through a proxy of its own. */
async function through(proxy, signalR, protocol, test) {
  const connection = new signalR.HubConnectionBuilder()
    .withUrl(`${proxy.url}/testhub`, { transport: signalR.HttpTransportType.WebSockets })
    .withHubProtocol(protocol)
    .withStatefulReconnect()
    .configureLogging(signalR.LogLevel.None)
    .build();
  test.after(() => connection.stop());
  await connection.start();
  return connection;
}

describe('stateful reconnect with the official client', { concurrency: true }, () => {
  let server;
  let conformance;
  before(async () => {
    [server, conformance] = await Promise.all(
      ['hub_features', 'conformance'].map((name) => startServer({ program: example(name) })),
    );
  });
  after(() => Promise.all([server, conformance].map((server) => server.stop())));

  for (const [client, signalR, protocol] of CLIENTS) {
    it(`calls as often as it likes at once, ${client}`, { timeout: 120_000 }, async (test) => {
      const proxy = await startProxy(conformance.port);
      test.after(() => proxy.stop());
      const connection = await through(proxy, signalR, protocol, test);
      const numbers = Array.from({ length: MESSAGES }, (_, number) => number);
      const answers = numbers.map((number) => connection.invoke('Echo', number));
      assert.deepEqual(await within(100_000, Promise.all(answers), 'the answers'), numbers);
    });

    it(`takes whatever another one sends it, ${client}`, { timeout: 120_000 }, async (test) => {
      const proxies = await Promise.all([1, 2].map(() => startProxy(conformance.port)));
      test.after(() => proxies.forEach((proxy) => proxy.stop()));
      const [one, two] = await Promise.all(
        proxies.map((proxy) => through(proxy, signalR, protocol, test)),
      );
      const received = [];
      const all = new Promise((resolve, reject) => {
        two.onclose((error) => reject(error ?? new Error('closed')));
        two.on('Broadcasted', (number) => {
          received.push(number);
          if (received.length === 2_000) proxies[1].cut();
          if (received.length === MESSAGES) resolve();
        });
      });
      all.catch(() => {});
      const numbers = Array.from({ length: MESSAGES }, (_, number) => number);
      const sends = numbers.map((number) => one.send('SendToConnection', two.connectionId, number));
      await within(100_000, Promise.all([all, ...sends]), 'the last message');
      assert.deepEqual(received, numbers);
    });

    it(`loses nothing and doubles nothing, ${client}`, { timeout: 120_000 }, async (test) => {
      const proxy = await startProxy(server.port);
      test.after(() => proxy.stop());
      const connection = new signalR.HubConnectionBuilder()
        .withUrl(`${proxy.url}/hub`, { transport: signalR.HttpTransportType.WebSockets })
        .withHubProtocol(protocol)
        .withStatefulReconnect()
        .configureLogging(signalR.LogLevel.None)
        .build();
      test.after(() => connection.stop());
      const numbers = [];
      const all = new Promise((resolve, reject) => {
        connection.onclose((error) => reject(error ?? new Error('closed')));
        connection.on('Numbered', (number) => {
          numbers.push(number);
          if (numbers.length === MESSAGES) resolve();
        });
      });
      all.catch(() => {});
      await connection.start();
      const id = connection.connectionId;

      let cuts = 0;
      const sending = (async () => {
        for (let number = 0; number < MESSAGES; number += 1) {
          await connection.send('Number', number);
        }
      })();
      const cutting = (async () => {
        let before = 0;
        while (numbers.length < MESSAGES) {
          await delay(200);
          // The client tries once to come back, and gives up when that is cut, too.
          const isBack = !connection._messageBuffer._reconnectInProgress;
          if (!isBack || numbers.length === before) continue;
          before = numbers.length;
          cuts += proxy.cut();
        }
      })();
      await within(100_000, Promise.all([sending, all, cutting]), 'the last message');
      assert.deepEqual(numbers, Array.from({ length: MESSAGES }, (_, number) => number));
      assert.equal(connection.connectionId, id);
      assert.ok(cuts > 2, `${cuts} cuts`);
      assert.equal(await connection.invoke('Add', 1, 2), 3);
    });
  }
});
