// What the panels have in common: finding their parts, and buttons that say what went wrong.

/** The parts of a panel, found by their `data-part` name. */
export function parts(id) {
  const panel = document.getElementById(id);
  return new Proxy(panel, {
    get: (_, name) => panel.querySelector(`[data-part="${name}"]`),
  });
}

/** Runs `action` when `form` is sent or `button` pressed, and writes its failure into `note`. */
export function onUse(control, note, action) {
  const event = control instanceof HTMLFormElement ? 'submit' : 'click';
  control.addEventListener(event, async (use) => {
    use.preventDefault();
    try {
      note.textContent = (await action(use)) ?? '';
      note.removeAttribute('role');
      note.classList.remove('failed');
    } catch (failure) {
      // A screen reader speaks failures; successes show in the lists and would only repeat them.
      note.setAttribute('role', 'alert');
      note.classList.add('failed');
      note.textContent = failure.message;
    }
  });
}

/** A duration as `1.8 ms` or `1,204 ms`. */
export function milliseconds(value) {
  const digits = value < 10 ? 1 : 0;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} ms`;
}
