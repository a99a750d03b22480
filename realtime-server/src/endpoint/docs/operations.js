// Operations: what they take and give, and a form to try each.

import { Code, curl, fetching, subscribing } from './code.js';
import { attempt, element, prose, slug } from './element.js';
import { readEvents } from './events.js';
import { Feed } from './feed.js';
import { fields, sample, typeOf } from './schemas.js';
import { onToken, shownToken, withToken, withTokenShown } from './token.js';

export function operationArticle(operation, resolve) {
  const id = slug('operation', operation.id);
  return element(
    'article',
    { className: 'operation', id },
    element(
      'header',
      {},
      element('h3', {}, operation.summary ?? operation.id),
      element('p', { className: 'route' }, badge(operation.method), element('code', {}, operation.path)),
    ),
    element('div', { className: 'facts' }, facts(operation)),
    element('div', { className: 'try' }, trial(operation, resolve)),
  );
}

export function badge(method) {
  return element('span', { className: 'method', 'data-method': method }, method);
}

function facts({ security, description, parameters, body, events, responses }) {
  return [
    security ? element('p', { className: 'said' }, 'Wants a token.') : null,
    description ? element('p', {}, prose(description)) : null,
    parameters.length ? [element('h4', {}, 'Parameters'), fields(parameters.map(parameterField))] : [],
    body
      ? [
          element('h4', {}, 'Body'),
          fields(
            body.forms.map(({ type, schema }) => ({ name: type, note: body.required ? '' : 'optional', schema })),
          ),
        ]
      : [],
    events ? [element('h4', {}, 'Events'), fields(events.map(eventField))] : [],
    element('h4', {}, 'Answers'),
    element('ul', { className: 'answers' }, responses.map(answer)),
  ].flat();
}

function parameterField({ name, in: place, required, description, schema }) {
  return { name, note: required ? place : `${place}, optional`, description, schema };
}

export function eventField({ name, description, schema }) {
  return { name: name ?? 'any other', description, schema: schema ?? { type: 'string' } };
}

function answer({ status, description, content }) {
  const [type, said] = Object.entries(content ?? {})[0] ?? [];
  const schema = said?.schema && typeOf(said.schema);
  return element(
    'li',
    {},
    element('code', { className: 'status', 'data-class': status[0] }, status),
    element(
      'span',
      {},
      prose(description),
      type ? element('em', {}, ' ', schema?.[0] instanceof Node ? schema : type) : null,
    ),
  );
}

function trial(operation, resolve) {
  const inputs = operation.parameters.map((parameter) => ({
    parameter,
    control: control(parameter, resolve(parameter.schema)),
  }));
  const text = operation.body && JSON.stringify(sample(operation.body.forms[0].schema, resolve), null, 2);
  const body = operation.body && element('textarea', { rows: Math.min(text.split('\n').length, 8), spellcheck: false });
  if (body) body.value = text;
  const button = element('button', {}, operation.events ? 'Open the stream' : 'Send');
  const note = element('p', { className: 'note', role: 'status' });
  const output = operation.events ? new Feed('Events') : element('pre', { className: 'output', tabIndex: 0, hidden: true });
  const [shell, script] = [new Code('curl'), new Code('JavaScript')];
  const form = element(
    'form',
    {},
    inputs.map(({ parameter, control }) => element('label', {}, parameter.name, control)),
    body ? element('label', { className: 'wide' }, 'Body', body) : null,
    element('div', { className: 'row' }, button, note),
  );
  form.setAttribute('aria-label', `Try ${operation.summary ?? operation.id}`);

  const current = () => request(operation, inputs, body?.value);
  const describe = () => {
    const made = current();
    made.headers = withTokenShown(made.headers, operation);
    shell.show(curl(made, { stream: operation.events }));
    script.show(operation.events ? subscribing(made, operation.events, shownToken(operation)) : fetching(made));
  };
  form.addEventListener('input', describe);
  onToken(describe);
  describe();
  const act = operation.events ? streamer(output, button, note) : sender(output, note);
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    const made = current();
    attempt(note, () => act({ ...made, headers: withToken(made.headers, operation) }));
  });
  return [form, output.list ?? output, shell.figure, script.figure];
}

function control({ name, required, example }, schema) {
  const choices = schema?.type === 'boolean' ? [true, false] : schema?.enum;
  if (choices) {
    const none = required ? [] : [element('option', { value: '' }, '–')];
    return element('select', { name }, none, choices.map((one) => element('option', {}, String(one))));
  }
  const number = ['integer', 'number'].includes(schema?.type);
  const input = element('input', { name, type: number ? 'number' : 'text', required: required === true });
  if (schema?.maximum !== undefined) input.max = schema.maximum;
  if (schema?.minimum !== undefined) input.min = schema.minimum;
  if (schema?.default !== undefined) input.placeholder = schema.default;
  if (required && example !== undefined) input.value = example;
  return input;
}

/** What would be sent with the form as it is. */
function request(operation, inputs, text) {
  let path = operation.path;
  const [query, headers] = [new URLSearchParams(), {}];
  for (const { parameter, control } of inputs) {
    const { value } = control;
    if (parameter.in === 'path') {
      path = path.replace(`{${parameter.name}}`, value === '' ? `{${parameter.name}}` : encodeURIComponent(value));
    } else if (value !== '') {
      if (parameter.in === 'query') query.append(parameter.name, value);
      if (parameter.in === 'header') headers[parameter.name] = value;
    }
  }
  const url = new URL(path, location.origin);
  url.search = query;
  const body = text?.trim() ? text.trim() : undefined;
  if (body !== undefined) headers['Content-Type'] = operation.body.forms[0].type;
  return { method: operation.method, url, headers, body };
}

function sender(output, note) {
  return async ({ url, ...options }) => {
    note.textContent = 'Sending…';
    const start = performance.now();
    const response = await fetch(url, options);
    const text = await response.text();
    const took = Math.round(performance.now() - start);
    note.textContent = `${response.status} ${response.statusText}, ${took} ms`;
    note.classList.toggle('failed', !response.ok);
    output.hidden = text === '';
    output.textContent = /\bjson\b/.test(response.headers.get('Content-Type')) ? pretty(text) : text;
  };
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Opens the stream, or closes it where it is open. */
function streamer(feed, button, note) {
  let open;
  return async ({ url, ...options }) => {
    if (open) {
      open.abort();
      return;
    }
    open = new AbortController();
    button.textContent = 'Close the stream';
    note.textContent = 'Opening…';
    feed.clear();
    try {
      await follow(url, { ...options, signal: open.signal }, feed, note);
    } finally {
      open = undefined;
      button.textContent = 'Open the stream';
    }
  };
}

async function follow(url, options, feed, note) {
  try {
    const headers = { ...options.headers, Accept: 'text/event-stream' };
    const response = await fetch(url, { ...options, headers });
    if (!response.ok) {
      const problem = await response.json().catch(() => ({}));
      throw new Error(problem.detail ?? `Status ${response.status}`);
    }
    note.textContent = 'Open.';
    for await (const event of readEvents(response.body)) {
      if (event.comment !== undefined) feed.add(':', event.comment);
      else feed.add(event.event ?? 'message', event.data, event.id);
    }
    note.textContent = 'The server ended the stream.';
  } catch (failure) {
    if (failure.name !== 'AbortError') throw failure;
    note.textContent = 'Closed.';
  }
}
