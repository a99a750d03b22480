// Operations: long tasks on the server, started, followed and stopped from here or from elsewhere.

import { RefusedError, call, member } from './api.js';
import { onUse, parts } from './panel.js';

const LIMIT = 12;
// Progress comes each second; after a longer silence the status route is asked.
const SILENCE = 3_500;

const STATES = new Map([
  ['OperationProgress', 'Running'],
  ['OperationComplete', 'Completed'],
  ['OperationStopped', 'Stopped'],
  ['OperationFailed', 'Failed'],
]);

/** Whether an event of this name belongs to an operation. */
export function isOfOperation(eventName) {
  return STATES.has(eventName);
}

export function startOperations({ hub, meter }) {
  const { form, seconds, note, list, template } = parts('operations');
  const operations = new Map();

  function operation(id) {
    if (!operations.has(id)) {
      operations.set(id, new Operation(id, template.content.cloneNode(true).firstElementChild));
      list.prepend(operations.get(id).row);
      for (const [old, { row, ended }] of operations) {
        if (operations.size <= LIMIT) break;
        if (ended) {
          row.remove();
          operations.delete(old);
        }
      }
    }
    return operations.get(id);
  }

  hub.on('ReceiveEvent', (envelope) => {
    const name = member(envelope, 'EventName');
    if (!isOfOperation(name)) return;
    meter.record('operations');
    const data = member(envelope, 'Data');
    operation(member(data, 'TaskId')).show({
      state: STATES.get(name),
      progress: member(data, 'Progress'),
      message: member(data, 'Message'),
    });
  });

  onUse(form, note, async () => {
    const query = new URLSearchParams({ seconds: seconds.value });
    const answer = await call('POST', `/api/operation/start?${query}`);
    operation(member(answer, 'TaskId'));
  });

  setInterval(() => {
    for (const one of operations.values()) one.checkSilence();
  }, 1_000);
}

class Operation {
  #id;
  #heardAt = Date.now();
  #state = 'NotStarted';

  constructor(id, row) {
    this.#id = id;
    this.row = row;
    this.#part('id').textContent = id.slice(0, 8);
    this.#part('id').title = id;
    this.#part('bar').setAttribute('aria-label', `Progress of operation ${id.slice(0, 8)}`);
    this.#part('stop').setAttribute('aria-label', `Stop operation ${id.slice(0, 8)}`);
    onUse(this.#part('stop'), this.#part('message'), async () => {
      const answer = await call('POST', `/api/operation/stop/${encodeURIComponent(id)}`);
      this.show({ state: member(answer, 'State'), message: member(answer, 'Message') });
      return member(answer, 'Message');
    });
    this.show({ state: this.#state, progress: 0, message: 'Waiting for the first step' });
  }

  get ended() {
    return !['NotStarted', 'Running'].includes(this.#state);
  }

  show({ state, progress, message }) {
    this.#heardAt = Date.now();
    // A progress message can still be under way when the answer to a stop is here.
    if (this.ended && state === 'Running') return;
    this.#state = state;
    this.row.dataset.state = state;
    this.#part('state').textContent = state === 'NotStarted' ? 'Not started' : state;
    this.#part('stop').hidden = this.ended;
    if (message) this.#part('message').textContent = message;
    // The server calls a stopped operation 100 per cent done; the bar stays where it stopped.
    if (progress !== undefined && !['Stopped', 'Failed'].includes(state)) {
      this.#part('bar').value = progress;
      this.#part('percent').textContent = `${Math.round(progress)} %`;
    }
  }

  async checkSilence() {
    if (this.ended || Date.now() - this.#heardAt < SILENCE) return;
    this.#heardAt = Date.now();
    try {
      const status = await call('GET', `/api/operation/status/${encodeURIComponent(this.#id)}`);
      this.show({
        state: member(status, 'State'),
        progress: member(status, 'Progress'),
        message: member(status, 'Status'),
      });
    } catch (failure) {
      // A restarted server knows nothing of it; one that cannot be reached is asked again.
      if (failure instanceof RefusedError && failure.status === 404) {
        this.show({ state: 'Failed', message: 'The server no longer knows this operation.' });
      }
    }
  }

  #part(name) {
    return this.row.querySelector(`[data-part="${name}"]`);
  }
}
