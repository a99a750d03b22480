// A list of what arrived, newest first, that never grows beyond its limit.

const LIMIT = 100;

export class Feed {
  #list;

  constructor(list) {
    this.#list = list;
  }

  /** Adds a line and returns its element. `tag` is the short word in front of the text. */
  add(tag, text, detail = '') {
    const line = document.createElement('li');
    // The spaces do not show; they part the words for whoever copies or listens.
    line.append(piece('time', clock(new Date())), ' ', piece('b', tag), ' ', piece('span', text));
    if (detail) line.append(' ', piece('em', detail));
    this.#list.prepend(line);
    while (this.#list.childElementCount > LIMIT) this.#list.lastElementChild.remove();
    return line;
  }

  clear() {
    this.#list.replaceChildren();
  }
}

/** Local time to the second, as in `14:03:59`. */
export function clock(date) {
  return date.toLocaleTimeString('en-GB');
}

/** Data as a person reads it: `Message Hello · Random 42` for an object, else the JSON text. */
export function describe(data) {
  if (typeof data === 'string') return data;
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return JSON.stringify(data);
  return Object.entries(data)
    .filter(([name]) => !/^(timestamp|ts|servertime|type)$/i.test(name))
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}

/** JSON where it is JSON, the text itself where it is not. */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function piece(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
