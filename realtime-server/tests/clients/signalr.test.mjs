// The official SignalR client against the built server.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  HttpTransportType,
  HubConnectionBuilder,
  HubConnectionState,
  LogLevel,
} from '@microsoft/signalr';
import WebSocket from 'ws';
import { Inbox, inboxOf } from './inbox.mjs';
import { startServer, within } from './server.mjs';

const HUB = '/hubs/kestrun';
const RECORD_END = '\u001e';

function build(url, { options = {}, reconnect } = {}) {
  const builder = new HubConnectionBuilder().withUrl(url + HUB, options).configureLogging(LogLevel.None);
  if (reconnect) builder.withAutomaticReconnect(reconnect);
  return builder.build();
}

/** A connected client that is stopped when the test ends. */
async function connect(test, url, setup) {
  const connection = build(url, setup);
  test.after(() => connection.stop());
  await connection.start();
  return connection;
}

async function post(url) {
  const response = await fetch(url, { method: 'POST' });
  assert.equal(response.status, 200);
  return response.json();
}

describe('SignalR with the official client', { concurrency: true }, () => {
  let server;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it('negotiates version 1 and connects by WebSockets', async (test) => {
    const connection = await connect(test, server.url, {
      options: { transport: HttpTransportType.WebSockets },
    });
    assert.equal(connection.state, HubConnectionState.Connected);
    assert.match(connection.connectionId, /^[\w-]{22}$/);
  });

  it('connects without negotiation', async (test) => {
    const connection = await connect(test, server.url, {
      options: { transport: HttpTransportType.WebSockets, skipNegotiation: true },
    });
    const echoes = inboxOf(connection, 'ReceiveEcho');
    await connection.invoke('Echo', 'no negotiation');
    assert.equal(await echoes.next(), 'no negotiation');
  });

  it('tells the connection id apart from the secret token', async () => {
    const answer = await post(`${server.url}${HUB}/negotiate?negotiateVersion=1`);
    assert.equal(answer.negotiateVersion, 1);
    assert.notEqual(answer.connectionId, answer.connectionToken);
    assert.deepEqual(answer.availableTransports[0], {
      transport: 'WebSockets',
      transferFormats: ['Text', 'Binary'],
    });
    const old = await post(`${server.url}${HUB}/negotiate`);
    assert.equal(old.negotiateVersion, 0);
    assert.equal('connectionToken' in old, false);
  });

  it('answers Echo to the caller and completes with null', async (test) => {
    const connection = await connect(test, server.url);
    const echoes = inboxOf(connection, 'ReceiveEcho');
    assert.equal(await connection.invoke('Echo', 'grüße 👋 <&>'), null);
    assert.equal(await echoes.next(), 'grüße 👋 <&>');
  });

  it('matches method names without regard to case', async (test) => {
    const connection = await connect(test, server.url);
    const echoes = inboxOf(connection, 'ReceiveEcho');
    await connection.invoke('ECHO', 'loud');
    assert.equal(await echoes.next(), 'loud');
  });

  it('reaches the members of a group and nobody else', async (test) => {
    const group = 'members & others/1';
    const [member, other] = await Promise.all([connect(test, server.url), connect(test, server.url)]);
    const joined = inboxOf(member, 'GroupJoined');
    const messages = inboxOf(member, 'ReceiveGroupMessage');
    const strays = inboxOf(other, 'ReceiveGroupMessage');
    const echoes = inboxOf(other, 'ReceiveEcho');

    await member.invoke('JoinGroup', group);
    assert.equal(await joined.next(), group);
    const answer = await post(`${server.url}/api/group/broadcast/${encodeURIComponent(group)}`);
    assert.deepEqual(answer, {
      Success: true,
      Message: `Broadcasted message to group: ${group}`,
      GroupName: group,
    });
    const message = await messages.next();
    assert.equal(message.Message, `Hello from PowerShell to group: ${group}`);
    assert.equal(message.Sender, 'PowerShell Route');
    assert.ok(Date.parse(message.Timestamp));

    // What the server sends to one client keeps its order, so the echo would come after a stray.
    await other.invoke('Echo', 'last');
    await echoes.next();
    assert.deepEqual(strays.rest, []);
  });

  it('sends nothing to a client that left the group', async (test) => {
    const connection = await connect(test, server.url);
    const left = inboxOf(connection, 'GroupLeft');
    const messages = inboxOf(connection, 'ReceiveGroupMessage');
    const echoes = inboxOf(connection, 'ReceiveEcho');
    await connection.invoke('JoinGroup', 'leavers');
    await connection.invoke('LeaveGroup', 'leavers');
    assert.equal(await left.next(), 'leavers');
    await post(`${server.url}/api/group/broadcast/leavers`);
    await connection.invoke('Echo', 'last');
    await echoes.next();
    assert.deepEqual(messages.rest, []);
  });

  it('announces requests to join and leave a group to everybody, and joins nobody', async (test) => {
    const connection = await connect(test, server.url);
    const events = inboxOf(connection, 'ReceiveEvent');
    for (const [action, word] of [['join', 'Join'], ['leave', 'Leave']]) {
      const answer = await post(`${server.url}/api/group/${action}/askers`);
      assert.deepEqual(answer, {
        Success: true,
        Message: `${word} request sent for group: askers`,
        GroupName: 'askers',
      });
      const event = await events.next(({ eventName }) => eventName === `Group${word}Request`);
      assert.equal(event.data.GroupName, 'askers');
      assert.equal(event.data.Message, `Request to ${action} group: askers`);
    }
  });

  it('rejects an unknown method with the exact text', async (test) => {
    const connection = await connect(test, server.url);
    await assert.rejects(connection.invoke('Nope', 1), {
      message:
        "Failed to invoke 'Nope' due to an error on the server. HubException: Method does not exist.",
    });
    assert.equal(connection.state, HubConnectionState.Connected);
  });

  it('rejects a wrong number and a wrong type of arguments, and stays connected', async (test) => {
    const connection = await connect(test, server.url);
    const message = "Failed to invoke 'Echo' due to an error on the server.";
    await assert.rejects(connection.invoke('Echo'), { message });
    await assert.rejects(connection.invoke('Echo', 'one', 'two'), { message });
    await assert.rejects(connection.invoke('Echo', { not: 'text' }), { message });
    assert.equal(await connection.invoke('Echo', 'still here'), null);
  });

  it('does a send without completing it', async (test) => {
    const socket = new WebSocket(server.url.replace('http', 'ws') + HUB);
    test.after(() => socket.terminate());
    const records = new Inbox('a record');
    socket.on('message', (data) => {
      for (const record of String(data).split(RECORD_END).slice(0, -1)) records.put(record);
    });
    await once(socket, 'open');
    const write = (message) => socket.send(JSON.stringify(message) + RECORD_END);
    write({ protocol: 'json', version: 1 });
    assert.equal(await records.next(), '{}');

    write({ type: 1, target: 'Echo', arguments: ['sent'] });
    write({ type: 1, invocationId: 'x', target: 'Echo', arguments: ['invoked'] });
    const ours = (record) => !/ReceiveEvent|ReceiveLog/.test(record);
    assert.equal(await records.next(ours), '{"type":1,"target":"ReceiveEcho","arguments":["sent"]}');
    assert.equal(await records.next(ours), '{"type":1,"target":"ReceiveEcho","arguments":["invoked"]}');
    assert.equal(await records.next(ours), '{"type":3,"invocationId":"x","result":null}');
  });

  it('broadcasts a log line of the level asked for', async (test) => {
    const connection = await connect(test, server.url);
    const logs = inboxOf(connection, 'ReceiveLog');
    const response = await fetch(`${server.url}/api/ps/log/Warning`);
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(await response.text(), 'Broadcasted Warning log message from PowerShell');
    const entry = await logs.next(({ level }) => level === 'Warning');
    assert.match(entry.message, /^Test Warning message from PowerShell at \d\d:\d\d:\d\d$/);
    assert.match(entry.timestamp, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('broadcasts an event in its envelope', async (test) => {
    const connection = await connect(test, server.url);
    const events = inboxOf(connection, 'ReceiveEvent');
    const response = await fetch(`${server.url}/api/ps/event`);
    assert.equal(await response.text(), 'Broadcasted custom event from PowerShell');
    const event = await events.next(({ eventName }) => eventName === 'PowerShellEvent');
    assert.deepEqual(Object.keys(event).sort(), ['data', 'eventName', 'timestamp']);
    assert.equal(event.data.Message, 'Hello from PowerShell');
    assert.ok(event.data.Random >= 1 && event.data.Random <= 99);
  });

  it('reports an operation step by step to 100 per cent', async (test) => {
    const connection = await connect(test, server.url);
    const events = inboxOf(connection, 'ReceiveEvent');
    const { Success, TaskId, Message } = await post(`${server.url}/api/operation/start?seconds=3`);
    assert.equal(Success, true);
    assert.match(TaskId, /^[0-9a-f]{32}$/);
    assert.equal(Message, `Starting long operation with ID: ${TaskId}`);
    const status = async () => (await fetch(`${server.url}/api/operation/status/${TaskId}`)).json();

    const seen = [];
    for (let step = 1; step <= 3; step += 1) {
      const { eventName, data } = await events.next((event) => event.data?.TaskId === TaskId);
      assert.equal(eventName, 'OperationProgress');
      assert.equal(data.Message, `Processing step ${data.Step} of 3...`);
      seen.push([data.Step, data.Progress]);
      if (step === 1) assert.equal((await status()).State, 'Running');
    }
    assert.deepEqual(seen, [[1, 33], [2, 67], [3, 100]]);
    const { eventName, data } = await events.next((event) => event.data?.TaskId === TaskId);
    assert.equal(eventName, 'OperationComplete');
    assert.equal(data.Progress, 100);
    assert.equal(data.Message, 'Sleeping (3/3)');

    const end = await status();
    assert.equal(end.TaskId, TaskId);
    assert.equal(end.State, 'Completed');
    assert.equal(end.Progress, 100);
    assert.equal(end.Message, 'Operation status retrieved');
    assert.ok(Date.parse(end.CompletedAt) >= Date.parse(end.StartedAt));
  });

  it('stops an operation once', async (test) => {
    const connection = await connect(test, server.url);
    const events = inboxOf(connection, 'ReceiveEvent');
    const { TaskId } = await post(`${server.url}/api/operation/start?seconds=60`);
    await events.next(({ data }) => data?.TaskId === TaskId);

    const answer = await post(`${server.url}/api/operation/stop/${TaskId}`);
    assert.equal(answer.Success, true);
    assert.equal(answer.TaskId, TaskId);
    assert.match(answer.State, /^(Running|Stopped)$/, 'it may end a moment later');
    assert.match(answer.Message, new RegExp(TaskId));
    await events.next(
      ({ eventName, data }) => eventName === 'OperationStopped' && data.TaskId === TaskId,
    );
    const status = await (await fetch(`${server.url}/api/operation/status/${TaskId}`)).json();
    assert.equal(status.State, 'Stopped');

    const again = await fetch(`${server.url}/api/operation/stop/${TaskId}`, { method: 'POST' });
    assert.equal(again.status, 409);
    assert.match(again.headers.get('content-type'), /^application\/problem\+json/);
    assert.equal((await again.json()).status, 409);
  });

  it('sends its heartbeat to everybody', { timeout: 60_000 }, async (test) => {
    const connection = await connect(test, server.url);
    const events = inboxOf(connection, 'ReceiveEvent');
    const { data } = await events.next(({ eventName }) => eventName === 'ServerHeartbeat', 35_000);
    assert.equal(data.Type, 'Heartbeat');
    assert.ok(Date.parse(data.ServerTime));
    assert.match(data.Uptime, /^00:0\d:\d\d\.\d{7}$/);
    assert.ok(data.ConnectedClients >= 1);
    assert.equal(data.Message, 'Server heartbeat from scheduled task');
  });

  it('sends the admin update to the members of Admins only', { timeout: 90_000 }, async (test) => {
    const [member, other] = await Promise.all([connect(test, server.url), connect(test, server.url)]);
    const updates = inboxOf(member, 'ReceiveAdminUpdate');
    const strays = inboxOf(other, 'ReceiveAdminUpdate');
    await member.invoke('JoinGroup', 'Admins');
    const update = await updates.next(() => true, 65_000);
    assert.equal(update.Type, 'AdminUpdate');
    assert.equal(update.Message, 'Scheduled admin status update');
    assert.ok(update.SystemInfo.ProcessorCount >= 1);
    await other.invoke('Echo', 'last');
    assert.deepEqual(strays.rest, []);
  });

  it('keeps an idle client connected for a minute', { timeout: 90_000 }, async (test) => {
    const connection = await connect(test, server.url);
    let closed = 0;
    connection.onclose(() => (closed += 1));
    const messages = inboxOf(connection, 'ReceiveGroupMessage');
    await connection.invoke('JoinGroup', 'idlers');
    const id = connection.connectionId;
    await delay(60_000);
    assert.equal(closed, 0);
    assert.equal(connection.connectionId, id);
    await post(`${server.url}/api/group/broadcast/idlers`);
    assert.match((await messages.next()).Message, /idlers$/);
  });

  it('closes without an error when the server stops', async (test) => {
    const own = await startServer();
    const connection = await connect(test, own.url);
    const goodbyes = inboxOf(connection, 'serverShutdown');
    const closed = new Promise((resolve) => connection.onclose(resolve));
    const ended = await own.stop();
    assert.equal(ended.code, 0);
    assert.ok(ended.after < 5_000, `took ${ended.after} ms`);
    assert.equal(await goodbyes.next(), 'Server stopping');
    assert.equal(await within(5_000, closed, 'the close'), undefined);
  });

  it('comes back by itself after a restart on the same port', async (test) => {
    const first = await startServer();
    const connection = await connect(test, first.url, { reconnect: Array(50).fill(100) });
    const reconnecting = new Promise((resolve) => connection.onreconnecting(resolve));
    const reconnected = new Promise((resolve) => connection.onreconnected(resolve));
    const id = connection.connectionId;

    assert.equal((await first.stop()).code, 0);
    await within(5_000, reconnecting, 'the reconnecting state');
    const second = await startServer({ port: first.port });
    test.after(() => second.stop());
    assert.notEqual(await within(10_000, reconnected, 'the reconnection'), id);
    const echoes = inboxOf(connection, 'ReceiveEcho');
    await connection.invoke('Echo', 'back');
    assert.equal(await echoes.next(), 'back');
  });
});
