// @ts-check
// One endpoint: what it takes, what it answers, and a form to try it.
import { el } from '../shared/dom.js';
import { exampleView } from './examples.js';
import { inline, prose } from './prose.js';
import { fieldRow, schemaView, typeOf } from './schema-view.js';
import { tryPanel } from './try-panel.js';

/** @import { ApiDocument, Operation } from './document.js' */

/** @param {string} verb */
export const verbOf = (verb) => el('span', { class: 'verb', 'data-verb': verb, text: verb.toUpperCase() });

/** @param {Operation} operation */
function accessOf({ security }) {
  return security.some((way) => Object.keys(way).length === 0) ? 'For everybody.' : 'Needs credentials, except in open mode.';
}

/**
 * A body that an answer may have.
 *
 * @param {ApiDocument} api
 * @param {string} type
 * @param {any} content
 * @param {boolean} withFields
 */
function bodyView(api, type, content, withFields) {
  const view = el('div', {}, el('code', { text: type }), ' ', ...typeOf(content.schema), ...exampleView(type, type, content));
  if (withFields) {
    view.append(schemaView(api, content.schema));
  }
  return view;
}

/**
 * @param {ApiDocument} api
 * @param {string} status
 * @param {any} response
 */
function answer(api, status, response) {
  const code = status === 'default' ? 'other' : status;
  const tone = status.startsWith('2') ? 'ok' : 'bad';
  const line = [el('span', { class: 'status', 'data-tone': tone, text: code }), ...inline(response.description)];
  const headers = Object.entries(response.headers ?? {}).filter(([name]) => name !== 'X-Request-ID');
  const parts = Object.entries(response.content ?? {}).map(([type, content]) =>
    bodyView(api, type, content, tone === 'ok'),
  );
  if (headers.length > 0) {
    const rows = headers.map(([name, header]) => {
      const { schema, description, required } = api.resolve(header);
      return fieldRow(api, name, schema, required === true, description);
    });
    parts.push(el('table', { class: 'fields' }, el('tbody', {}, ...rows)));
  }
  if (parts.length === 0) {
    return el('li', {}, ...line);
  }
  return el('li', {}, el('details', {}, el('summary', {}, ...line), ...parts));
}

/**
 * @param {ApiDocument} api
 * @param {Operation} operation
 */
export function operationView(api, operation) {
  const section = el(
    'section',
    { class: 'panel operation', id: operation.id, 'aria-label': operation.summary },
    el(
      'div',
      { class: 'operation-head' },
      verbOf(operation.method),
      el('h3', { text: operation.summary }),
      el('span', { class: 'path', text: operation.path }),
    ),
    prose(operation.description),
    el('p', { class: 'small muted', text: accessOf(operation) }),
  );
  if (operation.parameters.length > 0) {
    const rows = operation.parameters.map(({ name, in: place, schema, required, description, deprecated }) => {
      const said = `${description ?? ''}${deprecated ? ' (Deprecated.)' : ''}${place === 'query' ? '' : ` In the ${place}.`}`;
      return fieldRow(api, name, schema, required === true, said);
    });
    section.append(el('h4', { text: 'Parameters' }), el('table', { class: 'fields' }, el('tbody', {}, ...rows)));
  }
  const body = operation.body?.content['application/json'];
  if (body) {
    section.append(el('h4', {}, 'Body: ', ...typeOf(body.schema)), schemaView(api, body.schema));
  }
  const answers = operation.responses.map(([status, response]) => answer(api, status, response));
  section.append(el('h4', { text: 'Answers' }), el('ul', { class: 'answers' }, ...answers), tryPanel(api, operation));
  return section;
}
