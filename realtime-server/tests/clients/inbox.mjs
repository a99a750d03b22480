// Keeps what arrives until a test asks for it, so that no message is missed between two awaits.

import { within } from './server.mjs';

const LIMIT = 5_000;

export class Inbox {
  #what;
  #items = [];
  #waiting = [];

  constructor(what) {
    this.#what = what;
  }

  put(item) {
    const index = this.#waiting.findIndex(({ wanted }) => wanted(item));
    if (index < 0) {
      this.#items.push(item);
    } else {
      this.#waiting.splice(index, 1)[0].resolve(item);
    }
  }

  /** Takes out the oldest item that `wanted` accepts, or waits for one. */
  next(wanted = () => true, limit = LIMIT) {
    const index = this.#items.findIndex(wanted);
    if (index >= 0) return Promise.resolve(this.#items.splice(index, 1)[0]);
    const arrival = new Promise((resolve) => this.#waiting.push({ wanted, resolve }));
    return within(limit, arrival, this.#what);
  }

  /** What arrived and was not asked for. */
  get rest() {
    return [...this.#items];
  }
}

/** An inbox of the first arguments a SignalR connection receives for `target`. */
export function inboxOf(connection, target) {
  const inbox = new Inbox(target);
  connection.on(target, (argument) => inbox.put(argument));
  return inbox;
}
