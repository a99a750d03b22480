// Hubs: a connection, the methods to invoke, and what the server calls.

import { Code, connecting, invoking, listening, uploading } from './code.js';
import { attempt, element, prose, slug } from './element.js';
import { Feed } from './feed.js';
import { Hub } from './hub.js';
import { badge } from './operations.js';
import { fields, sample, typeOf } from './schemas.js';
import { currentToken, onToken, shownToken } from './token.js';

export function hubArticles(hub, resolve) {
  const connection = new Connection(hub);
  return [
    connection.article,
    ...hub.methods.map((method) => methodArticle(hub, method, connection, resolve)),
    ...hub.calls.map((call) => callArticle(hub, call)),
  ];
}

/** One connection for all methods of a hub, opened by the first that needs it. */
class Connection {
  #hub;
  #state = element('p', { className: 'state', role: 'status' }, 'disconnected');
  #button = element('button', { type: 'button', className: 'second' }, 'Connect');
  #feed = new Feed('Calls');
  #opened = () => {};
  #isOpen = false;

  constructor(hub) {
    this.#hub = new Hub(hub.path, (report) => this.#change(report), hub.security ? currentToken : undefined);
    for (const { name } of hub.calls) {
      this.#hub.on(name, (...values) => this.#feed.add(name, values.map((it) => JSON.stringify(it)).join(', ')));
    }
    this.#button.addEventListener('click', () => (this.#isOpen ? this.#hub.stop() : this.#hub.start()));
    const code = new Code('JavaScript');
    const describe = () => code.show(connecting(hub, shownToken(hub)));
    onToken(describe);
    describe();
    this.article = element(
      'article',
      { className: 'operation', id: slug('hub', hub.name) },
      element(
        'header',
        {},
        element('h3', {}, hub.name),
        element('p', { className: 'route' }, badge('HUB'), element('code', {}, hub.path)),
      ),
      element(
        'div',
        { className: 'facts' },
        hub.security ? element('p', { className: 'said' }, 'Wants a token.') : null,
        hub.summary ? element('p', {}, prose(hub.summary)) : null,
        hub.description ? element('p', {}, prose(hub.description)) : null,
        element('h4', {}, 'Requests'),
        element('ul', { className: 'requests' }, hub.operations.map(requestEntry)),
      ),
      element(
        'div',
        { className: 'try' },
        element('div', { className: 'row' }, this.#button, this.#state),
        element('h4', {}, 'Calls of the server'),
        this.#feed.list,
        code.figure,
      ),
    );
  }

  /** The hub, connected. */
  async open() {
    if (!this.#isOpen) {
      const opened = new Promise((resolve, reject) => {
        this.#opened = resolve;
        setTimeout(() => reject(new Error('The hub cannot be reached.')), 10_000);
      });
      this.#hub.start();
      await opened;
    }
    return this.#hub;
  }

  #change({ state, error }) {
    this.#isOpen = state === 'connected';
    this.#state.dataset.state = state;
    this.#state.textContent = error && !this.#isOpen ? `${state}: ${error}` : state;
    this.#button.textContent = state === 'disconnected' ? 'Connect' : 'Disconnect';
    if (this.#isOpen) this.#opened();
  }
}

function methodArticle(hub, method, connection, resolve) {
  const trial = method.upload ? uploadExample(method) : invocation(method, connection, resolve);
  return element(
    'article',
    { className: 'operation', id: slug('method', hub.name, method.name) },
    heading(hub, method.name, 'INVOKE'),
    element(
      'div',
      { className: 'facts' },
      method.description ? element('p', {}, prose(method.description)) : null,
      argumentList(method),
      method.upload ? [element('h4', {}, 'Uploads'), element('p', {}, typeOf(method.upload))] : [],
      method.result ? [element('h4', {}, 'Result'), element('p', {}, typeOf(method.result))] : [],
      method.item ? [element('h4', {}, 'Items'), element('p', {}, typeOf(method.item))] : [],
    ),
    element('div', { className: 'try' }, trial),
  );
}

/** A form has no place for a stream of items. */
function uploadExample(method) {
  const code = new Code('JavaScript');
  code.show(uploading(method));
  return [element('p', { className: 'said' }, 'It takes a stream of items, so it is called from code.'), code.figure];
}

/** A form that invokes the method, and what comes back. */
function invocation(method, connection, resolve) {
  const controls = method.arguments.map((argument, index) => ({
    name: argument.title ?? `argument ${index + 1}`,
    isText: resolve(argument).type === 'string',
    control: element('input', { type: 'text', value: start(argument, resolve) }),
  }));
  const note = element('p', { className: 'note', role: 'status' });
  const feed = new Feed('Results');
  const code = new Code('JavaScript');
  const form = element(
    'form',
    {},
    controls.map(({ name, control }) => element('label', {}, name, control)),
    element('div', { className: 'row' }, element('button', {}, method.item ? 'Stream' : 'Invoke'), note),
  );
  form.setAttribute('aria-label', `Try ${method.name}`);
  const values = () => controls.map(({ isText, control }) => (isText ? control.value : json(control.value)));
  const describe = () => code.show(invoking(method, values()));
  form.addEventListener('input', describe);
  describe();
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    attempt(note, async () => {
      note.textContent = 'Invoking…';
      const opened = await connection.open();
      const start = performance.now();
      const result = method.item
        ? await opened.stream(method.name, (item) => feed.add('item', JSON.stringify(item)), ...values())
        : await opened.invoke(method.name, ...values());
      feed.add('done', result === undefined || result === null ? 'no result' : JSON.stringify(result));
      note.textContent = `Done, ${Math.round(performance.now() - start)} ms`;
    });
  });
  return [form, feed.list, code.figure];
}

function callArticle(hub, call) {
  const code = new Code('JavaScript');
  code.show(listening(hub, call));
  return element(
    'article',
    { className: 'operation', id: slug('call', hub.name, call.name) },
    heading(hub, call.name, 'ON'),
    element(
      'div',
      { className: 'facts' },
      call.description ? element('p', {}, prose(call.description)) : null,
      argumentList(call),
    ),
    element('div', { className: 'try' }, code.figure),
  );
}

function requestEntry({ method, path, role, summary }) {
  return element(
    'li',
    {},
    element('p', { className: 'route' }, badge(method), element('code', {}, path)),
    element('p', { className: 'said' }, role === 'connect' ? 'Open a connection' : summary),
  );
}

function heading(hub, name, kind) {
  return element(
    'header',
    {},
    element('h3', {}, name),
    element('p', { className: 'route' }, badge(kind), element('code', {}, hub.path)),
  );
}

function argumentList(method) {
  const entries = method.arguments.map((argument, index) => {
    const { title, ...schema } = argument;
    const [only] = schema.allOf ?? [];
    return { name: title ?? String(index + 1), schema: only ?? schema, description: schema.description };
  });
  return entries.length ? [element('h4', {}, 'Arguments'), fields(entries)] : [];
}

function start(argument, resolve) {
  const value = sample(argument, resolve);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What was typed, as JSON where it is JSON. */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
