// The table of long-lived connections: state, since when, how often they had to come back.

import { clock } from './feed.js';

const WORDS = {
  connecting: 'connecting',
  connected: 'connected',
  reconnecting: 'reconnecting',
  waiting: 'waiting for a free connection',
  disconnected: 'off',
};

export class ConnectionRow {
  #row;
  #name;
  #announce;
  #state = 'disconnected';
  #reconnects = 0;
  #since = new Date();
  #retryAt = 0;

  /** `switchTo(on)` is called by the row's button; `announce(text)` speaks a change of state. */
  constructor(row, { switchTo, announce }) {
    this.#row = row;
    this.#name = row.dataset.name;
    this.#announce = announce;
    this.#part('button').addEventListener('click', () => {
      const retry = this.#state === 'reconnecting' && this.#retryAt > Date.now();
      switchTo(retry || this.#state === 'disconnected');
    });
    this.#show();
    setInterval(() => this.#show(), 1_000);
  }

  /** Takes a report of a `Hub` or a `Stream`. */
  change({ state, retryAt = 0 }) {
    if (state !== this.#state) {
      const back = this.#state === 'reconnecting' && state === 'connected';
      if (back) this.#reconnects += 1;
      if (back || state === 'reconnecting') this.#announce(`${this.#name} ${WORDS[state]}`);
      this.#since = new Date();
    }
    this.#state = state;
    this.#retryAt = retryAt;
    this.#show();
  }

  #show() {
    this.#row.dataset.state = this.#state;
    const wait = Math.ceil((this.#retryAt - Date.now()) / 1_000);
    const retrying = this.#state === 'reconnecting' && wait > 0;
    const state = WORDS[this.#state] + (retrying ? ` in ${wait} s` : '');
    const count = this.#reconnects === 1 ? '1 reconnect' : `${this.#reconnects} reconnects`;
    const button = this.#part('button');
    const action = retrying ? 'Retry now' : this.#state === 'disconnected' ? 'Connect' : 'Disconnect';
    write(this.#part('.state'), state);
    write(this.#part('.since'), `since ${clock(this.#since)} · ${count}`);
    write(button, action);
    button.setAttribute('aria-label', `${action}: ${this.#name}`);
  }

  #part(selector) {
    return this.#row.querySelector(selector);
  }
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
