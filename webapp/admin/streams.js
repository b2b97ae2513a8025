// @ts-check
// The payment streams: their state, how far the deposit is, and what is claimable this second.
import { el, onceAFrame, setText } from '../shared/dom.js';
import { summary } from '../shared/event-summary.js';
import { refocus, whileDisabled } from '../shared/focus.js';
import { StreamBook } from '../shared/stream-book.js';
import { follow, showStatus } from './follow.js';
import { button, choice, count, facts, field, query, smallTable, some, text, time } from './parts.js';
import { failed, loading } from './states.js';
import { COLUMNS, TICKING, drawBar, factsOf, partiesOf, showStatusOf, status } from './stream-cells.js';
import { searching } from './stream-search.js';
import { virtualTable } from './table.js';

/** @import { StreamState } from '../lib/streams.js' */
/** @import { Context } from './views.js' */

const PAGE = 100;

/** So many are read when the view opens, and again each time more are wanted. */
const AT_ONCE = 500;

/** As many as a table shows without jank. */
const MOST = 10_000;

const EVENTS = 50;

/** Between two drawings of the table: events may come by the thousand a second. */
const DRAW_MS = 500;

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, context) {
  const view = new StreamsView(root, context);
  void view.load();
  if (context.rest[0]) {
    void view.detail(context.rest[0]);
  }
  return () => view.close();
}

class StreamsView {
  #root;
  #context;
  #over = new AbortController();
  #book = new StreamBook(MOST, () => this.#drawSoon());
  #table;
  /** @type {string|null} */
  #cursor = null;
  #loading = false;
  #shown = false;

  #status = choice('status', [
    ['', 'All'],
    ['ACTIVE', 'Active'],
    ['PAUSED', 'Paused'],
    ['CANCELLED', 'Cancelled'],
    ['COMPLETED', 'Completed'],
  ]);
  #search = text('search', { type: 'search', placeholder: 'id, address, status' });
  #pill = el('span', { class: 'pill', 'data-testid': 'follows', role: 'status', text: 'connecting' });
  #count = el('p', { class: 'muted small', role: 'status', 'data-testid': 'streams-count' });
  #more = button('Load more', () => void this.load(), { class: 'compact', 'data-testid': 'more' });
  #detail = el('section', { class: 'panel', 'data-testid': 'stream-detail', 'aria-label': 'A stream', hidden: true });

  /** @type {{id: string, tick: (stream: StreamState) => void}|null} */
  #open = null;

  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #drawing;

  /**
   * @param {HTMLElement} root
   * @param {Context} context
   */
  constructor(root, context) {
    this.#root = root;
    this.#context = context;
    this.#table = virtualTable({
      caption: 'Payment streams',
      columns: COLUMNS,
      key: (/** @type {StreamState} */ stream) => stream.streamId,
      empty: 'No stream is here. Streams appear when they are registered with POST /v1/streams, or on the contract that is followed.',
      opened: (stream) => void this.detail(stream.streamId, true),
    });
    this.#status.addEventListener('change', () => void this.load(true));
    this.#search.addEventListener('input', () => {
      this.#table.filter(this.#search.value);
      this.#beyond.typed(this.#search.value);
      this.#drawSoon();
    });
    this.#beyond = searching(
      context.api,
      (streams) => streams.forEach((stream) => this.#book.know(stream)),
      (failure) => context.notices.problem('Searching streams', failure),
    );
    root.replaceChildren(loading());
    this.#feed = follow(
      context.session,
      {},
      {
        event: ({ type, data }) => this.#book.apply(type, data),
        status: (status, lostAt) => showStatus(this.#pill, status, lostAt),
        missed: () => void this.load(true),
      },
    );
    this.#timer = setInterval(() => this.#tick(), 1000);
  }

  #beyond;
  #feed;
  #timer;

  close() {
    this.#over.abort();
    this.#beyond.close();
    this.#feed.close();
    clearInterval(this.#timer);
    clearTimeout(this.#drawing);
  }

  /** @param {boolean} [anew] from the first one on */
  async load(anew = false) {
    if (this.#loading) {
      return;
    }
    this.#loading = true;
    try {
      await whileDisabled(
        [this.#more],
        () => this.#read(anew),
        () => [this.#table.stop, this.#root.querySelector('button')],
      );
    } finally {
      this.#loading = false;
    }
  }

  /** @param {boolean} anew */
  async #read(anew) {
    try {
      if (anew) {
        this.#book.clear();
        this.#cursor = null;
      }
      let left = AT_ONCE / PAGE;
      do {
        const page = await this.#context.api(
          `v1/streams${query({ sort: 'updated', limit: PAGE, status: this.#status.value, cursor: this.#cursor })}`,
          { signal: this.#over.signal },
        );
        this.#cursor = page.nextCursor;
        page.streams.forEach((/** @type {StreamState} */ stream) => this.#book.know(stream));
        left--;
      } while (left > 0 && this.#cursor !== null && this.#book.size < MOST);
      this.#show();
    } catch (failure) {
      if (this.#over.signal.aborted) {
        return;
      }
      if (this.#shown) {
        this.#context.notices.problem('Loading streams', failure);
      } else {
        this.#root.replaceChildren(failed(failure, this.#context.session.account, () => void this.load(true)));
      }
    }
  }

  #show() {
    if (!this.#shown) {
      this.#shown = true;
      this.#root.replaceChildren(
        el('div', { class: 'tools' }, field('Search', this.#search), field('Status', this.#status), el('span', { class: 'push' }, this.#pill)),
        this.#detail,
        this.#table.element,
        el('div', { class: 'line' }, this.#count, ' ', this.#more),
      );
    }
    this.#draw();
  }

  #drawSoon() {
    this.#drawing ??= setTimeout(() => this.#draw(), DRAW_MS);
  }

  #draw() {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    if (!this.#shown) {
      return;
    }
    const wanted = this.#status.value;
    // the one whose id is searched for is the first, then the one that changed last
    const id = this.#search.value.trim();
    const rows = [...this.#book.values()].filter((stream) => wanted === '' || stream.status === wanted);
    this.#table.show(rows.sort((a, b) => Number(b.streamId === id) - Number(a.streamId === id) || (b.lastUpdateTime ?? 0) - (a.lastUpdateTime ?? 0)));
    this.#more.hidden = this.#cursor === null || this.#book.size >= MOST;
    setText(
      this.#count,
      this.#cursor === null ? some(this.#book.size, 'stream') : `${some(this.#book.size, 'stream')}: those that changed last, and what was searched for`,
    );
    this.#tick();
  }

  /** What is claimable grows every second; only what is in view is written. */
  #tick = onceAFrame(() => {
    for (const row of this.#table.element.querySelectorAll('[data-key]')) {
      const stream = this.#book.get(/** @type {HTMLElement} */ (row).dataset.key ?? '');
      if (stream !== undefined) {
        for (const column of TICKING) {
          const cell = row.querySelector(`[data-column="${column.name}"]`);
          if (cell instanceof HTMLElement) {
            column.fill(cell, stream);
          }
        }
      }
    }
    const opened = this.#open && this.#book.get(this.#open.id);
    if (opened) {
      this.#open?.tick(opened);
    }
  });

  /**
   * Shows one stream above the table.
   *
   * @param {string} id
   * @param {boolean} [chosen] in the table
   */
  async detail(id, chosen = false) {
    try {
      if (this.#book.get(id) === undefined) {
        this.#book.know(await this.#context.api(`v1/streams/${encodeURIComponent(id)}`, { signal: this.#over.signal }));
      }
    } catch (failure) {
      if (!this.#over.signal.aborted) {
        this.#context.notices.problem(`Stream ${id}`, failure);
      }
      return;
    }
    const stream = this.#book.get(id);
    if (stream === undefined) {
      return;
    }
    // the view stays as it is, but can be opened at this stream
    history.replaceState(null, '', `#/streams/${encodeURIComponent(id)}`);
    const values = facts('stream-facts');
    const bar = el('div', {});
    const badge = status(stream);
    const tick = (/** @type {StreamState} */ now) => {
      values.show(factsOf(now));
      drawBar(bar, now);
      showStatusOf(badge, now);
    };
    tick(stream);
    this.#open = { id, tick };
    const events = el('div', {});
    const load = button('Show its events', () => void this.#events(id, events, load), { 'data-testid': 'stream-events' });
    const close = button('Close', () => this.#closeDetail(id), { class: 'compact push', 'data-testid': 'detail-close' });
    const heading = el('h2', { text: `Stream ${id}`, tabindex: '-1' });
    this.#detail.replaceChildren(
      el('div', { class: 'panel-head' }, heading, badge, close),
      values.element,
      bar,
      partiesOf(stream),
      el('p', { class: 'line' }, load, ' ', el('a', { href: `#/events/stream/${encodeURIComponent(id)}`, text: 'Follow them live' })),
      events,
    );
    this.#detail.hidden = false;
    if (chosen) {
      heading.focus();
    }
  }

  /** @param {string} id */
  #closeDetail(id) {
    this.#open = null;
    this.#detail.hidden = true;
    history.replaceState(null, '', '#/streams');
    this.#table.focusRow(id);
    refocus(this.#table.stop);
  }

  /**
   * @param {string} id
   * @param {HTMLElement} place
   * @param {HTMLButtonElement} load
   */
  #events(id, place, load) {
    return whileDisabled([load], () => this.#loadEvents(id, place, load), () => [place.querySelector('[tabindex]')]);
  }

  /**
   * @param {string} id
   * @param {HTMLElement} place
   * @param {HTMLElement} load
   */
  async #loadEvents(id, place, load) {
    try {
      const page = await this.#context.api(`v1/streams/${encodeURIComponent(id)}/events?limit=${EVENTS}`, { signal: this.#over.signal });
      const table = smallTable(`Events of stream ${id}`, ['Position', 'Time', 'Type', 'What'], 'stream-events-table');
      table.show(
        page.events.map((/** @type {any} */ event) => [
          el('a', { href: `#/events/at/${event.seq}`, text: count(event.seq) }),
          time(event.timestamp),
          event.type,
          summary(event.type, event.data),
        ]),
      );
      load.remove();
      place.replaceChildren(table.element, page.hasMore ? el('p', { class: 'muted small', text: `The latest ${EVENTS} of ${count(page.total)}${page.totalIsCapped ? ' or more' : ''}.` }) : '');
    } catch (failure) {
      if (!this.#over.signal.aborted) {
        this.#context.notices.problem(`Events of stream ${id}`, failure);
      }
    }
  }
}
