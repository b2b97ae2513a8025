// @ts-check
// Schemas as tables of their fields.
import { el } from '../shared/dom.js';
import { nameOf } from './document.js';
import { inline } from './prose.js';

/** @import { ApiDocument, Schema } from './document.js' */

/** @param {string} name */
export const anchorOf = (name) => `schema-${name}`;

/**
 * The type in a word, with a link to a schema that has a name.
 *
 * @param {Schema} schema
 * @returns {(Node|string)[]}
 */
export function typeOf(schema) {
  const name = nameOf(schema);
  if (name !== null) {
    return [el('a', { href: `#${anchorOf(name)}`, text: name })];
  }
  if (schema.items) {
    return ['list of ', ...typeOf(schema.items)];
  }
  if (schema.additionalProperties && typeof schema.additionalProperties === 'object') {
    return ['map of ', ...typeOf(schema.additionalProperties)];
  }
  if (schema.contentSchema) {
    return ['JSON of ', ...typeOf(schema.contentSchema)];
  }
  const types = [schema.type ?? 'anything'].flat();
  return [types.join(' or ')];
}

/**
 * What limits a value, in words.
 *
 * @param {Schema} schema
 */
export function limitsOf(schema) {
  const words = [];
  if (schema.enum) {
    words.push(schema.enum.length === 1 ? `“${schema.enum[0]}”` : `one of ${schema.enum.join(', ')}`);
  }
  if (schema.minimum !== undefined || schema.maximum !== undefined) {
    words.push(`${schema.minimum ?? 'any'} to ${schema.maximum ?? 'any'}`);
  }
  if (schema.maxLength !== undefined) {
    words.push(`${schema.minLength ?? 0} to ${schema.maxLength} characters`);
  }
  if (schema.maxItems !== undefined) {
    words.push(`at most ${schema.maxItems}`);
  }
  if (schema.default !== undefined) {
    words.push(`default ${schema.default}`);
  }
  return words.join('; ');
}

/**
 * A row: the name, its type and what is said about it.
 *
 * @param {ApiDocument} api
 * @param {string} name
 * @param {Schema} schema
 * @param {boolean} required
 * @param {string} [description]
 */
export function fieldRow(api, name, schema, required, description) {
  const limits = limitsOf(schema.items ?? schema);
  const said = description ?? schema.description ?? api.resolve(schema).description ?? '';
  return el(
    'tr',
    {},
    el(
      'th',
      { scope: 'row' },
      el('code', { text: name }),
      ...(required ? [' ', el('span', { class: 'required', text: 'required' })] : []),
      el('span', { class: 'kind' }, ...typeOf(schema)),
    ),
    el('td', {}, ...inline(said), ...(limits === '' ? [] : [el('span', { class: 'kind', text: limits })])),
  );
}

/**
 * @param {ApiDocument} api
 * @param {Schema} schema
 * @returns {HTMLElement}
 */
export function schemaView(api, schema) {
  const whole = api.resolve(schema);
  if (whole.oneOf) {
    const names = whole.oneOf.map((/** @type {Schema} */ one) => el('li', {}, ...typeOf(one)));
    return el('div', {}, el('p', { text: 'One of:' }), el('ul', {}, ...names));
  }
  if (!whole.properties) {
    const limits = limitsOf(whole);
    const pattern = whole.pattern ? [', ', el('code', { text: whole.pattern })] : [];
    return el('p', { class: 'small' }, ...typeOf(whole), ...pattern, limits === '' ? '' : `, ${limits}`);
  }
  const required = new Set(whole.required ?? []);
  const rows = Object.entries(whole.properties).map(([name, field]) => fieldRow(api, name, field, required.has(name)));
  return el('table', { class: 'fields' }, el('tbody', {}, ...rows));
}
