// @ts-check
// The events as they arrived, newest first: at most 500 rows on the page, 5,000 stored for export.
import { parties, shortKey } from '../shared/amounts.js';
import { el, onceAFrame } from '../shared/dom.js';
import { summary } from '../shared/event-summary.js';
import { keepingFocus } from '../shared/focus.js';
import { whenReleased } from '../shared/press.js';
import { asMillis } from './latency.js';

const MAX_ROWS = 500;
const MAX_EXPORT = 5000;

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hour12: false,
});

/** @import { Arrived } from './live-feed.js' */

/** @typedef {{event: Arrived, latency: number|null}} Arrival */
/** @typedef {{mark: string, tone: string, at: number}} Mark a line between events */

export class EventList {
  #body;
  /** @type {(Arrival|Mark)[]} */
  #waiting = [];

  /** @type {Arrived[]} */
  #kept = [];

  #render = onceAFrame(() => whenReleased(this.#body, () => this.#flush()));
  #changed;

  /**
   * @param {HTMLElement} body
   * @param {(rows: number) => void} changed
   */
  constructor(body, changed) {
    this.#body = body;
    this.#changed = changed;
    body.addEventListener('click', (event) => this.#toggle(event));
  }

  get keptCount() {
    return this.#kept.length;
  }

  /**
   * @param {Arrived} event
   * @param {number|null} latency
   */
  add(event, latency) {
    this.#kept.push(event);
    if (this.#kept.length > MAX_EXPORT) {
      this.#kept.splice(0, this.#kept.length - MAX_EXPORT);
    }
    this.#push({ event, latency });
  }

  /**
   * A line between events: connected, dropped, reset.
   *
   * @param {string} text
   * @param {''|'ok'|'warn'|'bad'} [tone]
   */
  mark(text, tone = '') {
    this.#push({ mark: text, tone, at: Date.now() });
  }

  clear() {
    this.#waiting = [];
    this.#kept = [];
    const empty = () => this.#body.replaceChildren();
    keepingFocus(this.#body, empty, () => [document.getElementById('main')]);
    this.#changed(0);
  }

  /** One JSON object a line; the payload is the server's own text, so no digit changes. */
  jsonLines() {
    return this.#kept
      .map((event) => {
        const seq = event.id === null ? 'null' : event.id;
        const received = new Date(event.receivedAt).toISOString();
        return `{"seq":${seq},"type":${JSON.stringify(event.type)},"receivedAt":"${received}","data":${event.text}}\n`;
      })
      .join('');
  }

  /** @param {Arrival|Mark} item */
  #push(item) {
    this.#waiting.push(item);
    // More than a page of rows before a paint: the oldest would be built only to be removed.
    if (this.#waiting.length > MAX_ROWS) {
      this.#waiting.shift();
    }
    this.#render();
  }

  #flush() {
    const rows = this.#waiting.reverse().map((item) => ('event' in item ? eventRow(item) : markRow(item)));
    this.#waiting = [];
    this.#body.prepend(...rows);
    const forget = () => {
      while (this.#body.childElementCount > MAX_ROWS) {
        this.#forgetLast();
      }
    };
    keepingFocus(this.#body, forget, () => [[...this.#body.querySelectorAll('button')].at(-1)]);
    this.#changed(this.#body.childElementCount);
  }

  /** A frame goes with its row, and the row with its frame. */
  #forgetLast() {
    const last = this.#body.lastElementChild;
    if (last?.classList.contains('frame-row')) {
      last.previousElementSibling?.remove();
    }
    last?.remove();
  }

  /** @param {MouseEvent} click */
  #toggle(click) {
    /** @type {HTMLElement|null} */
    const button = /** @type {Element} */ (click.target).closest('button[data-frame]');
    const row = button?.closest('tr');
    if (!button || !row) {
      return;
    }
    if (button.getAttribute('aria-expanded') === 'true') {
      row.nextElementSibling?.remove();
      button.setAttribute('aria-expanded', 'false');
      return;
    }
    const frame = button.dataset.frame;
    row.after(
      el('tr', { class: 'frame-row', 'data-testid': 'frame-row' }, el('td', { colspan: '7' }, el('pre', { class: 'code', text: frame }))),
    );
    button.setAttribute('aria-expanded', 'true');
  }
}

/** @param {Mark} mark */
function markRow({ mark, tone, at }) {
  return el(
    'tr',
    { class: 'mark', 'data-tone': tone, 'data-testid': 'mark-row' },
    el('td', { colspan: '7', text: `${clock.format(at)}  ${mark}` }),
  );
}

/** @param {Arrival} arrival */
function eventRow({ event, latency }) {
  const { id, type, data, text, receivedAt } = event;
  const frame = `${id === null ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data, null, 2)}`;
  const note = [summary(type, data), data.reference].filter(Boolean);
  return el(
    'tr',
    {
      'data-testid': 'event-row',
      'data-seq': id ?? '',
      'data-type': type,
      'data-stream': data.streamId ?? '',
      'data-reference': data.reference ?? '',
      'data-latency': latency === null ? '' : latency.toFixed(1),
    },
    el('td', { class: 'c-time', text: clock.format(receivedAt) }),
    el(
      'td',
      { class: 'c-seq' },
      el('button', {
        type: 'button',
        class: 'link mono',
        'aria-expanded': 'false',
        'aria-label': `Frame of ${id === null ? 'a snapshot' : `position ${id}`}`,
        'data-frame': frame,
        'data-testid': 'event-frame',
        title: `Show the frame (${text.length} characters of data)`,
        text: id === null ? 'state' : `#${id}`,
      }),
    ),
    el('td', { class: 'c-type' }, el('span', { class: 'badge', 'data-type': type, text: type.replace(/^stream\./, '') })),
    el('td', { class: 'c-stream', text: data.streamId ?? '' }),
    el('td', { class: 'c-parties mono', text: parties(data, shortKey), title: parties(data) }),
    el(
      'td',
      { class: 'c-note' },
      ...note.map((part, i) => el('span', { class: i === 0 && part !== data.reference ? 'amounts' : 'reference', text: part })),
    ),
    el('td', { class: 'c-latency', text: latency === null ? '' : asMillis(latency) }),
  );
}
