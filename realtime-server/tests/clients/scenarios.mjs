// What an official client does with the hub of the conformance server, in Node and in a browser. A
// scenario gets `signalR`, the client's module; `connect`, which gives a started connection, of a
// `user` if there is one; `cut`, which cuts the sockets of connections that are made with `isCut`; and
// the `transport` and the `protocol`.

const LIMIT = 30_000;
const LARGE = 32_600;
const UNEXPECTED = 'An unexpected error occurred invoking';

const ASKED = 'answers what the server asks';
const STATEFUL = 'goes on over a new socket, with nothing lost and nothing twice';

/** The names of those that go with a client of this major version on this transport. */
export function scenariosFor(version, transport) {
  const left = {
    [ASKED]: version >= 7,
    [STATEFUL]: version >= 8 && transport === 'WebSockets',
  };
  return Object.keys(scenarios).filter((name) => left[name] ?? true);
}

export const scenarios = {
  async 'invokes, and gets results'({ connect, transport }) {
    const connection = await connect();
    equal(await connection.invoke('Add', 1, 2), 3);
    equal(await connection.invoke('nothing'), null);
    const value = { list: [1, null, true, 2.5], text: 'grüße 👋 <&>\n' };
    equal(await connection.invoke('Echo', value), value);
    // Members keep their order and numbers their digits, however deep.
    const unsorted = { b: [{ z: 31.245270191439438, y: { d: -0.1, c: 1e21 } }], a: 2 };
    equal(await connection.invoke('Echo', unsorted), unsorted);
    equal(await connection.invoke('GetActiveTransportName'), transport);
    equal(await connection.invoke('GetCallerConnectionId'), connection.connectionId);
    const messages = queue(connection, 'Message');
    await connection.send('InvokeWithString', 'sent');
    equal(await messages.next(), 'sent');
  },

  async 'gets bytes and moments back as they are'({ connect, protocol }) {
    const connection = await connect();
    const value = { moment: new Date(946_684_800_123), list: [new Uint8Array([1, 2, 255])] };
    const binary = protocol === 'messagepack';
    const back = await connection.invoke('Echo', value);
    equal(back, value);
    equal(back.moment instanceof Date, binary);
    equal(back.list[0] instanceof Uint8Array, binary);
    const messages = queue(connection, 'Broadcasted');
    await connection.send('SendToConnection', connection.connectionId, value);
    equal(await messages.next(), value);
  },

  async 'gets errors with their texts, and goes on'({ connect }) {
    const connection = await connect();
    const failed = 'due to an error on the server.';
    for (const [text, method, ...values] of [
      [`${UNEXPECTED} 'ThrowHubException' on the server. HubException: no`, 'ThrowHubException', 'no'],
      [`${UNEXPECTED} 'ThrowException' on the server. InvalidOperationException: no`, 'ThrowException', 'no'],
      [`Failed to invoke 'Missing' ${failed} HubException: Method does not exist.`, 'Missing'],
      [
        `Failed to invoke 'Add' ${failed} InvalidDataException: Invocation provides 1 argument(s) but target expects 2.`,
        'Add',
        1,
      ],
      [
        "The client attempted to invoke the streaming 'Stream' method with a non-streaming invocation.",
        'Stream',
      ],
    ]) {
      equal(await failure(connection.invoke(method, ...values)), text);
    }
    equal(await connection.invoke('Add', 1, 2), 3);
  },

  async 'reaches whom it means'({ connect }) {
    const group = `group ${Math.random()}`;
    const [one, two] = await Promise.all([connect(), connect()]);
    const inboxes = [one, two].map((connection) => queue(connection, 'GroupMessage'));
    const direct = queue(two, 'Broadcasted');
    await Promise.all([one, two].map((connection) => connection.invoke('JoinGroup', group)));
    for (let number = 0; number < 100; number += 1) {
      await one.send('SendToOthersInGroup', group, number);
    }
    await one.invoke('SendToGroup', group, 'all');
    await two.invoke('LeaveGroup', group);
    await one.invoke('SendToGroup', group, 'left');
    await one.invoke('SendToConnection', two.connectionId, 'direct');
    for (let number = 0; number < 100; number += 1) equal(await inboxes[1].next(), number);
    equal(await inboxes[1].next(), 'all');
    equal(await direct.next(), 'direct');
    equal(await inboxes[0].next(), 'all');
    equal(await inboxes[0].next(), 'left');
    equal(inboxes.map((inbox) => inbox.rest), [[], []]);
  },

  async 'reaches all connections of a user, and nobody else'({ connect }) {
    const [ann, bob] = ['ann', 'bob'].map((name) => `${name}-${Math.random()}`);
    const [one, two, other] = await Promise.all([ann, ann, bob].map((user) => connect({ user })));
    const inboxes = [one, two, other].map((connection) => queue(connection, 'UserMessage'));
    equal(await one.invoke('GetUser'), ann);
    await other.invoke('SendToUser', ann, 'for ann');
    equal(await inboxes[0].next(), 'for ann');
    equal(await inboxes[1].next(), 'for ann');
    await one.invoke('SendToUser', bob, 'for bob');
    equal(await inboxes[2].next(), 'for bob');
    equal(inboxes.map((inbox) => inbox.rest), [[], [], []]);
  },

  async 'takes streams, cancels one, and hears of the error of one'({ connect }) {
    const connection = await connect();
    equal(await drain(connection.stream('Stream')), ['a', 'b', 'c']);
    equal(await drain(connection.stream('EmptyStream')), []);
    const [one, two] = ['Counter', 'Counter'].map((name) => drain(connection.stream(name, 300, 0)));
    equal(await one, sequence(300));
    equal(await two, sequence(300));
    const prefix = 'An error occurred on the server while streaming results.';
    equal(
      await failure(drain(connection.stream('CounterThenThrow', 2))),
      `${prefix} HubException: stream broke`,
    );
    const canceled = queue(connection, 'StreamCanceled');
    const ignored = { next() {}, complete() {}, error() {} };
    const subscription = connection.stream('InfiniteStream').subscribe(ignored);
    equal(await connection.invoke('Add', 1, 2), 3);
    subscription.dispose();
    await canceled.next();
  },

  async 'sends streams, alone and beside one that comes back'({ connect, signalR }) {
    const connection = await connect();
    const numbers = new signalR.Subject();
    const sum = connection.invoke('UploadSum', numbers);
    sequence(100).forEach((number) => numbers.next(number));
    numbers.complete();
    equal(await sum, 4_950);
    const broken = new signalR.Subject();
    const concatenated = failure(connection.invoke('StreamingConcat', broken));
    broken.next('a');
    broken.error(new Error('Something bad'));
    const text = `${UNEXPECTED} 'StreamingConcat' on the server. HubException: Something bad`;
    equal(await concatenated, text);
    const items = new signalR.Subject();
    const echoes = drain(connection.stream('UploadEcho', items));
    sequence(100).forEach((number) => items.next({ number }));
    items.complete();
    equal(await echoes, sequence(100).map((number) => ({ number })));
  },

  async [ASKED]({ connect }) {
    const connection = await connect();
    connection.on('Double', (number) => number * 2);
    connection.on('Nested', async (number) => (await connection.invoke('Add', number, 1)) * 10);
    connection.on('Fail', () => Promise.reject(new Error('from callback')));
    equal(await connection.invoke('AskClient', 'Double', 21), 42);
    equal(await connection.invoke('AskClient', 'Nested', 4), 50);
    const prefix = `${UNEXPECTED} 'AskClient' on the server. HubException: `;
    equal(await failure(connection.invoke('AskClient', 'Fail', 1)), `${prefix}Error: from callback`);
    equal(
      await failure(connection.invoke('AskClient', 'Unknown', 1)),
      `${prefix}Client didn't provide a result.`,
    );
  },

  async 'sends and gets messages as large as they may be, and is told of one beyond'({ connect }) {
    const connection = await connect();
    const large = 'x'.repeat(LARGE);
    equal(await connection.invoke('Echo', large), large);
    const closed = new Promise((resolve) => connection.onclose(resolve));
    connection.send('Echo', large + large).catch(() => {});
    const { message } = await soon(closed, 'the close');
    ok(message.includes('The maximum message size of 32768B was exceeded.'), message);
  },

  async 'comes back by itself when its socket is cut'({ connect, cut, transport }) {
    const connection = await connect({ reconnect: true, isCut: true });
    const before = connection.connectionId;
    const reconnected = new Promise((resolve) => connection.onreconnected(resolve));
    await cut();
    if (transport === 'LongPolling') {
      // A browser repeats a poll by itself, and then the connection is still the old one.
      equal(await soon(insist(() => connection.invoke('Add', 1, 2)), 'an answer'), 3);
    } else {
      ok((await soon(reconnected, 'the new connection')) !== before, 'it is another connection');
      equal(await connection.invoke('Add', 1, 2), 3);
    }
    await connection.stop();
  },

  async [STATEFUL]({ connect, cut }) {
    const connection = await connect({ stateful: true, isCut: true });
    const before = connection.connectionId;
    const messages = queue(connection, 'Message');
    const sending = (async () => {
      for (const number of sequence(3_000)) await connection.send('InvokeWithString', String(number));
    })();
    for (const number of sequence(3_000)) {
      equal(await messages.next(), String(number));
      if (number === 500) await cut();
    }
    await sending;
    equal(await connection.invoke('GetCallerConnectionId'), before);
    await connection.stop();
  },

  async 'ends for good when the hub ends it, and when it stops'({ connect, signalR }) {
    const connection = await connect({ reconnect: true });
    let reconnects = 0;
    connection.onreconnecting(() => (reconnects += 1));
    const closed = new Promise((resolve) => connection.onclose(resolve));
    await connection.send('AbortMe');
    equal(await soon(closed, 'the close'), undefined);
    equal(reconnects, 0);
    const other = await connect();
    await other.stop();
    equal(other.state, signalR.HubConnectionState.Disconnected);
  },
};

function equal(actual, expected) {
  const [left, right] = [actual, expected].map((value) => JSON.stringify(value));
  ok(left === right, `${left} is not ${right}`);
}

function ok(holds, what) {
  if (!holds) throw new Error(what);
}

async function failure(promise) {
  const error = await promise.then(
    (value) => new Error(`no failure but ${JSON.stringify(value)}`),
    (error) => error,
  );
  return error.message;
}

/** Tries again until it works. */
async function insist(act) {
  for (;;) {
    try {
      return await act();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function soon(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come`)), LIMIT);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Keeps the first arguments that the server calls `target` with. */
function queue(connection, target) {
  const items = [];
  let wake = () => {};
  connection.on(target, (argument) => {
    items.push(argument);
    wake();
  });
  return {
    async next() {
      if (items.length === 0) await soon(new Promise((resolve) => (wake = resolve)), target);
      return items.shift();
    },
    get rest() {
      return [...items];
    },
  };
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
