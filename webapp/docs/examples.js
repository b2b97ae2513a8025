// @ts-check
// Examples of the description as they look on the wire.
import { el } from '../shared/dom.js';

/**
 * A block of an event stream.
 *
 * @param {{event: string, data: string, id?: string, retry?: number}} block
 */
function blockText({ event, data, id, retry }) {
  /** @type {[string, string|number|undefined][]} */
  const fields = [['retry', retry], ['event', event === 'message' ? undefined : event], ['data', data], ['id', id]];
  const lines = fields.filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}\n`);
  return `${lines.join('')}\n`;
}

/**
 * @param {string} type of the content
 * @param {any} value
 * @returns {string}
 */
function textOf(type, value) {
  if (type === 'text/event-stream') {
    return blockText(value);
  }
  if (type === 'application/x-ndjson') {
    return `${JSON.stringify(value)}\n`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

/**
 * What a body of this type looks like; null if the description does not show it.
 *
 * @param {string} type
 * @param {{example?: any, examples?: Record<string, {value: any}>}} content
 * @returns {string|null}
 */
export function exampleOf(type, content) {
  const values = Object.values(content.examples ?? {}).map(({ value }) => value);
  if (content.example !== undefined) {
    values.push(content.example);
  }
  return values.length === 0 ? null : values.map((value) => textOf(type, value)).join('');
}

/**
 * The same to look at.
 *
 * @param {string} name of what it is an example of
 * @param {string} type
 * @param {{example?: any, examples?: Record<string, {value: any}>}} content
 * @returns {HTMLElement[]} empty if the description does not show it
 */
export function exampleView(name, type, content) {
  const text = exampleOf(type, content);
  return text === null ? [] : [el('pre', { class: 'code example', tabindex: 0, 'aria-label': `An example of ${name}`, text })];
}
