// The official clients against a hub that wants a token.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as signalr10 from '@microsoft/signalr';
import * as signalr6 from 'signalr-6';
import * as signalr8 from 'signalr-8';
import { inboxOf } from './inbox.mjs';
import { example, startServer } from './server.mjs';

const CLIENTS = { 6: signalr6, 8: signalr8, 10: signalr10 };
const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];

describe('a hub that wants a token', { concurrency: 3 }, () => {
  let server;
  before(async () => {
    server = await startServer({ program: example('conformance') });
  });
  after(() => server.stop());

  const token = async (user) =>
    (await fetch(`${server.url}/generateJwtToken?user=${user}`)).text();
  const connection = (signalr, transport, accessTokenFactory) =>
    new signalr.HubConnectionBuilder()
      .withUrl(`${server.url}/authorizedhub`, {
        transport: signalr.HttpTransportType[transport],
        accessTokenFactory,
      })
      .configureLogging(signalr.LogLevel.None)
      .build();

  for (const [version, signalr] of Object.entries(CLIENTS)) {
    for (const transport of TRANSPORTS) {
      it(`client ${version}, ${transport}: takes a token and knows the user`, async (test) => {
        const user = `user-${version}-${transport}`;
        const hub = connection(signalr, transport, () => token(user));
        test.after(() => hub.stop());
        const inbox = inboxOf(hub, 'UserMessage');
        await hub.start();
        assert.equal(await hub.invoke('GetUser'), user);
        assert.equal(await hub.invoke('Echo', 'x'), 'x');
        await hub.invoke('SendToUser', user, { n: 1 });
        assert.deepEqual(await inbox.next(), { n: 1 });
      });

      it(`client ${version}, ${transport}: is refused without a token`, async () => {
        const hub = connection(signalr, transport, () => '');
        await assert.rejects(hub.start(), /Unauthorized.*401|401.*Unauthorized/s);
      });
    }
  }

  it('refuses a token that somebody else has made', async () => {
    const forged = [{ alg: 'HS256' }, { nameid: 'x', exp: 4102444800 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .concat('A'.repeat(43))
      .join('.');
    const hub = connection(signalr10, 'WebSockets', () => forged);
    await assert.rejects(hub.start(), /401/);
  });
});
