// Groups: joined by a hub method, spoken to by a request; and the hub method Echo.

import { call, member } from './api.js';
import { Feed, describe } from './feed.js';
import { milliseconds, onUse, parts } from './panel.js';

/** The groups this page is a member of, kept over reconnects. */
export class Groups {
  #hub;
  #joined = new Set();
  #watchers = [];

  constructor(hub) {
    this.#hub = hub;
  }

  onChange(watcher) {
    this.#watchers.push(watcher);
    watcher(this.#joined);
  }

  async join(name) {
    await this.#hub.invoke('JoinGroup', name);
    this.#joined.add(name);
    this.#changed();
  }

  async leave(name) {
    await this.#hub.invoke('LeaveGroup', name);
    this.#joined.delete(name);
    this.#changed();
  }

  /** A new connection is a member of nothing, so every group is joined again. */
  rejoin() {
    for (const name of this.#joined) this.#hub.invoke('JoinGroup', name).catch(() => {});
  }

  #changed() {
    for (const watcher of this.#watchers) watcher(this.#joined);
  }
}

export function startGroups({ hub, meter, groups }) {
  const { form, name, leave, broadcast, memberships, note, feed, echoForm, echo, echoNote } =
    parts('groups');
  const lines = new Feed(feed);
  const chosen = () => {
    const group = name.value.trim();
    if (!group) throw new Error('Name a group first.');
    return group;
  };

  hub.on('GroupJoined', (group) => {
    meter.record('groups');
    lines.add('joined', group);
  });
  hub.on('GroupLeft', (group) => {
    meter.record('groups');
    lines.add('left', group);
  });
  hub.on('ReceiveGroupMessage', (message) => {
    meter.record('groups');
    lines.add('message', member(message, 'Message') ?? describe(message), member(message, 'Sender'));
  });
  hub.on('ReceiveEcho', () => meter.record('groups'));

  groups.onChange((joined) => {
    memberships.textContent = joined.size ? `Member of ${[...joined].join(', ')}` : 'Member of no group';
  });

  onUse(form, note, () => groups.join(chosen()));
  onUse(leave, note, () => groups.leave(chosen()));
  onUse(broadcast, note, async () => {
    const group = encodeURIComponent(chosen());
    const answer = await call('POST', `/api/group/broadcast/${group}`);
    return member(answer, 'Message');
  });

  onUse(echoForm, echoNote, async () => {
    const at = performance.now();
    await hub.invoke('Echo', echo.value);
    return `Answered and completed in ${milliseconds(performance.now() - at)}.`;
  });
}
