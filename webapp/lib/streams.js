// @ts-check
// The state of streams, from snapshots and events.
import { claimable } from './claimable.js';

/**
 * The state of a stream, as the server writes it. Times are Unix seconds.
 *
 * @typedef {object} StreamState
 * @property {string} streamId
 * @property {string|null} sender null, like the next two, while the chain has not told it
 * @property {string|null} recipient
 * @property {string|null} [tokenAddress]
 * @property {string} status ACTIVE, PAUSED, CANCELLED or COMPLETED
 * @property {string} ratePerSecond
 * @property {string} depositedAmount
 * @property {string} withdrawnAmount
 * @property {number} startTime
 * @property {number|null} [endTime]
 * @property {number|null} [pausedAt]
 * @property {number} [totalPausedDuration]
 * @property {number} [lastUpdateTime]
 * @property {number} version
 * @property {string} [origin] api or chain
 * @property {number} [accruesFrom] of the chain: since when the rate counts
 * @property {boolean} [modelled] of the chain: whether amounts can be computed
 * @property {boolean} [verified] of the chain: whether all that happened is known
 */

/**
 * When the deposit is used up; null while the stream is paused or not modelled.
 *
 * @param {StreamState} stream
 */
function endTime(stream) {
  const { status, depositedAmount, ratePerSecond, startTime, totalPausedDuration, accruesFrom } = stream;
  if (status === 'PAUSED' || stream.modelled === false) {
    return null;
  }
  const rate = BigInt(ratePerSecond);
  const left = BigInt(depositedAmount) - (accruesFrom === undefined ? 0n : BigInt(stream.withdrawnAmount));
  const seconds = left <= 0n ? 0n : (left + rate - 1n) / rate;
  const from = accruesFrom ?? startTime + (totalPausedDuration ?? 0);
  return Math.min(Number.MAX_SAFE_INTEGER, from + Number(seconds));
}

/** @param {any} stream of the chain: whether it is a plain drip, as far as known */
const isModelled = ({ modelled, tokenAddress, ratePerSecond, depositedAmount }) =>
  modelled !== false && tokenAddress != null && ratePerSecond !== '0' && depositedAmount !== '0';

/**
 * The stream that this `stream.created` describes.
 *
 * @param {any} event
 * @returns {StreamState}
 */
export function createdBy({
  timestamp,
  reference,
  transactionHash,
  ledger,
  transactionIndex,
  operationIndex,
  eventIndex,
  state,
  ...terms
}) {
  const stream = {
    ...terms,
    status: 'ACTIVE',
    withdrawnAmount: '0',
    pausedAt: null,
    totalPausedDuration: 0,
    lastUpdateTime: timestamp,
  };
  if (terms.origin === 'chain') {
    Object.assign(stream, { accruesFrom: terms.startTime, modelled: isModelled(terms), verified: true });
    told(stream, state);
  }
  return { ...stream, endTime: endTime(stream) };
}

/**
 * The whole state, where an event of the chain tells it.
 *
 * @param {any} stream
 * @param {any} state
 */
function told(stream, state) {
  if (state !== undefined) {
    const { asOfLedger, ...all } = state;
    Object.assign(stream, all);
  }
}

/**
 * The stream after this event, which must be its next one.
 *
 * @param {StreamState} stream
 * @param {string} type
 * @param {any} event
 * @returns {StreamState}
 */
export function after(stream, type, event) {
  const next = { ...stream, version: event.version, lastUpdateTime: event.timestamp };
  const onChain = event.origin === 'chain';
  if (type === 'stream.topped_up') {
    next.depositedAmount = event.newDepositedAmount;
  } else if (type === 'stream.withdrawn') {
    next.withdrawnAmount = event.withdrawnAmount;
    if (onChain) {
      next.accruesFrom = event.timestamp;
    }
  } else if (type === 'stream.paused') {
    next.status = 'PAUSED';
    next.pausedAt = event.pausedAt;
  } else if (type === 'stream.resumed') {
    // A pause before the start delays nothing, but on chain.
    const begun = stream.pausedAt ?? event.timestamp;
    const pause = Math.max(0, event.timestamp - (onChain ? begun : Math.max(begun, stream.startTime)));
    next.totalPausedDuration = (stream.totalPausedDuration ?? 0) + pause;
    if (onChain) {
      next.accruesFrom = (stream.accruesFrom ?? stream.startTime) + pause;
    }
    next.pausedAt = null;
    next.status = 'ACTIVE';
  } else if (type === 'stream.cancelled') {
    next.status = 'CANCELLED';
    next.pausedAt = null;
    next.withdrawnAmount = event.amountWithdrawn;
  } else if (type === 'stream.completed') {
    next.status = 'COMPLETED';
  } else if (type === 'stream.rate_modified') {
    next.ratePerSecond = event.newRatePerSecond;
    next.accruesFrom = event.accruesFrom;
  } else if (type === 'stream.changed') {
    next.modelled = false;
  }
  if (onChain) {
    next.modelled = isModelled(next);
    next.sender = event.sender;
    next.recipient = event.recipient;
    told(next, event.state);
  }
  next.endTime = endTime(next);
  return next;
}

/** Streams kept current by their events. The one that changed last is the last. */
export class Streams {
  /** @type {Map<string, StreamState>} what is known for certain */
  known = new Map();

  /** @type {Map<string, StreamState>|null} a snapshot that has not ended */
  #coming = null;

  #most;
  #made;

  /**
   * @param {number} most more are not kept: the one whose change is the longest ago is dropped
   * @param {(stream: StreamState) => StreamState} [made] called with every new state
   */
  constructor(most, made = (stream) => stream) {
    this.#most = most;
    this.#made = made;
  }

  /** Whether `known` began with a whole snapshot, so that nothing is missing. */
  complete = false;

  /**
   * What a connection tells.
   *
   * @param {string} word
   * @param {any} detail
   * @returns {string|null|undefined} the stream that has changed in `known`; null: all of them; undefined: none
   */
  take(word, detail) {
    if (word === 'event') {
      return this.#apply(detail.type, detail.data) ? detail.data.streamId : undefined;
    }
    if (word === 'connected' && detail.position === null) {
      // A snapshot begins: what is known stays until it is complete.
      this.#coming = new Map();
    } else if (word === 'reset' || (word === 'snapshot' && this.#coming !== null)) {
      this.complete = word !== 'reset';
      this.known = (this.complete && this.#coming) || new Map();
      this.#coming = null;
      return null;
    }
    return undefined;
  }

  /**
   * @param {string} type
   * @param {any} event its payload
   * @returns {boolean} whether it changed what is known
   */
  #apply(type, event) {
    const id = event?.streamId;
    if (id === undefined) {
      return false;
    }
    const streams = this.#coming ?? this.known;
    const before = streams.get(id);
    let next;
    if (type === 'stream.snapshot') {
      const { claimableAmount, ...state } = event;
      next = state;
    } else if (type === 'stream.created') {
      next = createdBy(event);
    } else if (type === 'stream.corrected' && event.replaced) {
      next = undefined; // it never was; what the chain has follows, for those whose it is
    } else if (event.origin === 'chain' && event.state !== undefined) {
      const { streamId, sender, recipient, origin } = event;
      next = after(before ?? /** @type {any} */ ({ streamId, sender, recipient, origin }), type, event);
    } else if (before !== undefined && event.version === before.version + 1) {
      next = after(before, type, event);
    }
    if (before !== undefined && event.version <= before.version) {
      return false;
    }
    streams.delete(id);
    // Without its next event a state is not known any more, and a wrong amount is worse than none.
    if (next !== undefined) {
      streams.set(id, this.#made(next));
      if (streams.size > this.#most) {
        streams.delete(/** @type {string} */ (streams.keys().next().value));
      }
    }
    return this.#coming === null && (next !== undefined || before !== undefined);
  }
}

/**
 * Streams that know what could be withdrawn from them at any moment.
 *
 * @param {number|undefined} most
 * @param {() => number} now in Unix seconds
 */
export function liveStreams(most = 10_000, now) {
  const live = Object.create(Object.prototype, {
    claimable: {
      /** @this {StreamState} */
      get() {
        return claimable(this, now());
      },
    },
  });
  return new Streams(most, (stream) => Object.assign(Object.create(live), stream));
}
