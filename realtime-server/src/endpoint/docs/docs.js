// Puts the page together from the documents that the server gives.

import { element, prose, slug } from './element.js';
import { hubArticles } from './hubs.js';
import { loadModel } from './model.js';
import { operationArticle } from './operations.js';
import { schemaArticle } from './schemas.js';
import { startSearch } from './search.js';
import { tokenField } from './token.js';

const FILES = [
  ['OpenAPI 3.1', '/openapi/v3.1/openapi.json'],
  ['3.2', '/openapi/v3.2/openapi.json'],
  ['3.0', '/openapi/v3.0/openapi.json'],
  ['AsyncAPI 3.0', '/asyncapi/v3.0/asyncapi.json'],
];
const part = (id) => document.getElementById(id);

part('files').append(
  ...FILES.map(([name, path]) => element('li', {}, element('a', { href: path }, name))),
);
try {
  show(await loadModel());
} catch (failure) {
  part('content').replaceChildren(
    element('p', { className: 'note failed', role: 'alert' }, `The documents cannot be read: ${failure.message}`),
  );
}
part('content').setAttribute('aria-busy', 'false');

function show(model) {
  const { title, version, summary, description } = model.info;
  document.title = `${title} API`;
  part('title').textContent = title;
  part('heading').textContent = title;
  part('summary').replaceChildren(...prose(description ?? summary ?? ''));
  part('files').append(element('li', {}, `version ${version}`));
  const token = tokenField(model.schemes);
  if (token) part('files').after(token);

  const sections = [
    ...model.groups.map((group) => groupSection(group, model.resolve)),
    section('Schemas', 'The shapes that requests, answers, events and calls refer to.', model.schemas.map(schemaArticle)),
  ];
  part('content').replaceChildren(...sections);
  part('index').replaceChildren(...index(sections));
  startSearch({ input: part('search'), found: part('found'), content: part('content'), index: part('index') });
  // The browser looked for it before there was anything.
  if (location.hash.length > 1) part(location.hash.slice(1))?.scrollIntoView();
}

function groupSection({ name, description, operations, hubs }, resolve) {
  return section(name, description, [
    ...operations.map((operation) => operationArticle(operation, resolve)),
    ...hubs.flatMap((hub) => hubArticles(hub, resolve)),
  ]);
}

function section(name, description, articles) {
  const id = slug('section', name);
  const node = element(
    'section',
    { id },
    element('header', { className: 'chapter' }, element('h2', {}, name), description ? element('p', {}, prose(description)) : null),
    articles,
  );
  node.setAttribute('aria-label', name);
  for (const article of articles) {
    const title = article.querySelector('h3');
    title.id = `${article.id}-title`;
    article.setAttribute('aria-labelledby', title.id);
  }
  return node;
}

function index(sections) {
  const lists = sections.map((node) => {
    const entries = [...node.querySelectorAll('article')].map((article) =>
      element(
        'li',
        {},
        element(
          'a',
          { href: `#${article.id}` },
          article.querySelector('h3').textContent,
          ' ',
          article.querySelector('.method')?.cloneNode(true),
        ),
      ),
    );
    const list = element('div', {}, element('h2', {}, node.getAttribute('aria-label')), element('ul', {}, entries));
    list.dataset.section = node.id;
    return list;
  });
  const details = element('details', {}, element('summary', {}, 'Contents'), lists);
  details.open = matchMedia('(min-width: 62rem)').matches;
  return [details];
}
