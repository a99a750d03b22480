// Ticks: a stream of its own for this visitor, with a start and an end.

import { Feed, clock, describe, parse } from './feed.js';
import { milliseconds, onUse, parts } from './panel.js';
import { Stream } from './sse.js';

export function startTicks({ meter }) {
  const { form, count, interval, button, bar, progress, measured, note, feed } = parts('ticks');
  const lines = new Feed(feed);
  let running = false;
  let total = 0;
  let seen = 0;
  let firstAt = 0;

  const stream = new Stream('/sse', {
    names: ['connected', 'tick', 'complete'],
    onEvent: receive,
    onState: ({ state }) => {
      if (state === 'reconnecting') note.textContent = 'Connection lost; the browser reconnects.';
      if (state === 'waiting') note.textContent = 'Waiting: other tabs hold all free connections.';
      if (state === 'connected') note.textContent = '';
    },
  });

  function receive(name, text, id) {
    const data = parse(text);
    meter.record('ticks');
    if (name === 'connected') {
      // A reconnect starts the stream anew.
      total = data.count;
      seen = 0;
      bar.max = total;
      lines.add('connected', data.message, `${data.count} × ${data.intervalMs} ms`);
    } else if (name === 'tick') {
      seen = data.i;
      if (seen === 1) firstAt = performance.now();
      if (seen > 1) {
        const mean = (performance.now() - firstAt) / (seen - 1);
        measured.textContent = `every ${milliseconds(mean)} on average`;
      }
      lines.add(`tick ${id}`, `${data.i} of ${data.total}`, `sent ${clock(new Date(data.timestamp))}`);
    } else {
      lines.add('complete', describe(data));
      stop();
    }
    show();
  }

  function stop() {
    stream.close();
    running = false;
    show();
  }

  function show() {
    button.textContent = running ? 'Stop' : 'Start';
    bar.value = seen;
    progress.textContent = total ? `${seen} of ${total}` : '';
  }

  function start() {
    lines.clear();
    measured.textContent = '';
    running = true;
    seen = 0;
    show();
    const query = new URLSearchParams({ count: count.value, intervalMs: interval.value });
    stream.open(`/sse?${query}`);
  }

  onUse(form, note, () => (running ? stop() : start()));
  start();
}
