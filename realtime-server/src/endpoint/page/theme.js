// Loaded before the first paint, so that a chosen theme does not flash. `auto` follows the system.
const root = document.documentElement;
let theme = 'auto';
try {
  theme = localStorage.getItem('theme') ?? 'auto';
} catch {
  // Storage can be switched off; the choice then lasts as long as the page.
}
root.dataset.theme = theme;

addEventListener('DOMContentLoaded', () => {
  const choice = document.querySelector('#theme');
  choice.value = theme;
  choice.addEventListener('change', () => {
    root.dataset.theme = choice.value;
    try {
      localStorage.setItem('theme', choice.value);
    } catch {
      // As above.
    }
  });
});
