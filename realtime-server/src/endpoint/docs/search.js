// Finds what holds all the words that are typed.

/** Shows only the articles that fit, and the entries of the index that lead to them. */
export function startSearch({ input, found, content, index }) {
  const articles = [...content.querySelectorAll('article')].map((article) => ({
    article,
    text: `${article.id} ${article.querySelector('header').textContent} ${article.querySelector('.facts, .schema')?.textContent ?? article.textContent}`.toLowerCase(),
  }));
  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const { article, text } of articles) {
      const fits = words.every((word) => text.includes(word));
      article.hidden = !fits;
      index.querySelector(`[href="#${article.id}"]`).parentElement.hidden = !fits;
      if (fits) count += 1;
    }
    for (const section of content.querySelectorAll('section')) {
      section.hidden = !section.querySelector('article:not([hidden])');
      index.querySelector(`[data-section="${section.id}"]`).hidden = section.hidden;
    }
    found.textContent = words.length ? `${count} of ${articles.length} found` : '';
  };
  input.addEventListener('input', search);
  addEventListener('keydown', (key) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName);
    if (key.key === '/' && !typing && !key.ctrlKey && !key.metaKey && !key.altKey) {
      key.preventDefault();
      input.focus();
    } else if (key.key === 'Escape' && document.activeElement === input) {
      input.value = '';
      search();
    }
  });
  // A link to something hidden by the search has to lead somewhere.
  addEventListener('hashchange', () => {
    if (document.getElementById(location.hash.slice(1))?.closest('[hidden]')) {
      input.value = '';
      search();
      document.getElementById(location.hash.slice(1)).scrollIntoView();
    }
  });
}
