// @ts-check
// Who did what, and which connections were sent an event.
import { el, setText } from '../shared/dom.js';
import { whileDisabled } from '../shared/focus.js';
import { briefTime, button, choice, count, field, panel, query, smallTable, some, text, time, timeText } from './parts.js';
import { virtualTable } from './table.js';

/** @import { Context } from './views.js' */

/** @typedef {Record<string, any>} Entry as the API describes it */

const KINDS = /** @type {[string, string][]} */ ([
  ['', 'All'],
  ['command', 'Commands'],
  ['subscribed', 'Event streams opened'],
  ['unsubscribed', 'Event streams ended'],
  ['refused', 'Rejected'],
  ['refused_more', 'Rejected, counted'],
  ['lost', 'Lost entries'],
]);

const PAGE = 200;

/** More is not kept in the page. */
const MOST_ROWS = 5000;

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, context) {
  const view = new AuditView(context);
  root.replaceChildren(...view.content);
  view.start();
  return () => view.close();
}

class AuditView {
  #context;
  #over = new AbortController();

  #position = text('position', { placeholder: 'id of the event, such as 42' });
  #wallet = text('wallet', { placeholder: 'G… or C…, or empty for all' });
  #ask = el('button', { type: 'submit', class: 'primary', text: 'Find out', 'data-testid': 'ask' });
  #answer = el('div', { 'data-testid': 'deliveries', role: 'status' });

  #kind = choice('kind', KINDS);
  #account = text('account', { placeholder: 'G… or C…' });
  #client = text('client', { placeholder: 'clientId of a connection' });
  #request = text('request', { placeholder: 'X-Request-ID' });
  #since = el('input', { type: 'datetime-local', name: 'since', step: '1', 'data-testid': 'field-since' });
  #until = el('input', { type: 'datetime-local', name: 'until', step: '1', 'data-testid': 'field-until' });
  #more = button('Search further back', () => void this.#search(false), { class: 'compact', 'data-testid': 'more' });
  #note = el('p', { class: 'muted small', role: 'status', 'data-testid': 'audit-note' });
  #table = virtualTable({
    caption: 'Entries of the audit log',
    columns: COLUMNS,
    key: (/** @type {Entry} */ entry) => entry.row,
    empty: 'No entry was found. Commands, event streams and rejected requests are recorded here, on the node that answered them.',
  });

  /** @type {Entry[]} newest first */
  #rows = [];

  /** @type {string|null} */
  #cursor = null;

  /** Which search is the latest. */
  #turn = 0;

  /** @param {Context} context */
  constructor(context) {
    this.#context = context;
    const told = el(
      'form',
      { class: 'tools' },
      field('Event', this.#position),
      field('Account', this.#wallet),
      this.#ask,
    );
    told.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#tell();
    });
    const entries = el(
      'form',
      { class: 'tools' },
      field('Kind', this.#kind),
      field('Account', this.#account),
      field('Connection', this.#client),
      field('Request', this.#request),
      field('Since', this.#since),
      field('Until', this.#until),
      el('button', { type: 'submit', text: 'Search', 'data-testid': 'search' }),
    );
    entries.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#search(true);
    });
    this.content = [
      panel('Was this wallet told?', told, this.#answer),
      panel('Who did what', entries, this.#table.element, el('div', { class: 'line' }, this.#note, ' ', this.#more)),
    ];
  }

  start() {
    const [what, value] = this.#context.rest;
    if (what === 'event' && value) {
      this.#position.value = value;
      void this.#tell();
    } else if (what === 'client' && value) {
      this.#client.value = value;
    }
    void this.#search(true);
  }

  close() {
    this.#over.abort();
  }

  /** @param {string|null} [cursor] */
  #tell(cursor = null) {
    return whileDisabled(
      this.#answer.querySelectorAll('button'),
      () => this.#look(cursor),
      () => [this.#answer.querySelector('[data-testid=further]'), this.#answer.querySelector('[tabindex]'), this.#ask],
    );
  }

  /** @param {string|null} cursor */
  async #look(cursor) {
    const position = this.#position.value.trim();
    const account = this.#wallet.value.trim();
    if (cursor === null) {
      this.#answer.replaceChildren(el('p', { class: 'muted', text: 'Searching …' }));
    }
    try {
      const answer = await this.#context.api(`v1/admin/audit/deliveries${query({ position, account, limit: PAGE, cursor })}`, {
        signal: this.#over.signal,
      });
      this.#answer.replaceChildren(...this.#told(answer, account, cursor !== null));
    } catch (failure) {
      if (!this.#over.signal.aborted) {
        this.#answer.replaceChildren();
        this.#context.notices.problem('Who was sent it', failure);
      }
    }
  }

  /**
   * @param {Entry} answer
   * @param {string} account
   * @param {boolean} further whether earlier connections were shown already
   */
  #told(answer, account, further) {
    const { position, type, timestamp, deliveries, nextCursor } = answer;
    const who = account === '' ? 'anybody here' : 'this account here';
    const event = `Event ${count(position)} (${type}, ${timeText(timestamp)})`;
    const found = deliveries.length > 0;
    const words = found
      ? `${event} was sent on ${some(deliveries.length, 'connection')}${further ? ' of those that closed before' : ''}.`
      : nextCursor
        ? `${event}: no connection so far; the log goes further back.`
        : `${event}: no connection is on record that sent it to ${who}.`;
    const table = smallTable('Connections that were sent it', ['Connection', 'Account', 'Filter', 'Opened', 'Sent', 'Closed'], 'deliveries-table');
    table.show(
      deliveries.map((/** @type {Entry} */ one) => [
        button(one.clientId.slice(0, 8), () => this.#ofClient(one.clientId), { class: 'link mono small', title: one.clientId, 'aria-label': `Connection ${one.clientId}` }),
        one.account ? el('code', { class: 'small wrap', text: one.account }) : 'without a sign-in',
        el('code', { class: 'small wrap', text: one.filter }),
        time(one.opened),
        `${count(one.after + 1)} to ${count(one.through)}`,
        one.closed ? el('span', {}, time(one.closed), one.reason ? ` (${one.reason.replaceAll('_', ' ')})` : '') : 'still open',
      ]),
    );
    return [
      el('p', { class: 'lead', 'data-found': found ? 'yes' : 'no', 'data-testid': 'told', text: words }),
      ...(found ? [table.element] : []),
      ...(nextCursor ? [button('Search further back', () => void this.#tell(nextCursor), { class: 'compact', 'data-testid': 'further' })] : []),
      el('p', {
        class: 'muted small',
        text: 'Sent means handed to the socket, between the event and the end of the connection; that it arrived, only the client knows. This is the record of this node: ask the others too. A node that was killed has not recorded the ends of its last connections.',
      }),
    ];
  }

  /** @param {string} client */
  #ofClient(client) {
    this.#client.value = client;
    for (const input of [this.#account, this.#request, this.#since, this.#until]) {
      input.value = '';
    }
    this.#kind.value = '';
    void this.#search(true);
    this.#table.element.scrollIntoView({ block: 'nearest' });
  }

  /** @param {boolean} anew */
  #search(anew) {
    return whileDisabled([this.#more], () => this.#read(anew), () => [this.#table.stop]);
  }

  /** @param {boolean} anew */
  async #read(anew) {
    const mine = ++this.#turn;
    if (anew) {
      this.#cursor = null;
      setText(this.#note, 'Searching …');
    }
    try {
      const page = await this.#context.api(
        `v1/admin/audit${query({
          kind: this.#kind.value,
          account: this.#account.value.trim(),
          client: this.#client.value.trim(),
          request: this.#request.value.trim(),
          since: instant(this.#since.value),
          until: instant(this.#until.value),
          limit: PAGE,
          cursor: this.#cursor,
        })}`,
        { signal: this.#over.signal },
      );
      if (mine !== this.#turn) {
        return;
      }
      this.#rows = anew ? [] : this.#rows;
      const first = this.#rows.length;
      this.#rows.push(...page.entries.map((/** @type {Entry} */ entry, /** @type {number} */ i) => ({ ...entry, row: String(first + i) })));
      this.#cursor = page.nextCursor;
      this.#table.show(this.#rows);
      const back = page.searchedTo ? `, back to ${timeText(Date.parse(page.searchedTo) / 1000)}` : '';
      setText(this.#note, `${count(this.#rows.length)} entries${this.#cursor ? back : ': all there are'}.`);
    } catch (failure) {
      if (!this.#over.signal.aborted && mine === this.#turn) {
        setText(this.#note, '');
        this.#context.notices.problem('Searching the audit log', failure);
      }
    } finally {
      this.#more.hidden = this.#cursor === null || this.#rows.length >= MOST_ROWS;
    }
  }
}

/** @param {string} local */
const instant = (local) => (local === '' ? '' : new Date(local).toISOString());

/**
 * What an entry says beside who and when.
 *
 * @param {Entry} entry
 */
export function whatOf(entry) {
  return entry.sandbox ? `sandbox · ${wordsOf(entry)}` : wordsOf(entry);
}

/** @param {Entry} entry */
function wordsOf(entry) {
  switch (entry.kind) {
    case 'command': {
      const details = Object.entries(entry.details ?? {}).map(([name, value]) => `${name} ${value}`);
      return [`${entry.method} ${entry.path}`, String(entry.status), entry.result, ...details].filter(Boolean).join(' · ');
    }
    case 'refused':
      return `${entry.method} ${entry.path} · ${entry.status}`;
    case 'refused_more':
      return `${some(entry.requests, 'more request')} rejected`;
    case 'lost':
      return `entries that could not be written: ${count(entry.entries)}`;
    case 'subscribed':
      return [entry.filter, entry.after === undefined ? 'left before the greeting' : `from ${count(entry.after + 1)} on`].join(' · ');
    case 'unsubscribed':
      return [entry.filter, entry.through === undefined ? 'was sent nothing' : `was sent up to ${count(entry.through)}`, entry.reason?.replaceAll('_', ' ') ?? 'the client left'].filter(Boolean).join(' · ');
    default:
      return '';
  }
}

const COLUMNS = [
  { name: 'at', label: 'Time', width: 9.5, value: (/** @type {Entry} */ entry) => Date.parse(entry.at), text: (/** @type {Entry} */ entry) => briefTime(Date.parse(entry.at) / 1000) },
  { name: 'kind', label: 'Kind', width: 7.5, value: (/** @type {Entry} */ entry) => entry.kind },
  { name: 'account', label: 'Account', width: 7, value: (/** @type {Entry} */ entry) => entry.account ?? null },
  { name: 'what', label: 'What', width: 19, value: whatOf },
  { name: 'address', label: 'From', width: 7, value: (/** @type {Entry} */ entry) => entry.address ?? null },
  { name: 'client', label: 'Connection', width: 8, value: (/** @type {Entry} */ entry) => entry.client ?? null },
  { name: 'request', label: 'Request', width: 8, value: (/** @type {Entry} */ entry) => entry.request ?? null },
];
