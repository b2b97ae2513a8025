// @ts-check
// The page of the API: reads the description that the server serves, and shows it.
import { apiUrl } from '../shared/api.js';
import { byId, el } from '../shared/dom.js';
import { ApiDocument } from './document.js';
import { exampleView } from './examples.js';
import { operationView, verbOf } from './operation-view.js';
import { inline, prose } from './prose.js';
import { anchorOf, schemaView } from './schema-view.js';

/** @typedef {{href: string, verb: string|null, text: string, find: string}} Entry */

const FILES = ['openapi.json', 'openapi.yaml', 'openapi-3.2.json', 'asyncapi.json'];

/** @param {ApiDocument} api */
function intro(api) {
  const schemes = api.securitySchemes.map(([name, scheme]) =>
    el('tr', {}, el('th', { scope: 'row' }, el('code', { text: name })), el('td', {}, ...inline(scheme.description))),
  );
  byId('intro').replaceChildren(
    el('h1', { text: `${api.info.title}: the API` }),
    prose(api.info.description),
    el('h4', { text: 'Credentials' }),
    el('table', { class: 'fields' }, el('tbody', {}, ...schemes)),
    el('div', { class: 'downloads' }, ...FILES.map((file) => el('a', { class: 'button', href: apiUrl(file).href, text: file }))),
  );
}

/**
 * @param {string} id
 * @param {string} title
 * @param {Node[]} about
 * @param {Node[]} parts
 */
const group = (id, title, about, parts) =>
  el('section', { class: 'group', id, 'aria-label': title }, el('h2', { text: title }), ...about, ...parts);

/** @param {[string, Entry[]][]} groups */
function contents(groups) {
  const lists = groups.map(([title, entries]) => {
    const items = entries.map(({ href, verb, text, find }) =>
      el('li', { 'data-find': find.toLowerCase() }, el('a', { href }, ...(verb === null ? [] : [verbOf(verb)]), text)),
    );
    return el('div', {}, el('h2', { text: title }), el('ul', {}, ...items));
  });
  byId('contents').replaceChildren(...lists);
  const search = byId('search', HTMLInputElement);
  search.addEventListener('input', () => {
    const sought = search.value.trim().toLowerCase();
    for (const list of lists) {
      for (const item of list.querySelectorAll('li')) {
        item.hidden = !(item.dataset.find ?? '').includes(sought);
      }
      list.hidden = list.querySelector('li:not([hidden])') === null;
    }
  });
}

/** @param {ApiDocument} api */
function show(api) {
  intro(api);
  /** @type {[string, Entry[]][]} */
  const groups = [];
  const operations = api.operations;
  const shown = api.tags.map(({ name, description }) => {
    const mine = operations.filter(({ tag }) => tag === name);
    groups.push([
      name,
      mine.map(({ id, method, summary, path }) => ({
        href: `#${id}`,
        verb: method,
        text: summary,
        find: `${method} ${path} ${summary}`,
      })),
    ]);
    return group(name, name, [prose(description)], mine.map((operation) => operationView(api, operation)));
  });
  // The blocks first: they are what a subscriber has to know.
  const schemas = api.schemas.sort(([a], [b]) => Number(b.endsWith('Event')) - Number(a.endsWith('Event')) || (a < b ? -1 : 1));
  groups.push([
    'schemas',
    schemas.map(([name]) => ({
      href: `#${anchorOf(name)}`,
      verb: name.endsWith('Event') ? 'event' : null,
      text: name,
      find: name,
    })),
  ]);
  const sections = schemas.map(([name, schema]) =>
    el(
      'section',
      { class: 'panel schema', id: anchorOf(name), 'aria-label': name },
      el('h3', { text: name }),
      prose(schema.description ?? ''),
      schemaView(api, schema),
      ...exampleView(name, 'application/json', { example: schema.examples?.[0] }),
    ),
  );
  byId('operations').replaceChildren(...shown, group('schemas', 'Schemas', [], sections));
  contents(groups);
  // The browser looked for the anchor before there was one.
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

try {
  const response = await fetch(apiUrl('openapi.json'));
  if (!response.ok) {
    throw new Error(`the server answered ${response.status}`);
  }
  show(new ApiDocument(await response.json()));
} catch (failure) {
  byId('intro').replaceChildren(
    el('p', { role: 'alert', text: `The description cannot be shown: ${/** @type {Error} */ (failure).message}` }),
  );
}
