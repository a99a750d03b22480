// The token that trials show. It is kept in memory, and gone with the page.

import { element } from './element.js';

const SHOWN = 'TOKEN';
const changes = new EventTarget();
let token = '';

/** What stands in the field at the moment. */
export const currentToken = () => token;

/** Calls `listener` whenever it changes. */
export const onToken = (listener) => changes.addEventListener('change', listener);

/** A field for the token, where the documents say that there is one to show. */
export function tokenField(schemes) {
  if (!Object.values(schemes).some(({ type, scheme }) => type === 'http' && scheme === 'bearer')) return null;
  const input = element('input', { type: 'password', autocomplete: 'off', spellcheck: false });
  input.addEventListener('input', () => {
    token = input.value.trim();
    changes.dispatchEvent(new Event('change'));
  });
  return element(
    'label',
    { className: 'token' },
    'Token',
    input,
    element('small', {}, 'for what needs one; it is kept in memory only'),
  );
}

/** The headers of a request to an operation. */
export function withToken(headers, { security }) {
  return token && security ? { ...headers, Authorization: `Bearer ${token}` } : headers;
}

/** The word that stands for the token in code to copy, once there is one. */
export const shownToken = ({ security }) => (token && security ? SHOWN : undefined);

/** The headers of a request in code to copy. */
export function withTokenShown(headers, operation) {
  const word = shownToken(operation);
  return word ? { ...headers, Authorization: `Bearer ${word}` } : headers;
}
