// EventSource with its states made visible, and with a way back after an answer it calls fatal.

import { takePlace } from './budget.js';

const REOPEN_DELAY = 5_000;
const WAIT_FOR_PLACE = 2_000;

export class Stream {
  #path;
  #onEvent;
  #onState;
  #names = new Set();
  #source = null;
  #release = () => {};
  #timer = 0;
  #opening = 0;
  #state = 'disconnected';

  /** `onEvent(name, data, id)` gets every event whose name was listened for, with `data` as sent. */
  constructor(path, { names, onEvent, onState }) {
    this.#path = path;
    this.#onEvent = onEvent;
    this.#onState = onState;
    for (const name of names) this.#names.add(name);
  }

  get connected() {
    return this.#state === 'connected';
  }

  /** An EventSource delivers only the event names it was asked for. */
  listen(name) {
    if (this.#names.has(name)) return;
    this.#names.add(name);
    if (this.#source) this.#attach(name);
  }

  /** Opens the stream, or waits when other tabs hold all the connections there are. */
  async open(path = this.#path) {
    this.#drop();
    this.#path = path;
    const opening = this.#opening;
    const release = await takePlace();
    if (opening !== this.#opening) {
      release?.();
    } else if (release) {
      this.#release = release;
      this.#connect('connecting');
    } else {
      this.#become('waiting');
      this.#timer = setTimeout(() => this.open(), WAIT_FOR_PLACE);
    }
  }

  close() {
    this.#drop();
    this.#become('disconnected');
  }

  #connect(state) {
    this.#become(state);
    this.#source = new EventSource(this.#path);
    for (const name of this.#names) this.#attach(name);
    this.#source.onopen = () => this.#become('connected');
    this.#source.onerror = () => {
      this.#become('reconnecting');
      // The browser retries a lost connection by itself, but gives up after any answer but a 200.
      if (this.#source.readyState === EventSource.CLOSED) {
        this.#timer = setTimeout(() => this.#connect('reconnecting'), REOPEN_DELAY);
      }
    };
  }

  #drop() {
    this.#opening += 1;
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#release();
    this.#release = () => {};
  }

  #attach(name) {
    this.#source.addEventListener(name, ({ data, lastEventId }) => {
      this.#onEvent(name, data, lastEventId);
    });
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#onState({ state });
  }
}
