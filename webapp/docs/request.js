// @ts-check
// A request that a form describes: its address, its headers, and the curl line that sends the same.

/** @import { Operation } from './document.js' */

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} path with its query, relative to the application
 * @property {Record<string, string>} headers
 * @property {string|null} body
 */

/**
 * @param {Operation} operation
 * @param {Record<string, string>} values by name of the parameter; an empty one is left out
 * @param {string|null} body
 * @returns {Request}
 */
export function requestOf(operation, values, body) {
  let path = operation.path.slice(1);
  const query = new URLSearchParams();
  /** @type {Record<string, string>} */
  const headers = {};
  for (const { name, in: place } of operation.parameters) {
    const value = (values[name] ?? '').trim();
    if (place === 'path') {
      path = path.replace(`{${name}}`, encodeURIComponent(value));
    } else if (value !== '' && place === 'query') {
      query.append(name, value);
    } else if (value !== '' && place === 'header') {
      headers[name] = value;
    }
  }
  const text = body === null || body.trim() === '' ? null : body;
  if (text !== null) {
    headers['Content-Type'] = 'application/json';
  }
  const asked = query.toString();
  return { method: operation.method.toUpperCase(), path: asked === '' ? path : `${path}?${asked}`, headers, body: text };
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The same as a command. A token never becomes part of it.
 *
 * @param {Request} request
 * @param {string} root the URL of the application
 * @param {boolean} secured whether the server asks for a token
 */
export function curlOf(request, root, secured) {
  const parts = ['curl', '-N', quoted(root + request.path)];
  if (request.method !== 'GET') {
    parts.push('-X', request.method);
  }
  if (secured) {
    parts.push('-H', '"Authorization: Bearer $TOKEN"');
  }
  for (const [name, value] of Object.entries(request.headers)) {
    parts.push('-H', quoted(`${name}: ${value}`));
  }
  if (request.body !== null) {
    parts.push('-d', quoted(request.body));
  }
  return parts.join(' ');
}
