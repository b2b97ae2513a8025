// @ts-check
// What several views are built of.
import { el } from '../shared/dom.js';

/** @typedef {[string, Node|string|number|null|undefined]} Fact a name and a value; null: it is not known */

/** @param {Element} element */
const markOf = (element) =>
  [element.tagName, element.getAttribute('data-testid'), element.getAttribute('aria-label'), element.textContent].join();

/**
 * The link or button that was drawn in place of another one.
 *
 * @param {Element} within where it is looked for
 * @param {Element} gone says the same
 */
export function drawnAnew(within, gone) {
  const mark = markOf(gone);
  return [...within.querySelectorAll('a, button')].find((element) => markOf(element) === mark);
}

/**
 * Fresh children in place of the last ones. Those that say the same stay: a button among them acts on what is known when
 * it is clicked. The focus stays with the link or button that it was at, else with what is around it.
 *
 * @param {HTMLElement} parent
 * @param {HTMLElement[]} children
 */
export function renew(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  let last = [...parent.children];
  for (const child of children) {
    const same = last.findIndex((old) => old.isEqualNode(child));
    if (same < 0) {
      parent.insertBefore(child, last[0] ?? null);
    } else {
      last.slice(0, same).forEach((old) => old.remove());
      last = last.slice(same + 1);
    }
  }
  last.forEach((old) => old.remove());
  if (focused && !focused.isConnected) {
    const next = drawnAnew(parent, focused) ?? parent.closest('[tabindex]');
    if (next instanceof HTMLElement) {
      next.focus({ preventScroll: true });
    }
  }
}

/** @param {string} [testId] */
export function facts(testId) {
  const element = el('dl', { class: 'facts', 'data-testid': testId });
  return {
    element,
    /** @param {Fact[]} pairs */
    show(pairs) {
      renew(element, pairs.map(([name, value]) => el('div', { class: 'fact' }, el('dt', { text: name }), el('dd', {}, shown(value)))));
    },
  };
}

const counts = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });

/** @param {number} n */
export const count = (n) => counts.format(n);

/**
 * So many of something.
 *
 * @param {number} n
 * @param {string} one
 */
export const some = (n, one) => `${count(n)} ${one}${n === 1 ? '' : 's'}`;

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/**
 * A time of the server's, in the reader's own time zone; the tip has the exact one.
 *
 * @param {string|number|null|undefined} at RFC 3339, or Unix seconds
 */
export function time(at) {
  if (at === null || at === undefined) {
    return el('span', { text: '–' });
  }
  const date = new Date(typeof at === 'number' ? at * 1000 : at);
  return Number.isNaN(date.getTime())
    ? el('span', { text: String(at) })
    : el('time', { datetime: date.toISOString(), title: date.toISOString(), text: clock.format(date) });
}

/** @param {number} at Unix seconds */
export const timeText = (at) => (Number.isFinite(at) && Math.abs(at) < 8.64e12 ? clock.format(at * 1000) : `${at} s`);

const brief = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/**
 * For a column: without the year, if it is this one.
 *
 * @param {number} at Unix seconds
 */
export const briefTime = (at) =>
  new Date(at * 1000).getFullYear() === new Date().getFullYear() ? brief.format(at * 1000) : timeText(at);

/** @type {[string, number][]} the units of a span, and their seconds */
const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/**
 * How long, in its greatest unit and the one below: `5 min 12 s`, `3 d 5 h`. All of the console says it so.
 *
 * @param {number} seconds
 */
export function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const first = Math.max(0, UNITS.findIndex(([, length]) => s >= length || length === 1));
  return UNITS.slice(first, first + 2)
    .map(([unit, length], i) => `${Math.floor((i === 0 ? s : s % UNITS[first][1]) / length)} ${unit}`)
    .join(' ');
}

/**
 * A field with its label.
 *
 * @param {string} label
 * @param {HTMLElement} input
 */
export const field = (label, input) => el('label', { class: 'field' }, el('span', { text: label }), input);

/**
 * A text field.
 *
 * @param {string} name
 * @param {Record<string, string|boolean>} [more]
 */
export const text = (name, more = {}) =>
  el('input', { type: 'text', name, autocomplete: 'off', spellcheck: 'false', 'data-testid': `field-${name}`, ...more });

/**
 * @param {string} name
 * @param {[string, string][]} options value and label
 */
export const choice = (name, options) =>
  el('select', { name, 'data-testid': `field-${name}` }, ...options.map(([value, label]) => el('option', { value, text: label })));

/**
 * @param {string} label
 * @param {() => void} act
 * @param {Record<string, string|boolean>} [more]
 */
export function button(label, act, more = {}) {
  const it = el('button', { type: 'button', text: label, ...more });
  it.addEventListener('click', act);
  return it;
}

/**
 * A panel with a heading.
 *
 * @param {string} title
 * @param {...(Node|string)} children
 */
export const panel = (title, ...children) => el('section', { class: 'panel' }, el('div', { class: 'panel-head' }, el('h2', { text: title })), ...children);

/**
 * Query text: what is empty is left out.
 *
 * @param {Record<string, string|number|null|undefined>} values
 */
export function query(values) {
  const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  const words = pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  return words === '' ? '' : `?${words}`;
}

/**
 * A small table that is there whole. Fresh rows leave the focus where it is.
 *
 * @param {string} caption
 * @param {string[]} heads
 * @param {string} [testId]
 */
export function smallTable(caption, heads, testId) {
  const body = el('tbody', {});
  const element = el(
    'div',
    { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': caption },
    el(
      'table',
      { class: 'small-table', 'data-testid': testId },
      el('caption', { class: 'visually-hidden', text: caption }),
      el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col', text: head })))),
      body,
    ),
  );
  return {
    element,
    /** @param {(Node|string|number|null|undefined)[][]} rows */
    show(rows) {
      renew(body, rows.map((row) => el('tr', {}, ...row.map((cell) => el('td', {}, shown(cell))))));
    },
  };
}

/** @param {Node|string|number|null|undefined} value */
const shown = (value) => (value === null || value === undefined ? '–' : typeof value === 'number' ? count(value) : value);
