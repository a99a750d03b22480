// Events: the hub target ReceiveEvent, among them the heartbeat, and the update for administrators.

import { call, member } from './api.js';
import { Feed, clock, describe } from './feed.js';
import { isOfOperation } from './operations.js';
import { onUse, parts } from './panel.js';

const ADMINS = 'Admins';

export function startEvents({ hub, meter, groups, server }) {
  const { publish, heartbeat, admin, joinAdmins, note, feed } = parts('events');
  const lines = new Feed(feed);

  hub.on('ReceiveEvent', (envelope) => {
    const name = member(envelope, 'EventName');
    // Progress of operations is drawn in a panel of its own.
    if (isOfOperation(name)) return;
    meter.record('events');
    const data = member(envelope, 'Data');
    lines.add(name, describe(data));
    if (name === 'ServerHeartbeat') {
      const clients = member(data, 'ConnectedClients');
      heartbeat.textContent = `${clock(new Date())} · ${clients} on the hub`;
      server.heartbeat(member(data, 'Uptime'), clients);
    }
  });

  hub.on('ReceiveAdminUpdate', (update) => {
    meter.record('events');
    const system = member(update, 'SystemInfo') ?? {};
    const processors = member(system, 'ProcessorCount');
    admin.textContent = `${clock(new Date())} · ${processors ?? '?'} processors`;
    lines.add('AdminUpdate', member(update, 'Message') ?? describe(update));
  });

  groups.onChange((joined) => {
    joinAdmins.hidden = joined.has(ADMINS);
    if (!joined.has(ADMINS)) admin.textContent = `sent to members of ${ADMINS} only`;
    else if (/only$/.test(admin.textContent)) admin.textContent = 'comes once a minute';
  });

  onUse(publish, note, () => call('GET', '/api/ps/event').then(() => ''));
  onUse(joinAdmins, note, () => groups.join(ADMINS));
}
