// A small SignalR client: negotiate version 1, WebSockets, the JSON hub protocol, automatic reconnect.
// It does what this page needs. Applications use @microsoft/signalr.

const RECORD_END = '\u001e';
const HANDSHAKE = `${JSON.stringify({ protocol: 'json', version: 1 })}${RECORD_END}`;
const Type = { INVOCATION: 1, STREAM_ITEM: 2, COMPLETION: 3, STREAM_INVOCATION: 4, PING: 6, CLOSE: 7 };

const HANDSHAKE_TIMEOUT = 15_000;
const PING_INTERVAL = 15_000;
const SERVER_TIMEOUT = 30_000;
// The official client gives up after the fourth attempt; a page left open should not.
const RECONNECT_DELAYS = [0, 2_000, 10_000, 30_000];

export class Hub {
  #path;
  #handlers = new Map();
  #calls = new Map();
  #nextId = 0;
  #socket = null;
  #wanted = false;
  #running = false;
  #wake = () => {};
  #lastReceived = 0;
  #onState;
  #token;

  /**
   * `onState({ state, connectionId, error, retryAt })` is told about every change; `token()` gives
   * what the hub wants to be shown, or an empty text.
   */
  constructor(path, onState, token = () => '') {
    this.#path = path;
    this.#token = token;
    this.#onState = onState;
  }

  /** Calls `handler(...args)` for every message the server sends to `target`; names ignore case. */
  on(target, handler) {
    const key = target.toLowerCase();
    this.#handlers.set(key, [...(this.#handlers.get(key) ?? []), handler]);
  }

  start() {
    this.#wanted = true;
    this.#wake();
    if (!this.#running) this.#run();
  }

  stop() {
    this.#wanted = false;
    this.#socket?.close(1000);
    this.#wake();
  }

  /** Resolves with the result of the hub method, or rejects with the server's error text. */
  invoke(method, ...args) {
    return this.#call({ type: Type.INVOCATION, target: method, arguments: args });
  }

  /** Gives every item of a streaming hub method to `onItem`; resolves when the last has come. */
  stream(method, onItem, ...args) {
    return this.#call({ type: Type.STREAM_INVOCATION, target: method, arguments: args }, onItem);
  }

  #call(message, onItem) {
    const invocationId = String(this.#nextId++);
    return new Promise((resolve, reject) => {
      if (!this.#write({ ...message, invocationId })) {
        reject(new Error('The hub is not connected.'));
        return;
      }
      this.#calls.set(invocationId, { resolve, reject, onItem });
    });
  }

  async #run() {
    this.#running = true;
    let attempt = 0;
    let state = 'connecting';
    while (this.#wanted) {
      this.#onState({ state });
      let error;
      try {
        const { socket, connectionId, rest } = await this.#connect();
        attempt = 0;
        const ended = this.#receive(socket, rest);
        this.#onState({ state: 'connected', connectionId });
        const close = await ended;
        error = close.error;
        if (!close.allowReconnect) this.#wanted = false;
      } catch (failure) {
        error = failure.message;
      }
      this.#fail(error ?? 'The connection was closed.');
      if (!this.#wanted) break;
      state = 'reconnecting';
      const delay = RECONNECT_DELAYS[Math.min(attempt++, RECONNECT_DELAYS.length - 1)];
      this.#onState({ state, error, retryAt: Date.now() + delay });
      await this.#sleep(delay);
    }
    this.#running = false;
    this.#onState({ state: 'disconnected' });
  }

  async #connect() {
    const token = this.#token();
    const proof = token ? { Authorization: `Bearer ${token}` } : {};
    const response = await fetch(`${this.#path}/negotiate?negotiateVersion=1`, {
      method: 'POST',
      headers: { 'X-Requested-With': 'XMLHttpRequest', ...proof },
      signal: AbortSignal.timeout(HANDSHAKE_TIMEOUT),
    });
    if (!response.ok) throw new Error(`Negotiation failed with status ${response.status}.`);
    const answer = await response.json();
    if (answer.error) throw new Error(answer.error);
    if (!answer.availableTransports?.some(({ transport }) => transport === 'WebSockets')) {
      throw new Error('The server does not offer WebSockets.');
    }
    if (!this.#wanted) throw new Error('Stopped while connecting.');
    const url = new URL(this.#path, location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('id', answer.connectionToken ?? answer.connectionId);
    // A browser cannot set a header on a WebSocket.
    if (token) url.searchParams.set('access_token', token);
    return { connectionId: answer.connectionId, ...(await this.#handshake(new WebSocket(url))) };
  }

  #handshake(socket) {
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail('The handshake timed out.'), HANDSHAKE_TIMEOUT);
      const fail = (reason) => {
        clearTimeout(timer);
        socket.onclose = null;
        socket.close();
        reject(new Error(reason));
      };
      let received = '';
      socket.onopen = () => socket.send(HANDSHAKE);
      socket.onclose = () => fail('The WebSocket could not be opened.');
      socket.onmessage = ({ data }) => {
        received += data;
        const end = received.indexOf(RECORD_END);
        if (end < 0) return;
        const { error } = JSON.parse(received.slice(0, end));
        if (error) {
          fail(error);
          return;
        }
        clearTimeout(timer);
        resolve({ socket, rest: received.slice(end + 1) });
      };
    });
  }

  /** Dispatches records until the socket ends; resolves with what a Close message said. */
  #receive(socket, rest) {
    return new Promise((resolve) => {
      const close = { allowReconnect: true, error: undefined };
      let pending = '';
      const take = (data) => {
        this.#lastReceived = Date.now();
        const records = (pending + data).split(RECORD_END);
        pending = records.pop();
        for (const message of records.map((record) => JSON.parse(record))) {
          if (message.type === Type.CLOSE) {
            close.error = message.error;
            close.allowReconnect = message.allowReconnect === true;
            socket.close(1000);
          } else {
            this.#dispatch(message);
          }
        }
      };
      const ping = setInterval(() => this.#write({ type: Type.PING }), PING_INTERVAL);
      // Browsers slow timers of hidden tabs to one a minute, so the age is measured, not the timer.
      const watch = setInterval(() => {
        if (Date.now() - this.#lastReceived <= SERVER_TIMEOUT) return;
        close.error = 'The server sent nothing for 30 seconds.';
        end();
        socket.close();
      }, 1_000);
      const end = () => {
        clearInterval(ping);
        clearInterval(watch);
        socket.onmessage = null;
        socket.onclose = null;
        resolve(close);
      };
      socket.onmessage = ({ data }) => take(data);
      socket.onclose = end;
      take(rest);
      if (socket.readyState === WebSocket.CLOSED) end();
    });
  }

  #dispatch(message) {
    if (message.type === Type.INVOCATION) {
      const handlers = this.#handlers.get(message.target.toLowerCase()) ?? [];
      for (const handler of handlers) handler(...(message.arguments ?? []));
    } else if (message.type === Type.STREAM_ITEM) {
      this.#calls.get(message.invocationId)?.onItem(message.item);
    } else if (message.type === Type.COMPLETION) {
      const call = this.#calls.get(message.invocationId);
      this.#calls.delete(message.invocationId);
      if (message.error) call?.reject(new Error(message.error));
      else call?.resolve(message.result);
    }
  }

  #write(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message) + RECORD_END);
    return true;
  }

  #fail(reason) {
    this.#socket = null;
    for (const { reject } of this.#calls.values()) reject(new Error(reason));
    this.#calls.clear();
  }

  #sleep(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
