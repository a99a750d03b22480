// The official SignalR client against a hub with streams, client results, users and groups.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpTransportType, HubConnectionBuilder, LogLevel, Subject } from '@microsoft/signalr';
import { Inbox, inboxOf } from './inbox.mjs';
import { example, startServer, within } from './server.mjs';

const options = { transport: HttpTransportType.WebSockets };

/** Subscribes to a stream; resolves with its items at its end. */
function drain(stream) {
  const items = [];
  return new Promise((resolve, reject) => {
    stream.subscribe({
      next: (item) => items.push(item),
      error: (error) => reject(Object.assign(error, { items })),
      complete: () => resolve(items),
    });
  });
}

describe('hub features with the official client', { concurrency: true }, () => {
  let server;
  before(async () => {
    server = await startServer({ program: example('hub_features') });
  });
  after(() => server.stop());

  /** A connected client that is stopped when the test ends. */
  async function connect(test, user = 'somebody') {
    const connection = new HubConnectionBuilder()
      .withUrl(`${server.url}/hub?user=${user}`, options)
      .configureLogging(LogLevel.None)
      .build();
    test.after(() => connection.stop());
    await connection.start();
    return connection;
  }

  it('streams from the server in order to the end', async (test) => {
    const connection = await connect(test);
    assert.deepEqual(await drain(connection.stream('Counter', 5, 1)), [0, 1, 2, 3, 4]);
    assert.deepEqual(await drain(connection.stream('counter', 0, 0)), []);
  });

  it('streams ten thousand items, and others meanwhile', async (test) => {
    const connection = await connect(test);
    const streams = [1, 2].map(() => drain(connection.stream('Counter', 5_000, 0)));
    assert.equal(await connection.invoke('Add', 1, 2), 3);
    for (const items of await Promise.all(streams)) {
      assert.deepEqual(items, Array.from({ length: 5_000 }, (_, number) => number));
    }
  });

  it('tells the error of a stream after its items', async (test) => {
    const connection = await connect(test);
    const error = await drain(connection.stream('CounterThenThrow', 2)).catch((error) => error);
    assert.equal(
      error.message,
      'An error occurred on the server while streaming results. HubException: stream broke',
    );
    assert.deepEqual(error.items, [0, 1]);
    await assert.rejects(drain(connection.stream('Add', 1, 2)), {
      message:
        "The client attempted to invoke the non-streaming 'Add' method with a streaming invocation.",
    });
  });

  it('cancels a stream', async (test) => {
    const connection = await connect(test);
    const canceled = inboxOf(connection, 'StreamCanceled');
    const subscription = connection.stream('InfiniteStream').subscribe({
      next: () => assert.fail('an item'),
      error: (error) => assert.fail(error),
      complete: () => {},
    });
    assert.equal(await connection.invoke('Add', 1, 2), 3);
    subscription.dispose();
    await canceled.next();
  });

  it('uploads a stream, and an error', async (test) => {
    const connection = await connect(test);
    const numbers = new Subject();
    const sum = connection.invoke('UploadSum', numbers);
    for (let number = 1; number <= 1_000; number += 1) numbers.next(number);
    numbers.complete();
    assert.equal(await sum, 500_500);

    const broken = new Subject();
    const failure = connection.invoke('UploadSum', broken);
    broken.next(1);
    broken.error(new Error('Something bad'));
    await assert.rejects(failure, {
      message: /^An unexpected error occurred invoking 'UploadSum' on the server\. HubException: .*Something bad$/,
    });
  });

  it('streams both ways at once', async (test) => {
    const connection = await connect(test);
    const source = new Subject();
    const echoes = new Inbox('an echo');
    const end = new Promise((resolve, reject) => {
      connection
        .stream('UploadEcho', source)
        .subscribe({ next: (item) => echoes.put(item), error: reject, complete: resolve });
    });
    for (const item of [1, 'two', { three: [3, null] }]) {
      source.next(item);
      assert.deepEqual(await echoes.next(), item);
    }
    source.complete();
    await within(5_000, end, 'the end of the stream');
  });

  it('answers what the server asks, also in the middle of an invocation', async (test) => {
    const connection = await connect(test);
    connection.on('Double', (number) => number * 2);
    connection.on('Nested', async (number) => (await connection.invoke('Add', number, 1)) * 10);
    connection.on('Throw', () => {
      throw new Error('from callback');
    });
    assert.equal(await connection.invoke('AskClient', 'Double', 21), 42);
    assert.equal(await connection.invoke('AskClient', 'Nested', 4), 50);
    const prefix = "An unexpected error occurred invoking 'AskClient' on the server. HubException: ";
    await assert.rejects(connection.invoke('AskClient', 'Throw', 1), {
      message: `${prefix}Error: from callback`,
    });
    await assert.rejects(connection.invoke('AskClient', 'Unknown', 1), {
      message: `${prefix}Client didn't provide a result.`,
    });
  });

  it('is asked from outside the hub', async (test) => {
    const connection = await connect(test);
    const ask = async () => (await fetch(`${server.url}/ask/${connection.connectionId}`)).text();
    assert.equal(await ask(), "Client didn't provide a result.");
    connection.on('Result', () => 17);
    assert.equal(await ask(), '17');
    assert.equal((await fetch(`${server.url}/ask/nobody`)).status, 404);
  });

  it('reaches all connections of a user and no others', async (test) => {
    const [one, two, other] = await Promise.all([
      connect(test, 'ann'),
      connect(test, 'ann'),
      connect(test, 'bob'),
    ]);
    const inboxes = [one, two, other].map((connection) => inboxOf(connection, 'UserMessage'));
    await other.invoke('SendToUser', 'ann', 'for ann');
    assert.equal(await inboxes[0].next(), 'for ann');
    assert.equal(await inboxes[1].next(), 'for ann');
    await one.invoke('SendToUser', 'bob', 'for bob');
    assert.equal(await inboxes[2].next(), 'for bob');
    assert.deepEqual(inboxes.flatMap((inbox) => inbox.rest), []);
  });

  it('reaches the others in a group', async (test) => {
    const [one, two] = await Promise.all([connect(test), connect(test)]);
    const inboxes = [one, two].map((connection) => inboxOf(connection, 'GroupMessage'));
    await Promise.all([one, two].map((connection) => connection.invoke('JoinGroup', 'others')));
    await one.invoke('SendToOthersInGroup', 'others', 'hello');
    assert.equal(await inboxes[1].next(), 'hello');
    assert.deepEqual(inboxes[0].rest, []);
  });

  it('closes without an error and does not come back when the hub aborts it', async (test) => {
    const connection = new HubConnectionBuilder()
      .withUrl(`${server.url}/hub`, options)
      .withAutomaticReconnect([0, 0])
      .configureLogging(LogLevel.None)
      .build();
    test.after(() => connection.stop());
    await connection.start();
    connection.onreconnecting(() => assert.fail('it came back'));
    const closed = new Promise((resolve) => connection.onclose(resolve));
    connection.send('AbortMe');
    assert.equal(await within(5_000, closed, 'the close'), undefined);
  });
});
