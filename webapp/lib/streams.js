// @ts-check
// The state of streams, from snapshots and events.
import { claimable } from './claimable.js';

/**
 * The state of a stream, as the server writes it. Times are Unix seconds.
 *
 * @typedef {object} StreamState
 * @property {string} streamId
 * @property {string} sender
 * @property {string} recipient
 * @property {string} [tokenAddress]
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
 */

/**
 * When the deposit is used up; null while the stream is paused.
 *
 * @param {StreamState} stream
 */
function endTime({ status, depositedAmount, ratePerSecond, startTime, totalPausedDuration }) {
  if (status === 'PAUSED') {
    return null;
  }
  const rate = BigInt(ratePerSecond);
  const seconds = (BigInt(depositedAmount) + rate - 1n) / rate;
  return Math.min(Number.MAX_SAFE_INTEGER, startTime + (totalPausedDuration ?? 0) + Number(seconds));
}

/**
 * The stream that this `stream.created` describes.
 *
 * @param {any} event
 * @returns {StreamState}
 */
export function createdBy({ timestamp, reference, transactionHash, ledger, eventIndex, ...terms }) {
  const stream = {
    ...terms,
    status: 'ACTIVE',
    withdrawnAmount: '0',
    pausedAt: null,
    totalPausedDuration: 0,
    lastUpdateTime: timestamp,
  };
  return { ...stream, endTime: endTime(stream) };
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
  if (type === 'stream.topped_up') {
    next.depositedAmount = event.newDepositedAmount;
  } else if (type === 'stream.withdrawn') {
    next.withdrawnAmount = event.withdrawnAmount;
  } else if (type === 'stream.paused') {
    next.status = 'PAUSED';
    next.pausedAt = event.pausedAt;
  } else if (type === 'stream.resumed') {
    // A pause before the start delays nothing.
    const from = Math.max(stream.pausedAt ?? event.timestamp, stream.startTime);
    next.totalPausedDuration = (stream.totalPausedDuration ?? 0) + Math.max(0, event.timestamp - from);
    next.pausedAt = null;
    next.status = 'ACTIVE';
  } else if (type === 'stream.cancelled') {
    next.status = 'CANCELLED';
    next.pausedAt = null;
    next.withdrawnAmount = event.amountWithdrawn;
  } else if (type === 'stream.completed') {
    next.status = 'COMPLETED';
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
