// @ts-check
// The state of the streams that this page knows, kept current only by their events.
import { getJson } from '../shared/api.js';

/** @import { StreamState } from '../shared/amounts.js' */

const MAX_STREAMS = 60;

export class StreamBook {
  /** @type {Map<string, StreamState>} */
  #streams = new Map();

  /** @type {Set<string>} */
  #fetching = new Set();

  #changed;

  /** @param {(id: string|null) => void} changed called with the stream id after every change, or null when one was dropped */
  constructor(changed) {
    this.#changed = changed;
  }

  /** @param {string} id */
  get(id) {
    return this.#streams.get(id);
  }

  /** Latest change last. */
  values() {
    return this.#streams.values();
  }

  get size() {
    return this.#streams.size;
  }

  clear() {
    this.#streams.clear();
    this.#changed(null);
  }

  /**
   * Full state: from a snapshot, a command's answer or a read. Older than what is known: ignored.
   *
   * @param {StreamState} state
   */
  know(state) {
    if (typeof state?.streamId !== 'string' || typeof state.ratePerSecond !== 'string') {
      return;
    }
    const known = this.#streams.get(state.streamId);
    if (known === undefined || known.version < state.version) {
      this.#put({ ...state });
    }
  }

  /**
   * @param {string} type
   * @param {any} event its payload
   */
  apply(type, event) {
    if (event.streamId === undefined) {
      return;
    }
    if (type === 'stream.created') {
      this.know({
        ...event,
        status: 'ACTIVE',
        withdrawnAmount: '0',
        pausedAt: null,
        totalPausedDuration: 0,
      });
      return;
    }
    const known = this.#streams.get(event.streamId);
    if (known === undefined || event.version > known.version + 1) {
      this.#fetch(event.streamId);
    } else if (event.version === known.version + 1) {
      this.#put(next(known, type, event));
    }
  }

  /** @param {StreamState} state */
  #put(state) {
    this.#streams.delete(state.streamId);
    this.#streams.set(state.streamId, state);
    if (this.#streams.size > MAX_STREAMS) {
      const [oldest] = this.#streams.keys();
      this.#streams.delete(oldest);
    }
    this.#changed(state.streamId);
  }

  // A stream created before this page was opened. Only a few reads at a time: a replay may name thousands.
  /** @param {string} id */
  async #fetch(id) {
    if (this.#fetching.has(id) || this.#fetching.size >= 2) {
      return;
    }
    this.#fetching.add(id);
    try {
      this.know(await getJson(`v1/streams/${encodeURIComponent(id)}`));
    } catch {
      // Not readable now; its next event tries again.
    } finally {
      this.#fetching.delete(id);
    }
  }
}

/**
 * The stream after this event.
 *
 * @param {StreamState} stream
 * @param {string} type
 * @param {any} event
 */
function next(stream, type, event) {
  const after = { ...stream, version: event.version, lastUpdateTime: event.timestamp };
  switch (type) {
    case 'stream.topped_up':
      after.depositedAmount = event.newDepositedAmount;
      break;
    case 'stream.withdrawn':
      after.withdrawnAmount = event.withdrawnAmount;
      break;
    case 'stream.paused':
      after.status = 'PAUSED';
      after.pausedAt = event.pausedAt;
      break;
    case 'stream.resumed': {
      // A pause before the start delays nothing.
      const from = Math.max(stream.pausedAt ?? event.timestamp, stream.startTime);
      after.totalPausedDuration = (stream.totalPausedDuration ?? 0) + Math.max(0, event.timestamp - from);
      after.pausedAt = null;
      after.status = 'ACTIVE';
      break;
    }
    case 'stream.cancelled':
      after.status = 'CANCELLED';
      after.pausedAt = null;
      after.withdrawnAmount = event.amountWithdrawn;
      break;
    case 'stream.completed':
      after.status = 'COMPLETED';
      break;
    default:
      break;
  }
  return after;
}
