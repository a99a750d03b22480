// What is known of the server: its uptime and visitors, both told by the heartbeat.

export class Server {
  #uptime;
  #clients;
  #startedAt = 0;

  constructor({ uptime, clients }) {
    this.#uptime = uptime;
    this.#clients = clients;
    setInterval(() => this.#show(), 1_000);
  }

  /** `uptime` is `hh:mm:ss.fffffff`, with days in front (`1.02:03:04`) from the second day on. */
  heartbeat(uptime, clients) {
    const [, days = 0, hours, minutes, seconds] =
      /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(uptime) ?? [];
    if (hours === undefined) return;
    const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    this.#startedAt = Date.now() - total * 1_000;
    this.#clients.textContent = String(clients);
    this.#show();
  }

  /** After a lost connection it may be another process. */
  forget() {
    this.#startedAt = 0;
    this.#clients.textContent = '–';
    this.#uptime.textContent = 'at the next heartbeat';
  }

  #show() {
    if (!this.#startedAt) return;
    const total = Math.floor((Date.now() - this.#startedAt) / 1_000);
    const two = (value) => String(value).padStart(2, '0');
    const days = Math.floor(total / 86_400);
    const time = [Math.floor(total / 3_600) % 24, Math.floor(total / 60) % 60, total % 60];
    this.#uptime.textContent = (days ? `${days} d ` : '') + time.map(two).join(':');
  }
}
