// @ts-check
// What the view of the indexer says about a state, in words.
import { el } from '../shared/dom.js';
import { count, some, span, time } from './parts.js';

/** @import { Fact } from './parts.js' */

/** @typedef {Record<string, any>} Answer as the API describes it */

/**
 * What a reset leads to, said before it is done.
 *
 * @param {number} ledger the next one to read
 * @param {number|null} scanned
 * @param {boolean} acceptGap
 * @param {boolean} needsReset whether it ends a fault: then the log may be wrong about what is read once more
 */
export function consequenceOf(ledger, scanned, acceptGap, needsReset) {
  if (scanned === null || ledger === scanned + 1) {
    return `The chain is read on from ledger ${count(ledger)}. Nothing is left out.`;
  }
  const again = `Ledgers ${count(ledger)} to ${count(scanned)} are read once more.`;
  if (ledger <= scanned && !needsReset) {
    return `${again} Events that are in the log already are left alone; what was missing is added at its end.`;
  }
  const first = ledger <= scanned
    ? `${again} With this fault the log may be wrong about them: what is in it already is left alone, and their history counts as missing.`
    : `Ledgers ${count(scanned + 1)} to ${count(ledger - 1)} (${count(ledger - scanned - 1)}) are left out, and what happened in them is not in the log.`;
  return acceptGap
    ? `${first} Those who follow everything get protocol.history_gap, and every open stream of the chain is unverified until it was reconciled. This cannot be undone.`
    : `${first} The server refuses that unless you accept that history is missing.`;
}

/**
 * What a replay leads to, said before it begins.
 *
 * @param {number} from the first ledger to read
 * @param {number|null} scanned
 */
export function replayConsequence(from, scanned) {
  if (scanned === null || from > scanned) {
    return 'The server refuses that: only ledgers that were read can be read again.';
  }
  const ledgers = scanned - from + 1;
  return `${some(ledgers, 'ledger')}, up to ${count(scanned)}, ${ledgers === 1 ? 'is' : 'are'} read once more. Events that are in the log already are left alone; one that was missing is added at the end of the log, and its subscribers hear it now. Following the chain has precedence, so it may take a while.`;
}

/** @param {number} n */
const were = (n) => (n === 1 ? 'was' : 'were');

/** @param {Answer|null} replay */
export function replayWords(replay) {
  if (replay === null) {
    return '';
  }
  const { fromLedger, atLedger, throughLedger, applied, known, unreadable, running, error } = replay;
  const found = `${some(applied, 'event')} ${were(applied)} missing, ${count(known)} ${were(known)} known${unreadable ? `, ${count(unreadable)} cannot be read` : ''}`;
  const where = running ? `at ledger ${count(atLedger)} of ${count(fromLedger)} to ${count(throughLedger)}` : `of ${count(fromLedger)} to ${count(throughLedger)} has ended`;
  return `The replay ${where}: ${found}.${error ? ` ${error}` : ''}`;
}

/** @param {Answer} state */
export function leadOf(state) {
  if (state.standsStill) {
    return `No ledger was read for ${span(state.standsStillSeconds)}.`;
  }
  const behind = state.lagLedgers ? `, ${some(state.lagLedgers, 'ledger')} behind` : '';
  const changed = state.contractUpgrade?.alarm ? ` The contract's code was changed in ledger ${count(state.contractUpgrade.ledger)}.` : '';
  return state.scannedLedger === null ? '' : `Read up to ledger ${count(state.scannedLedger)}${behind}.${changed}`;
}

/**
 * @param {Answer} state
 * @returns {Fact[]}
 */
export function factsOf(state) {
  return [
    ['Ledger read', state.scannedLedger],
    ['Newest ledger', state.tip],
    ['Behind', state.lagLedgers === null ? null : `${some(state.lagLedgers, 'ledger')}${state.lagSeconds === null ? '' : `, ${span(state.lagSeconds)}`}`],
    ['First known ledger', state.historyFrom],
    ['Until the node forgets', state.margin === null ? null : `${some(state.margin, 'ledger')}${state.marginLow ? ' (low)' : ''}`],
    ['Events a second', state.eventsPerSecond],
    ['Events added', state.applied],
    ['Not modelled', state.unmodelledStreams === null ? null : some(state.unmodelledStreams, 'stream')],
    ['Unverified', state.unverifiedStreams === null ? null : some(state.unverifiedStreams, 'stream')],
    ['Put aside', state.quarantinedEvents === null ? null : some(state.quarantinedEvents, 'event')],
    ['Code changed', state.contractUpgrade ? el('span', { class: 'small' }, `in ledger ${count(state.contractUpgrade.ledger)}`, el('br'), time(state.contractUpgrade.at)) : 'never'],
    ['Last error', state.lastError ? el('span', { class: 'small' }, state.lastError.message, el('br'), time(state.lastError.at)) : 'none'],
  ];
}

/** @param {Answer} source */
export const sourceRow = (source) => [
  el('code', { text: source.url }),
  source.version,
  source.oldestLedger === undefined ? null : `${count(source.oldestLedger)} to ${count(source.latestLedger)}`,
  source.trouble
    ? el('span', {}, el('span', { class: 'pill', 'data-tone': 'warn', text: 'not used' }), el('br'), el('span', { class: 'small wrap', text: source.trouble }))
    : el('span', { class: 'pill', 'data-tone': 'ok', text: 'well' }),
];

/** @param {string} stream */
export const link = (stream) => el('a', { href: `#/streams/${stream}`, text: stream });

/** @param {Answer} drift */
export function driftWords(drift) {
  if (drift.followedBy) {
    return `Node ${drift.followedBy.name ?? drift.followedBy.id} compares, because it follows the chain.`;
  }
  const agree = drift.drifts.length === 0 && drift.compared > 0 ? ' All of them are as they should be.' : '';
  const early = drift.error ? ` It ended early: ${drift.error}` : '';
  if (drift.running) {
    return `A round is under way: ${some(drift.compared, 'open stream')} compared so far.${agree}`;
  }
  if (!drift.ended) {
    return `No round has ended yet; the server begins one by itself.${early}`;
  }
  const later = drift.later ? ` ${some(drift.later, 'stream')} had changed meanwhile, and the next round compares them.` : '';
  return `The last round, ${span((Date.now() - Date.parse(drift.ended)) / 1000)} ago, compared ${some(drift.compared, 'open stream')}.${agree}${later}${early}`;
}
