// Log view: what the server logs to its visitors, from the hub target ReceiveLog.

import { call, member } from './api.js';
import { Feed } from './feed.js';
import { onUse, parts } from './panel.js';

const LEVELS = ['Verbose', 'Debug', 'Information', 'Warning', 'Error', 'Fatal'];

export function startLog({ hub, meter }) {
  const { buttons, least, search, note, feed } = parts('log');
  const lines = new Feed(feed);

  for (const level of LEVELS) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'level';
    button.dataset.level = level;
    button.textContent = level;
    buttons.append(button);
    onUse(button, note, () => call('GET', `/api/ps/log/${level}`).then(() => ''));
    least.add(new Option(level === LEVELS[0] ? 'all levels' : `${level} and above`, level));
  }

  hub.on('ReceiveLog', (entry) => {
    meter.record('log');
    const level = member(entry, 'Level');
    const line = lines.add(level, member(entry, 'Message'));
    line.dataset.level = level;
    filter(line);
  });

  function filter(line) {
    const rank = LEVELS.indexOf(line.dataset.level);
    const hidden = rank >= 0 && rank < LEVELS.indexOf(least.value);
    const word = search.value.trim().toLowerCase();
    line.hidden = hidden || !line.textContent.toLowerCase().includes(word);
  }

  for (const control of [least, search]) {
    control.addEventListener('input', () => {
      for (const line of feed.children) filter(line);
    });
  }
}
