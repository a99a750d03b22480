// Elements of the page, made without markup in strings.

/** Makes an element; `properties` are those of its class, or attributes where it has none. */
export function element(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined) continue;
    if (name in node && name !== 'list') node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return node;
}

/** Text in which `words between backticks` are code. */
export function prose(text) {
  const pieces = (text ?? '').split('`');
  return pieces.map((piece, index) => (index % 2 ? element('code', {}, piece) : piece));
}

/** An id that is safe in a link. */
export function slug(...words) {
  return words.join('-').replace(/[^A-Za-z0-9_-]+/g, '-');
}

/** Runs `action` when `control` is used, and writes what went wrong into `note`. */
export async function attempt(note, action) {
  note.textContent = '';
  note.classList.remove('failed');
  try {
    await action();
  } catch (failure) {
    note.classList.add('failed');
    note.textContent = failure.message;
  }
}
