// Counts of received messages, by kind and by second, for the plot and its legend.

export const WINDOW = 60;

export class Meter {
  #kinds;
  #totals = new Map();
  #seconds = new Map();

  constructor(kinds) {
    this.#kinds = kinds;
    for (const kind of kinds) this.#totals.set(kind, 0);
  }

  get kinds() {
    return this.#kinds;
  }

  record(kind) {
    this.#totals.set(kind, this.#totals.get(kind) + 1);
    const second = Math.floor(Date.now() / 1000);
    if (!this.#seconds.has(second)) this.#forget(second);
    const counts = this.#seconds.get(second) ?? this.#kinds.map(() => 0);
    counts[this.#kinds.indexOf(kind)] += 1;
    this.#seconds.set(second, counts);
  }

  total(kind) {
    return this.#totals.get(kind);
  }

  sum() {
    return [...this.#totals.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The counts of one second, in the order of `kinds`, or undefined when nothing came. */
  at(second) {
    return this.#seconds.get(second);
  }

  /** Messages in the last complete second. */
  rate() {
    const counts = this.at(Math.floor(Date.now() / 1000) - 1) ?? [];
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #forget(now) {
    for (const second of this.#seconds.keys()) {
      if (second < now - WINDOW - 1) this.#seconds.delete(second);
    }
  }
}
