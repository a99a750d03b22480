// The code beside each panel: the visitor's own address put in, coloured, with a button to copy it.

const TOKENS =
  /(?<comment>(?<!:)\/\/.*)|(?<string>'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)|(?<word>\b(?:import|from|const|await|new|async|curl)\b)/g;
const DOCUMENTED_ORIGIN = 'http://127.0.0.1:5000';

export function prepareSnippets(root) {
  for (const figure of root.querySelectorAll('figure.snippet')) {
    const code = figure.querySelector('code');
    const text = code.textContent.trim().replaceAll(DOCUMENTED_ORIGIN, location.origin);
    code.replaceChildren(...colour(text));
    figure.querySelector('figcaption').append(copyButton(text));
  }
}

function copyButton(text) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    button.textContent = (await copy(text)) ? 'Copied' : 'Select and copy by hand';
    setTimeout(() => (button.textContent = 'Copy'), 2_000);
  });
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard without a secure context or the visitor's permission.
    return false;
  }
}

function colour(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [kind, value] = Object.entries(match.groups).find(([, group]) => group !== undefined);
    const token = document.createElement('span');
    token.className = kind;
    token.textContent = value;
    pieces.push(text.slice(end, match.index), token);
    end = match.index + value.length;
  }
  return [...pieces, text.slice(end)];
}
