// Code to copy: curl for a shell, JavaScript for a page.

import { element } from './element.js';

const TOKENS =
  /(?<comment>(?<!:)\/\/.*)|(?<string>'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)|(?<word>\b(?:import|from|const|await|new|async|curl|for|of)\b)/g;
const SHOWN = 2_000;

/** A figure of code whose text can change, with a button that copies it. */
export class Code {
  #code = element('code', {});
  #text = '';

  constructor(title) {
    const copy = element('button', { type: 'button', className: 'quiet' }, 'Copy');
    copy.setAttribute('aria-label', `Copy ${title}`);
    copy.addEventListener('click', () => this.#copy(copy));
    const pre = element('pre', { tabIndex: 0 }, this.#code);
    pre.setAttribute('aria-label', `${title} code`);
    this.figure = element(
      'figure',
      { className: 'snippet' },
      element('figcaption', {}, title, copy),
      pre,
    );
  }

  show(text) {
    this.#text = text;
    this.#code.replaceChildren(...colour(text));
  }

  async #copy(button) {
    try {
      await navigator.clipboard.writeText(this.#text);
      button.textContent = 'Copied';
    } catch {
      // No clipboard without a secure context or the visitor's permission.
      button.textContent = 'Select and copy by hand';
    }
    setTimeout(() => (button.textContent = 'Copy'), SHOWN);
  }
}

export function curl(request, { stream }) {
  const words = ['curl'];
  if (stream) words.push('-N');
  if (request.method !== 'GET') words.push('-X', request.method);
  words.push(shell(request.url.href));
  for (const [name, value] of Object.entries(request.headers)) {
    words.push('\\\n  -H', shell(`${name}: ${value}`));
  }
  if (request.body !== undefined) words.push('\\\n  -d', shell(request.body));
  return words.join(' ');
}

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export function fetching(request) {
  const options = [];
  if (request.method !== 'GET') options.push(`  method: '${request.method}',`);
  const headers = Object.entries(request.headers);
  if (headers.length) options.push(`  headers: ${literal(Object.fromEntries(headers))},`);
  if (request.body !== undefined) options.push(`  body: ${quoted(request.body)},`);
  const url = quoted(request.url.href);
  return options.length
    ? `const response = await fetch(${url}, {\n${options.join('\n')}\n});\nconsole.log(response.status, await response.text());`
    : `const response = await fetch(${url});\nconsole.log(response.status, await response.text());`;
}

export function subscribing(request, events, token) {
  const url = new URL(request.url);
  // An EventSource cannot set a header.
  if (token) url.searchParams.set('access_token', token);
  const names = events.map(({ name }) => name).filter((name) => name !== undefined);
  const listed = names.length ? names : ['message'];
  const listeners = listed.map(
    (name) =>
      `source.addEventListener(${quoted(name)}, (event) => {\n  console.log(event.type, event.data);\n});`,
  );
  return `const source = new EventSource(${quoted(url.href)});\n${listeners.join('\n')}`;
}

export function connecting(hub, token) {
  const url = quoted(new URL(hub.path, location.origin).href);
  const options = token ? `, { accessTokenFactory: () => ${quoted(token)} }` : '';
  return `import { HubConnectionBuilder } from '@microsoft/signalr';\n\nconst connection = new HubConnectionBuilder()\n  .withUrl(${url}${options})\n  .withAutomaticReconnect()\n  .build();\nawait connection.start();`;
}

export function invoking(method, values) {
  const list = [quoted(method.name), ...values.map((value) => literal(value))].join(', ');
  return method.item
    ? `connection.stream(${list}).subscribe({\n  next: (item) => console.log(item),\n  error: console.error,\n  complete: () => console.log('done'),\n});`
    : `const result = await connection.invoke(${list});`;
}

export function uploading(method) {
  const names = method.arguments.map(({ title }, index) => title ?? `argument${index + 1}`);
  const list = [quoted(method.name), ...names, 'subject'].join(', ');
  const call = method.item
    ? `connection.stream(${list}).subscribe({ next: console.log, error: console.error, complete() {} });`
    : `const result = connection.invoke(${list});`;
  const end = method.item ? '' : '\nconsole.log(await result);';
  return `import { Subject } from '@microsoft/signalr';\n\nconst subject = new Subject();\n${call}\nsubject.next(item);\nsubject.complete();${end}`;
}

export function listening(hub, call) {
  const names = call.arguments.map(({ title }, index) => title ?? `argument${index + 1}`);
  return `connection.on(${quoted(call.name)}, (${names.join(', ')}) => {\n  console.log(${names.join(', ')});\n});`;
}

const quoted = (text) => (/['\n\\]/.test(text) ? JSON.stringify(text) : `'${text}'`);
const literal = (value) =>
  typeof value === 'string' ? quoted(value) : JSON.stringify(value).replace(/"([A-Za-z_]\w*)":/g, ' $1: ');

function colour(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [kind, value] = Object.entries(match.groups).find(([, group]) => group !== undefined);
    pieces.push(text.slice(end, match.index), element('span', { className: kind }, value));
    end = match.index + value.length;
  }
  return [...pieces, text.slice(end)];
}
