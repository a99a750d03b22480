// The official clients of three generations against every transport and protocol.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as signalr10 from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import * as signalr6 from 'signalr-6';
import * as signalr8 from 'signalr-8';
import { startProxy } from './proxy.mjs';
import { scenarios, scenariosFor } from './scenarios.mjs';
import { example, startServer } from './server.mjs';

const CLIENTS = { 6: signalr6, 8: signalr8, 10: signalr10 };
const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];
const PROTOCOLS = {
  json: () => new signalr10.JsonHubProtocol(),
  messagepack: () => new MessagePackHubProtocol(),
};

describe('transports with the official clients', { concurrency: 3 }, () => {
  let server;
  before(async () => {
    server = await startServer({ program: example('conformance') });
  });
  after(() => server.stop());

  for (const [version, signalR] of Object.entries(CLIENTS)) {
    for (const transport of TRANSPORTS) {
      for (const [protocol, makeProtocol] of Object.entries(PROTOCOLS)) {
        if (protocol === 'messagepack' && transport === 'ServerSentEvents') continue;
        describe(`client ${version}, ${transport}, ${protocol}`, () => {
          for (const name of scenariosFor(Number(version), transport)) {
            it(name, async (test) => {
              const proxy = await startProxy(server.port);
              test.after(() => proxy.close());
              const connect = async ({ isCut, reconnect, stateful, user } = {}) => {
                const token = async () =>
                  (await fetch(`${server.url}/generateJwtToken?user=${user}`)).text();
                const builder = new signalR.HubConnectionBuilder()
                  .withUrl(`${isCut ? proxy.url : server.url}/${user ? 'authorizedhub' : 'testhub'}`, {
                    transport: signalR.HttpTransportType[transport],
                    ...(user && { accessTokenFactory: token }),
                  })
                  .withHubProtocol(makeProtocol())
                  .configureLogging(signalR.LogLevel.None);
                if (reconnect) builder.withAutomaticReconnect();
                if (stateful) builder.withStatefulReconnect();
                const connection = builder.build();
                test.after(() => connection.stop());
                await connection.start();
                return connection;
              };
              await scenarios[name]({ signalR, transport, protocol, connect, cut: () => proxy.cut() });
            });
          }
        });
      }
    }
  }

  it('refuses a binary protocol on a transport of text', async () => {
    const connection = new signalr10.HubConnectionBuilder()
      .withUrl(`${server.url}/testhub`, {
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
      .withUrl(`${server.url}/testhub-nowebsockets`)
      .configureLogging(signalr10.LogLevel.None)
      .build();
    test.after(() => connection.stop());
    await connection.start();
    assert.equal(await connection.invoke('GetActiveTransportName'), 'ServerSentEvents');
  });
});
