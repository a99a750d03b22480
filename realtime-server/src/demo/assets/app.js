// Puts the page together: one hub connection, two shared streams, one meter, six panels.

import { startBroadcast } from './broadcast.js';
import { ConnectionRow } from './connections.js';
import { startEvents } from './events.js';
import { Groups, startGroups } from './groups.js';
import { Hub } from './hub.js';
import { startLog } from './log.js';
import { Meter } from './meter.js';
import { startOperations } from './operations.js';
import { parts } from './panel.js';
import { Plot } from './plot.js';
import { Server } from './server.js';
import { prepareSnippets } from './snippets.js';
import { startTicks } from './ticks.js';

const overview = parts('overview');
const announce = (text) => (overview.announcement.textContent = text);
const legend = [...document.querySelectorAll('.legend [data-kind]')];
const meter = new Meter(legend.map((entry) => entry.dataset.kind));
const health = document.querySelector('#health');
const states = new Map();
const server = new Server({ uptime: overview.uptime, clients: overview.clients });

const hub = new Hub('/hubs/kestrun', (report) => {
  hubRow.change(report);
  showHealth('hub', report.state);
  if (report.state === 'connected') groups.rejoin();
  if (report.state === 'reconnecting') server.forget();
});
const hubRow = new ConnectionRow(overview.hub, {
  switchTo: (on) => (on ? hub.start() : hub.stop()),
  announce,
});
const groups = new Groups(hub);

/** Gives a stream its row in the table; the stream is named by a function as it does not exist yet. */
function connection(part, stream) {
  const row = new ConnectionRow(overview[part], {
    switchTo: (on) => (on ? stream().open() : stream().close()),
    announce,
  });
  return (report) => {
    row.change(report);
    showHealth(part, report.state);
  };
}

/** The three states in one word, in the bar that stays in sight. */
function showHealth(part, state) {
  states.set(part, state);
  const all = [...states.values()];
  const [worst, word] = all.every((one) => one === 'connected')
    ? ['connected', 'live']
    : all.some((one) => one.endsWith('connecting'))
      ? ['reconnecting', 'connecting']
      : ['disconnected', 'partly off'];
  health.dataset.state = worst;
  health.textContent = word;
}

hub.on('serverShutdown', () => announce('The server is shutting down'));

const context = { hub, meter, groups, server, connection };
startBroadcast(context);
startLog(context);
startEvents(context);
startGroups(context);
startOperations(context);
startTicks(context);
hub.start();

const swatches = new Map(legend.map((entry) => [entry.dataset.kind, entry.querySelector('i')]));
new Plot(overview.plot, meter, swatches);
prepareSnippets(document);

setInterval(() => {
  for (const entry of legend) {
    entry.querySelector('b').textContent = meter.total(entry.dataset.kind).toLocaleString('en');
  }
  overview.total.textContent = meter.sum().toLocaleString('en');
  overview.rate.textContent = `${meter.rate().toLocaleString('en')} /s`;
}, 500);
