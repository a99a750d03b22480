// Broadcast: two streams that every visitor shares, and the requests that feed them.

import { call } from './api.js';
import { Feed, describe, parse } from './feed.js';
import { milliseconds, onUse, parts } from './panel.js';
import { Stream } from './sse.js';

const BURST = 25;

export function startBroadcast({ meter, connection }) {
  const panel = parts('broadcast');
  const messages = new Feed(panel.messages);
  const progress = new Feed(panel.progress);
  const sent = new Map();

  const stream = new Stream('/sse/broadcast', {
    names: ['connected', 'message', 'ping'],
    onEvent: (name, text) => {
      meter.record('broadcast');
      const data = parse(text);
      if (name === 'connected') {
        messages.add(name, `client ${data.clientId.slice(0, 8)}`);
        return;
      }
      const mine = sent.get(data?.key);
      sent.delete(data?.key);
      const shown = data?.text ?? describe(data);
      const age = mine && performance.now() - mine.at;
      messages.add(name, shown, mine ? milliseconds(age) : 'from elsewhere');
      mine?.arrived(age);
    },
    onState: connection('broadcast', () => stream),
  });

  const progressStream = new Stream('/sse/broadcast/progress', {
    names: ['connected', 'progress'],
    onEvent: (name, text) => {
      meter.record('broadcast');
      const data = parse(text);
      if (name === 'connected') {
        progress.add(name, `client ${data.clientId.slice(0, 8)}`);
        return;
      }
      progress.add(data.taskId, data.status, `${Math.round(data.progress)} %`);
      panel.bar.value = data.progress;
    },
    onState: connection('progress', () => progressStream),
  });

  /** Publishes one message; `arrival` resolves with its age once it came back on the stream. */
  async function publish(event, text) {
    const key = Math.random().toString(36).slice(2);
    const arrival = new Promise((arrived) => sent.set(key, { at: performance.now(), arrived }));
    const answer = await call('POST', '/api/broadcast', { event, data: { text, key } });
    return { connected: answer.connected, arrival };
  }

  onUse(panel.form, panel.note, async () => {
    const event = panel.event.value.trim() || 'message';
    stream.listen(event);
    const { connected } = await publish(event, panel.text.value);
    return `Sent to ${connected} ${connected === 1 ? 'subscriber' : 'subscribers'}.`;
  });

  onUse(panel.burst, panel.note, async () => {
    if (!stream.connected) throw new Error('The broadcast stream is not connected.');
    const ages = await Promise.all(
      Array.from({ length: BURST }, async (_, index) => {
        const { arrival } = await publish('message', `Burst ${index + 1} of ${BURST}`);
        return arrival;
      }),
    );
    ages.sort((a, b) => a - b);
    const median = milliseconds(ages[Math.floor(BURST / 2)]);
    return `${BURST} of ${BURST} came back, half of them within ${median}.`;
  });

  onUse(panel.progressForm, panel.progressNote, async () => {
    const { connected } = await call('POST', '/api/broadcast/progress', {
      taskId: panel.task.value.trim() || 'task-1',
      progress: panel.percent.valueAsNumber,
      status: panel.status.value,
      state: panel.percent.valueAsNumber === 100 ? 'completed' : 'running',
    });
    return `Sent to ${connected} ${connected === 1 ? 'subscriber' : 'subscribers'}.`;
  });

  panel.percent.addEventListener('input', () => {
    panel.percentValue.textContent = `${panel.percent.value} %`;
  });

  stream.open();
  progressStream.open();
}
