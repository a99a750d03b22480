// A list of what arrives, the newest first.

import { element } from './element.js';

const MOST = 100;

export class Feed {
  constructor(name) {
    this.list = element('ol', { className: 'feed', tabIndex: 0 });
    this.list.setAttribute('aria-label', `${name}, newest first`);
    this.list.dataset.empty = 'Nothing yet';
  }

  add(name, text, id) {
    const time = new Date();
    this.list.prepend(
      element(
        'li',
        {},
        element('time', { dateTime: time.toISOString() }, time.toTimeString().slice(0, 8)),
        element('b', {}, name),
        id ? element('em', {}, `id ${id}`) : null,
        element('code', {}, text),
      ),
    );
    while (this.list.children.length > MOST) this.list.lastChild.remove();
  }

  clear() {
    this.list.replaceChildren();
  }
}
