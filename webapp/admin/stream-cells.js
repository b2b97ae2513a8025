// @ts-check
// How a stream looks in the console: in the columns of the table, and when it is opened.
import { claimable, groupDigits, share, shortKey } from '../shared/amounts.js';
import { serverSeconds } from '../shared/api.js';
import { el, setText } from '../shared/dom.js';
import { briefTime, time } from './parts.js';

/** @import { StreamState } from '../lib/streams.js' */
/** @import { Fact } from './parts.js' */

/** @param {StreamState} stream */
export const status = (stream) => showStatusOf(el('span', { class: 'badge' }), stream);

/**
 * @param {HTMLElement} badge
 * @param {StreamState} stream
 */
export function showStatusOf(badge, stream) {
  badge.dataset.status = stream.status;
  setText(badge, stream.status.toLowerCase());
  return badge;
}

/**
 * What was paid and what is claimable, as parts of the deposit.
 *
 * @param {HTMLElement} place
 * @param {StreamState} stream
 */
export function drawBar(place, stream) {
  const due = claimable(stream, serverSeconds());
  const paid = share(stream.withdrawnAmount, stream.depositedAmount);
  const owed = due === null ? 0 : share(due, stream.depositedAmount);
  let bar = place.firstElementChild;
  if (bar === null) {
    bar = el('span', { class: 'progress', role: 'img' }, el('span', { class: 'paid' }), el('span', { class: 'due' }));
    place.append(bar);
  }
  const [one, other] = /** @type {HTMLElement[]} */ ([...bar.children]);
  one.style.width = `${(paid * 100).toFixed(2)}%`;
  other.style.width = `${(owed * 100).toFixed(2)}%`;
  bar.setAttribute('aria-label', `${Math.round(paid * 100)} % paid, ${Math.round(owed * 100)} % claimable`);
}

/** @param {StreamState} stream */
const claim = (stream) => claimable(stream, serverSeconds());

/** @param {string|null|undefined} address */
const key = (address) => (address ? shortKey(address) : 'not known');

/** @typedef {{name: string, label: string, width: number, numeric?: boolean, value: (stream: StreamState) => string|number|bigint|null, text?: (stream: StreamState) => string, fill: (cell: HTMLElement, stream: StreamState) => void}} Ticking */

/** @type {Ticking[]} */
export const TICKING = [
  {
    name: 'progress',
    label: 'Deposit',
    width: 6,
    value: (stream) => share(stream.withdrawnAmount, stream.depositedAmount),
    fill: drawBar,
  },
  {
    name: 'claimable',
    label: 'Claimable now',
    width: 9,
    numeric: true,
    value: claim,
    fill: (cell, stream) => {
      const due = claim(stream);
      setText(cell, due === null ? 'not known' : groupDigits(due));
    },
  },
];

const [PROGRESS, CLAIMABLE] = TICKING;

/** What an administrator has to know of a stream of the chain. @param {StreamState} stream */
const origin = ({ origin: from, modelled, verified }) =>
  from !== 'chain' ? 'API' : verified === false ? 'chain, unverified' : modelled === false ? 'chain, not modelled' : 'chain';

export const COLUMNS = [
  { name: 'id', label: 'Stream', width: 9, value: (/** @type {StreamState} */ stream) => BigInt(stream.streamId), text: (/** @type {StreamState} */ stream) => stream.streamId },
  {
    name: 'status',
    label: 'Status',
    width: 7,
    value: (/** @type {StreamState} */ stream) => stream.status,
    fill: (/** @type {HTMLElement} */ cell, /** @type {StreamState} */ stream) => cell.replaceChildren(status(stream)),
  },
  { name: 'sender', label: 'Sender', width: 7.5, value: (/** @type {StreamState} */ stream) => stream.sender, text: (/** @type {StreamState} */ stream) => key(stream.sender) },
  { name: 'recipient', label: 'Recipient', width: 7.5, value: (/** @type {StreamState} */ stream) => stream.recipient, text: (/** @type {StreamState} */ stream) => key(stream.recipient) },
  PROGRESS,
  CLAIMABLE,
  { name: 'rate', label: 'A second', width: 7.5, numeric: true, value: (/** @type {StreamState} */ stream) => BigInt(stream.ratePerSecond), text: (/** @type {StreamState} */ stream) => groupDigits(stream.ratePerSecond) },
  { name: 'deposited', label: 'Deposited', width: 9, numeric: true, value: (/** @type {StreamState} */ stream) => BigInt(stream.depositedAmount), text: (/** @type {StreamState} */ stream) => groupDigits(stream.depositedAmount) },
  { name: 'origin', label: 'From', width: 5.5, value: origin },
  { name: 'changed', label: 'Last change', width: 9.5, value: (/** @type {StreamState} */ stream) => stream.lastUpdateTime ?? null, text: (/** @type {StreamState} */ stream) => (stream.lastUpdateTime ? briefTime(stream.lastUpdateTime) : '') },
];

/**
 * @param {StreamState} stream
 * @returns {Fact[]}
 */
export function factsOf(stream) {
  const due = claim(stream);
  return [
    ['Claimable now', due === null ? 'not known: not modelled' : groupDigits(due)],
    ['Paid', groupDigits(stream.withdrawnAmount)],
    ['Deposited', groupDigits(stream.depositedAmount)],
    ['A second', groupDigits(stream.ratePerSecond)],
    ['Begins', time(stream.startTime)],
    ['Used up', endOf(stream)],
    ['From', origin(stream)],
  ];
}

/** @param {StreamState} stream */
function endOf({ status: now, endTime }) {
  if (now === 'PAUSED') {
    return 'not while it rests';
  }
  if (now !== 'ACTIVE') {
    return now === 'COMPLETED' ? 'all was paid' : 'it was cancelled';
  }
  return endTime == null ? 'not known' : time(endTime);
}

/** @param {StreamState} stream */
export const partiesOf = (stream) =>
  el(
    'dl',
    { class: 'parties' },
    ...[
      ['Sender', stream.sender],
      ['Recipient', stream.recipient],
      ['Token', stream.tokenAddress],
    ].flatMap(([name, address]) => [el('dt', { text: name }), el('dd', {}, el('code', { text: address ?? 'not known' }))]),
  );
