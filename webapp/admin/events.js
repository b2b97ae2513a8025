// @ts-check
// The events: the newest as they come, or those from a position or a time on.
import { parties, shortKey } from '../shared/amounts.js';
import { el, setText } from '../shared/dom.js';
import { summary } from '../shared/event-summary.js';
import { refocus, whileDisabled } from '../shared/focus.js';
import { EVENT_TYPES } from '../lib/filters.js';
import { follow, showStatus } from './follow.js';
import { briefTime, button, choice, count, field, query, text } from './parts.js';
import { virtualTable } from './table.js';

/** @import { ProblemError } from '../lib/problem.js' */
/** @import { FlowFiEvent } from '../lib/flowfi-events.js' */
/** @import { Context } from './views.js' */

/** Rows that are kept; the oldest go first. */
export const MOST_ROWS = 2000;

const PAGE = 100;

/** Between two drawings: events may come by the thousand a second. */
const DRAW_MS = 250;

/** @typedef {{position: number, type: string, at: number, data: any}} Row */

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, context) {
  const view = new EventsView(root, context);
  view.start();
  return () => view.close();
}

/** Rows of the live tail, newest first; while it is paused, new ones wait. */
export class Tail {
  /** @type {Row[]} newest last */
  #rows = [];

  /** @type {Row[]|null} what is shown while it is paused */
  #frozen = null;

  /** Events since the pause, also those that have gone again. */
  waiting = 0;

  get paused() {
    return this.#frozen !== null;
  }

  /** @param {Row} row */
  add(row) {
    this.#rows.push(row);
    // not at every event: that would move all of them each time
    if (this.#rows.length >= 2 * MOST_ROWS) {
      this.#rows.splice(0, this.#rows.length - MOST_ROWS);
    }
    if (this.#frozen) {
      this.waiting++;
    }
  }

  pause() {
    this.#frozen = this.rows();
    this.waiting = 0;
  }

  resume() {
    this.#frozen = null;
    this.waiting = 0;
  }

  clear() {
    this.#rows = [];
    this.resume();
  }

  /** @returns {Row[]} */
  rows() {
    return this.#frozen ?? this.#rows.slice(-MOST_ROWS).reverse();
  }
}

/**
 * Where to jump to: a position, or a time in the reader's zone.
 *
 * @param {string} place
 * @returns {{after: number}|{since: string}|null} null: it is neither
 */
export function placeOf(place) {
  const words = place.trim().replace(/^#/, '').replaceAll('\u202f', '');
  if (/^\d{1,15}$/.test(words)) {
    return { after: Math.max(0, Number(words) - 1) };
  }
  const at = /^\d{4}-\d{2}-\d{2}/.test(words) ? new Date(words.includes('T') || !words.includes(' ') ? words : words.replace(' ', 'T')) : new Date(NaN);
  return Number.isNaN(at.getTime()) ? null : { since: at.toISOString() };
}

/**
 * @param {any} event of the history
 * @returns {Row}
 */
const rowOf = ({ seq, type, timestamp, data }) => ({ position: seq, type, at: timestamp, data });

class EventsView {
  #root;
  #context;
  #over = new AbortController();
  #tail = new Tail();

  /** @type {{close: () => void}|null} */
  #feed = null;

  /** @type {Row[]|null} a part of the past; null: the live tail */
  #past = null;

  /** @type {string|null} of the page behind the last one */
  #cursor = null;

  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #drawing;

  /** Which place was asked for last. */
  #turn = 0;

  #table;
  #pill = el('span', { class: 'pill', role: 'status', 'data-testid': 'follows', text: 'connecting' });
  #pause = button('Pause', () => this.#toggle(), { 'data-testid': 'pause', 'aria-pressed': 'false' });
  #type = choice('type', [['', 'All types'], ...EVENT_TYPES.map((type) => /** @type {[string, string]} */ ([type, type]))]);
  #stream = text('stream', { inputmode: 'numeric', placeholder: 'id' });
  #user = text('user', { placeholder: 'G… or C…' });
  #place = text('place', { placeholder: '42, or 2026-11-29 17:30' });
  #note = el('p', { class: 'muted small', role: 'status', 'data-testid': 'events-note' });
  #live = button('Back to live', () => this.#backToLive(), { class: 'primary', 'data-testid': 'live' });
  #more = button('Later ones', () => void this.#later(), { class: 'compact', 'data-testid': 'more' });
  #detail = el('section', { class: 'panel', 'data-testid': 'event-detail', 'aria-label': 'An event', hidden: true });

  /**
   * @param {HTMLElement} root
   * @param {Context} context
   */
  constructor(root, context) {
    this.#root = root;
    this.#context = context;
    this.#table = virtualTable({
      caption: 'Events',
      columns: COLUMNS,
      key: (/** @type {Row} */ row) => String(row.position),
      empty: 'The log has no event like this yet. New ones appear here the moment they are in the log.',
      opened: (row) => this.#open(row),
    });
  }

  start() {
    const filters = el(
      'form',
      { class: 'tools' },
      field('Type', this.#type),
      field('Stream', this.#stream),
      field('Sender or recipient', this.#user),
      el('button', { type: 'submit', text: 'Filter', 'data-testid': 'filter' }),
      el('span', { class: 'push line' }, this.#pill, this.#pause),
    );
    const jump = el(
      'form',
      { class: 'tools' },
      field('Position or time', this.#place),
      el('button', { type: 'submit', text: 'Jump', 'data-testid': 'jump' }),
      this.#live,
    );
    filters.addEventListener('submit', (event) => {
      event.preventDefault();
      void (this.#past === null ? this.#goLive() : this.#jump());
    });
    this.#type.addEventListener('change', () => filters.requestSubmit());
    jump.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#jump();
    });
    this.#root.replaceChildren(filters, jump, this.#detail, this.#table.element, el('div', { class: 'line' }, this.#note, ' ', this.#more));
    const [what, value] = this.#context.rest;
    if (what === 'stream' && value) {
      this.#stream.value = value;
    } else if (what === 'user' && value) {
      this.#user.value = value;
    } else if (what === 'at' && value) {
      this.#place.value = value;
      void this.#jump();
      return;
    }
    void this.#goLive();
  }

  close() {
    this.#over.abort();
    this.#feed?.close();
    clearTimeout(this.#drawing);
  }

  #filters() {
    return { type: this.#type.value, stream: this.#stream.value.trim(), user: this.#user.value.trim() };
  }

  #backToLive() {
    void this.#goLive();
    refocus(this.#pause);
  }

  /** The latest events, and then every new one. */
  async #goLive() {
    const filters = this.#filters();
    const mine = ++this.#turn;
    this.#past = null;
    this.#tail.clear();
    this.#feed?.close();
    this.#feed = null;
    this.#draw();
    /** @type {number|null} */
    let after = null;
    try {
      const page = await this.#context.api(`v1/events${query({ ...filters, tail: PAGE })}`, { signal: this.#over.signal });
      if (mine !== this.#turn) {
        return;
      }
      page.events.map(rowOf).forEach((/** @type {Row} */ row) => this.#tail.add(row));
      after = page.head;
    } catch (failure) {
      if (this.#over.signal.aborted || mine !== this.#turn) {
        return;
      }
      this.#context.notices.problem('Reading the latest events', failure);
      if (/** @type {Partial<ProblemError>} */ (failure).status === 400) {
        return; // the filter is wrong, for the subscription too
      }
    }
    const { type, stream, user } = filters;
    this.#feed = follow(
      this.#context.session,
      { after, types: type ? [type] : [], streams: stream ? [stream] : [], users: user ? [user] : [] },
      {
        event: (event) => this.#came(event),
        status: (status, lostAt) => showStatus(this.#pill, status, lostAt),
        missed: () => this.#context.notices.problem('Events', new Error('Some events were not told here: the server had removed them, or it has another log now.')),
      },
    );
    this.#draw();
  }

  /** @param {FlowFiEvent} event */
  #came({ id, type, data }) {
    // states are not part of the log
    if (id !== null) {
      this.#tail.add({ position: id, type, at: data.timestamp, data });
      this.#drawing ??= setTimeout(() => this.#draw(), DRAW_MS);
    }
  }

  #toggle() {
    if (this.#tail.paused) {
      this.#tail.resume();
    } else {
      this.#tail.pause();
    }
    this.#draw();
  }

  async #jump() {
    const place = placeOf(this.#place.value);
    this.#place.toggleAttribute('aria-invalid', false);
    if (place === null) {
      this.#place.setAttribute('aria-invalid', 'true');
      setText(this.#note, 'A position is a number; a time is such as 2026-11-29 17:30.');
      this.#place.focus();
      return;
    }
    this.#turn++;
    this.#feed?.close();
    this.#feed = null;
    this.#past = [];
    this.#cursor = null;
    await this.#read({ ...place });
    this.#table.element.querySelector('.vtable')?.scrollTo(0, 0);
  }

  #later() {
    return this.#read(this.#cursor === null ? { after: this.#past?.[0]?.position ?? 0 } : { cursor: this.#cursor });
  }

  /** @param {Record<string, string|number>} place */
  #read(place) {
    return whileDisabled([this.#more], () => this.#readPage(place), () => [this.#table.stop]);
  }

  /** @param {Record<string, string|number>} place */
  async #readPage(place) {
    const mine = this.#turn;
    try {
      const page = await this.#context.api(`v1/events${query({ ...this.#filters(), ...place, order: 'asc', limit: PAGE })}`, {
        signal: this.#over.signal,
      });
      if (this.#past === null || mine !== this.#turn) {
        return; // another place meanwhile
      }
      this.#past = [...page.events.map(rowOf).reverse(), ...this.#past].slice(0, MOST_ROWS);
      this.#cursor = page.nextCursor;
      this.#draw(page.oldest);
    } catch (failure) {
      if (!this.#over.signal.aborted) {
        this.#context.notices.problem('Reading events', failure);
        this.#draw();
      }
    }
  }

  /** @param {number} [oldest] position that the log still has */
  #draw(oldest) {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    const past = this.#past;
    this.#table.show(past ?? this.#tail.rows());
    this.#live.hidden = past === null;
    this.#more.hidden = past === null;
    this.#pause.hidden = past !== null;
    this.#pill.hidden = past !== null;
    this.#pause.setAttribute('aria-pressed', String(this.#tail.paused));
    setText(this.#pause, this.#tail.paused ? 'Go on' : 'Pause');
    if (past !== null) {
      const first = past.at(-1);
      const gone = oldest !== undefined && oldest > 1 ? ` The log begins at ${count(oldest)}: what was before was removed.` : '';
      setText(
        this.#note,
        first === undefined
          ? `No event is there or later.${gone}`
          : `Past events, positions ${count(first.position)} to ${count(past[0].position)}, the latest first.${gone}`,
      );
    } else if (this.#tail.paused) {
      setText(this.#note, `Paused; ${count(this.#tail.waiting)} new`);
    } else {
      setText(this.#note, `The latest first, ${count(MOST_ROWS)} at most.`);
    }
  }

  /** @param {Row} row */
  #open(row) {
    const close = button(
      'Close',
      () => {
        this.#detail.hidden = true;
        this.#table.focusRow(String(row.position));
        refocus(this.#table.stop);
      },
      { class: 'compact push', 'data-testid': 'detail-close' },
    );
    this.#detail.replaceChildren(
      el('div', { class: 'panel-head' }, el('h2', { text: `Event ${count(row.position)}: ${row.type}` }), close),
      el('pre', { class: 'code', tabindex: '0', role: 'region', 'aria-label': 'Payload', text: JSON.stringify(row.data, null, 2) }),
      el(
        'p',
        { class: 'line' },
        el('a', { href: `#/audit/event/${row.position}`, text: 'Who was sent it?', 'data-testid': 'who-was-sent' }),
        row.data.streamId === undefined ? '' : el('a', { href: `#/streams/${row.data.streamId}`, text: `Stream ${row.data.streamId}` }),
      ),
    );
    this.#detail.hidden = false;
    close.focus();
  }
}

const COLUMNS = [
  { name: 'position', label: 'Position', width: 6, numeric: true, value: (/** @type {Row} */ row) => row.position, text: (/** @type {Row} */ row) => count(row.position) },
  { name: 'time', label: 'Time', width: 9.5, value: (/** @type {Row} */ row) => row.at, text: (/** @type {Row} */ row) => briefTime(row.at) },
  { name: 'type', label: 'Type', width: 11, value: (/** @type {Row} */ row) => row.type },
  { name: 'stream', label: 'Stream', width: 9, value: (/** @type {Row} */ row) => row.data.streamId ?? null },
  {
    name: 'parties',
    label: 'From and to',
    width: 15,
    value: (/** @type {Row} */ row) => parties(row.data) || null,
    text: (/** @type {Row} */ row) => parties(row.data, shortKey),
  },
  { name: 'what', label: 'What', width: 12, value: (/** @type {Row} */ row) => [summary(row.type, row.data), row.data.reference].filter(Boolean).join(' · ') },
];
