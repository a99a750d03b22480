// The official clients of three generations against every transport and protocol.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as signalr10 from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import * as signalr6 from 'signalr-6';
import * as signalr8 from 'signalr-8';
import { Inbox } from './inbox.mjs';
import { example, startServer, within } from './server.mjs';

const CLIENTS = { 6: signalr6, 8: signalr8, 10: signalr10 };
const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];
const PROTOCOLS = {
  json: () => new signalr10.JsonHubProtocol(),
  messagepack: () => new MessagePackHubProtocol(),
};

describe('transports with the official clients', { concurrency: 3 }, () => {
  let server;
  before(async () => {
    server = await startServer({ program: example('hub_features') });
  });
  after(() => server.stop());

  for (const [version, signalr] of Object.entries(CLIENTS)) {
    for (const transport of TRANSPORTS) {
      for (const [protocol, makeProtocol] of Object.entries(PROTOCOLS)) {
        if (protocol === 'messagepack' && transport === 'ServerSentEvents') continue;
        it(`client ${version}, ${transport}, ${protocol}`, async (test) => {
          const connect = async (user) => {
            const connection = new signalr.HubConnectionBuilder()
              .withUrl(`${server.url}/hub?user=${user}`, {
                transport: signalr.HttpTransportType[transport],
              })
              .withHubProtocol(makeProtocol())
              .configureLogging(signalr.LogLevel.None)
              .build();
            test.after(() => connection.stop());
            await connection.start();
            return connection;
          };
          await converse(await connect('caller'), await connect(`other-${version}-${transport}`), {
            signalr,
            group: `${version}-${transport}-${protocol}`,
          });
        });
      }
    }
  }

  it('refuses a binary protocol on a transport of text', async () => {
    const connection = new signalr10.HubConnectionBuilder()
      .withUrl(`${server.url}/hub`, {
        transport: signalr10.HttpTransportType.ServerSentEvents,
        skipNegotiation: false,
      })
      .withHubProtocol(new MessagePackHubProtocol())
      .configureLogging(signalr10.LogLevel.None)
      .build();
    // The client knows from the negotiation that it cannot work.
    await assert.rejects(connection.start(), /does not support Binary/);
  });

  it('falls back to the next transport that the client can use', async (test) => {
    const connection = new signalr10.HubConnectionBuilder()
      .withUrl(`${server.url}/hub`, { WebSocket: undefined, EventSource: undefined })
      .configureLogging(signalr10.LogLevel.None)
      .build();
    test.after(() => connection.stop());
    await connection.start();
    assert.equal(await connection.invoke('Add', 1, 2), 3);
  });
});

/** Everything that goes over a transport, in one conversation. */
async function converse(connection, other, { signalr, group }) {
  assert.equal(await connection.invoke('Add', 1, 2), 3);
  await assert.rejects(connection.invoke('Missing'), {
    message:
      "Failed to invoke 'Missing' due to an error on the server. HubException: Method does not exist.",
  });

  // To the client, and only to who is meant.
  const messages = new Inbox('GroupMessage');
  other.on('GroupMessage', (value) => messages.put(value));
  connection.on('GroupMessage', () => messages.put('back to the sender'));
  await Promise.all([connection.invoke('JoinGroup', group), other.invoke('JoinGroup', group)]);
  for (let number = 0; number < 100; number += 1) {
    await connection.send('SendToOthersInGroup', group, { number, text: 'grüße 👋 <&>\n' });
  }
  for (let number = 0; number < 100; number += 1) {
    assert.deepEqual(await messages.next(), { number, text: 'grüße 👋 <&>\n' });
  }
  assert.deepEqual(messages.rest, []);

  // As large as one message may be, both ways.
  const large = 'ä'.repeat(16_000);
  other.off('GroupMessage');
  other.on('GroupMessage', (value) => messages.put(value));
  await connection.invoke('SendToOthersInGroup', group, large);
  assert.equal(await messages.next(), large);

  // Streams from the server, from the client, and both at once.
  assert.deepEqual(await drain(connection.stream('Counter', 200, 0)), sequence(200));
  const numbers = new signalr.Subject();
  const sum = connection.invoke('UploadSum', numbers);
  sequence(50).forEach((number) => numbers.next(number));
  numbers.complete();
  assert.equal(await sum, 1225);
  const items = new signalr.Subject();
  const echoed = drain(connection.stream('UploadEcho', items));
  sequence(50).forEach((number) => items.next({ number }));
  items.complete();
  assert.deepEqual(await echoed, sequence(50).map((number) => ({ number })));

  // A server that ends the connection.
  const closed = new Promise((resolve) => connection.onclose(resolve));
  await connection.send('AbortMe');
  assert.equal(await within(5_000, closed, 'the end'), undefined);

  // A client that ends it.
  await other.stop();
  assert.equal(other.state, signalr.HubConnectionState.Disconnected);
}

function sequence(count) {
  return Array.from({ length: count }, (_, number) => number);
}

function drain(stream) {
  const items = [];
  return new Promise((resolve, reject) => {
    stream.subscribe({
      next: (item) => items.push(item),
      error: reject,
      complete: () => resolve(items),
    });
  });
}
