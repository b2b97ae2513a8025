// @ts-check
// A card for every known stream: its state, what is claimable this second, and the commands on it.
import { claimable, groupDigits, parties, share, shortKey } from '../shared/amounts.js';
import { serverSeconds } from '../shared/api.js';
import { el, onceAFrame, setText } from '../shared/dom.js';
import { keepingFocus } from '../shared/focus.js';
import { whenReleased } from '../shared/press.js';

/** @import { StreamState } from '../lib/streams.js' */
/** @import { StreamBook } from '../shared/stream-book.js' */

const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
/** @type {[string, string, string[]][]} a command, its button, and the states of a stream that allow it */
const COMMANDS = [
  ['top-up', 'Top up', ['ACTIVE', 'PAUSED']],
  ['withdraw', 'Withdraw', ['ACTIVE']],
  ['pause', 'Pause', ['ACTIVE']],
  ['resume', 'Resume', ['PAUSED']],
  ['cancel', 'Cancel', ['ACTIVE', 'PAUSED']],
];

/** @type {Record<string, string>} */
const OPPOSITES = { pause: 'resume', resume: 'pause' };

/**
 * The elements of a card that change, or get the focus.
 *
 * @typedef {object} Card
 * @property {HTMLElement} root
 * @property {HTMLElement} heading
 * @property {HTMLElement} status
 * @property {HTMLElement} parties
 * @property {HTMLElement} claimable
 * @property {HTMLElement} rate
 * @property {HTMLElement} paid
 * @property {HTMLElement} due
 * @property {HTMLElement} totals
 * @property {HTMLElement} end
 * @property {HTMLInputElement} amount
 * @property {Map<string, HTMLButtonElement>} buttons by command
 */

export class StreamCards {
  #list;
  #book;
  #command;
  /** @type {Map<string, Card>} */
  #cards = new Map();

  #render = onceAFrame(() => whenReleased(this.#list, () => this.#flush()));

  /** @type {Set<string>} */
  #dirty = new Set();

  /**
   * @param {HTMLElement} list
   * @param {StreamBook} book the streams
   * @param {(stream: StreamState, name: string, amount: string, card: Card) => void} command called when a button is
   *     pressed
   */
  constructor(list, book, command) {
    this.#list = list;
    this.#book = book;
    this.#command = command;
    setInterval(() => this.tick(), 1000);
  }

  /**
   * A stream changed (or, with null, some were dropped).
   *
   * @param {string|null} id
   */
  changed(id) {
    if (id !== null) {
      this.#dirty.add(id);
    }
    this.#render();
  }

  #flush() {
    keepingFocus(
      this.#list,
      () => this.#draw(),
      (focused) => [...this.#beside(focused), this.#list.querySelector('h3'), document.getElementById('main')],
    );
  }

  /**
   * Where the focus goes in a card whose state no longer allows what had it.
   *
   * @param {Element} focused
   */
  #beside(focused) {
    const card = [...this.#cards.values()].find(({ root }) => root.contains(focused));
    const name = COMMANDS.map(([command]) => command).find((command) => card?.buttons.get(command) === focused);
    return [card?.buttons.get(OPPOSITES[name ?? ''] ?? ''), card?.heading];
  }

  #draw() {
    for (const [id, card] of this.#cards) {
      if (this.#book.get(id) === undefined) {
        card.root.remove();
        this.#cards.delete(id);
      }
    }
    for (const id of this.#dirty) {
      const stream = this.#book.get(id);
      if (stream === undefined) {
        continue;
      }
      let card = this.#cards.get(id);
      if (card === undefined) {
        card = this.#build(id);
        this.#cards.set(id, card);
        this.#list.prepend(card.root);
      }
      show(card, stream);
      tickCard(card, stream);
    }
    this.#dirty.clear();
  }

  tick() {
    for (const [id, card] of this.#cards) {
      const stream = this.#book.get(id);
      if (stream !== undefined && stream.status === 'ACTIVE') {
        tickCard(card, stream);
      }
    }
  }

  /**
   * @param {string} id
   * @returns {Card}
   */
  #build(id) {
    /**
     * @template {keyof HTMLElementTagNameMap} K
     * @param {K} tag
     * @param {string} name
     * @param {Record<string, string>} [props]
     */
    const part = (tag, name, props = {}) => el(tag, { ...props, 'data-testid': `stream-${name}` });
    const parts = {
      status: part('span', 'status', { class: 'badge' }),
      parties: part('p', 'parties', { class: 'mono small muted' }),
      claimable: part('output', 'claimable', { class: 'claimable' }),
      rate: part('span', 'rate', { class: 'small muted' }),
      paid: el('span', { class: 'bar-paid' }),
      due: el('span', { class: 'bar-due' }),
      totals: part('p', 'totals', { class: 'small' }),
      end: part('p', 'end', { class: 'small muted' }),
      amount: part('input', 'amount', {
        type: 'text',
        inputmode: 'numeric',
        autocomplete: 'off',
        placeholder: 'amount',
        'aria-label': `Amount for stream ${id}`,
        title: 'Smallest units. Left empty: top up by one minute, withdraw all that is claimable.',
      }),
    };
    /** @type {Map<string, HTMLButtonElement>} */
    const buttons = new Map();
    for (const [name, label] of COMMANDS) {
      const button = part('button', name, {
        type: 'button',
        class: `compact${name === 'cancel' ? ' danger' : ''}`,
        text: label,
        'aria-label': `${label} stream ${id}`,
      });
      button.addEventListener('click', () => {
        const stream = this.#book.get(id);
        if (stream !== undefined) {
          this.#command(stream, name, parts.amount.value.trim(), card);
        }
      });
      buttons.set(name, button);
    }
    const heading = el('h3', { text: `Stream ${id}`, tabindex: '-1' });
    const root = el(
      'li',
      { class: 'stream', 'data-testid': 'stream-card', 'data-stream': id },
      el('div', { class: 'stream-head' }, heading, parts.status),
      parts.parties,
      el('div', { class: 'stream-claim' }, el('span', { class: 'small muted', text: 'claimable' }), parts.claimable, parts.rate),
      el('div', { class: 'bar', 'aria-hidden': 'true' }, parts.paid, parts.due),
      parts.totals,
      parts.end,
      el('div', { class: 'stream-commands' }, parts.amount, ...buttons.values()),
    );
    const card = { root, heading, ...parts, buttons };
    return card;
  }
}

/**
 * @param {Card} card
 * @param {StreamState} stream
 */
function show(card, stream) {
  setText(card.status, stream.status);
  card.status.dataset.status = stream.status;
  card.root.dataset.status = stream.status;
  card.root.dataset.version = String(stream.version);
  setText(card.parties, parties(stream, shortKey));
  card.parties.title = `${parties(stream)}, token ${stream.tokenAddress ?? '?'}`;
  setText(card.rate, stream.status === 'ACTIVE' ? `+${groupDigits(stream.ratePerSecond)}/s` : '');
  setText(
    card.totals,
    `${groupDigits(stream.withdrawnAmount)} paid of ${groupDigits(stream.depositedAmount)}`,
  );
  for (const [name, , statuses] of COMMANDS) {
    const foreign = stream.origin === 'chain';
    const button = /** @type {HTMLButtonElement} */ (card.buttons.get(name));
    button.disabled = foreign || !statuses.includes(stream.status);
    button.title = foreign ? 'A stream from the chain changes only there' : '';
  }
  card.amount.disabled = stream.status !== 'ACTIVE' && stream.status !== 'PAUSED';
}

/**
 * @param {Card} card
 * @param {StreamState} stream
 */
function tickCard(card, stream) {
  const now = serverSeconds();
  const due = claimable(stream, now);
  setText(card.claimable, due === null ? 'unknown' : groupDigits(due));
  const paid = share(stream.withdrawnAmount, stream.depositedAmount);
  card.paid.style.width = `${(paid * 100).toFixed(2)}%`;
  card.due.style.width = `${(share(due ?? 0n, stream.depositedAmount) * 100).toFixed(2)}%`;
  setText(card.end, endText(stream, now));
}

/**
 * @param {StreamState} stream
 * @param {number} now Unix seconds
 */
function endText(stream, now) {
  if (stream.status === 'PAUSED') {
    return 'paused: no end while it rests';
  }
  if (stream.status !== 'ACTIVE') {
    const refund = BigInt(stream.depositedAmount) - BigInt(stream.withdrawnAmount);
    return stream.status === 'CANCELLED' ? `refunded ${groupDigits(refund)}` : 'fully paid';
  }
  const rate = BigInt(stream.ratePerSecond);
  const duration = (BigInt(stream.depositedAmount) + rate - 1n) / rate;
  const end = duration + BigInt(stream.startTime) + BigInt(stream.totalPausedDuration ?? 0);
  if (stream.startTime > now) {
    return `starts in ${stream.startTime - now} s`;
  }
  const left = end - BigInt(now);
  if (left <= 0n) {
    return 'fully streamed';
  }
  // Beyond what a Date can hold (8.64e12 s), a far end is only a count of seconds.
  return left < 86400n * 36500n
    ? `runs until ${when.format(Number(end) * 1000)}`
    : `runs for another ${groupDigits(left)} s`;
}
