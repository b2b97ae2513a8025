// @ts-check
// The state of the streams that this page knows, kept current only by their events.
import { after, createdBy } from '../lib/streams.js';
import { getJson } from './api.js';

/** @import { StreamState } from '../lib/streams.js' */

/** Reads at a time: a replay may name thousands of streams. */
const MOST_AT_ONCE = 2;

export class StreamBook {
  /** @type {Map<string, StreamState>} */
  #streams = new Map();

  /** @type {Set<string>} */
  #fetching = new Set();

  /** @type {Set<string>} known streams of which an event was missed */
  #outdated = new Set();

  #most;
  #changed;

  /**
   * @param {number} most more are not kept: the one whose change is the longest ago is dropped
   * @param {(id: string|null) => void} changed called with the stream id after every change, or null when one was
   *     dropped
   */
  constructor(most, changed) {
    this.#most = most;
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
    this.#outdated.clear();
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
      this.know(createdBy(event));
      return;
    }
    const known = this.#streams.get(event.streamId);
    if (known === undefined) {
      void this.#fetch(event.streamId);
    } else if (event.version > known.version + 1) {
      this.#outdated.add(event.streamId);
      void this.#fetch(event.streamId);
    } else if (event.version === known.version + 1) {
      this.#put(after(known, type, event));
    }
  }

  /** @param {StreamState} state */
  #put(state) {
    this.#streams.delete(state.streamId);
    this.#streams.set(state.streamId, state);
    if (this.#streams.size > this.#most) {
      const [oldest] = this.#streams.keys();
      this.#streams.delete(oldest);
    }
    this.#changed(state.streamId);
  }

  /**
   * Reads a stream that was created before this page was opened, or that has changed meanwhile. One that was shown with
   * an old state waits for its turn; one that was not shown is read at its next event.
   *
   * @param {string} id
   */
  async #fetch(id) {
    if (this.#fetching.has(id) || this.#fetching.size >= MOST_AT_ONCE) {
      return;
    }
    this.#fetching.add(id);
    this.#outdated.delete(id);
    try {
      this.know(await getJson(`v1/streams/${encodeURIComponent(id)}`));
    } catch {
      // Not readable now; its next event tries again.
    } finally {
      this.#fetching.delete(id);
    }
    const [next] = this.#outdated;
    if (next !== undefined) {
      void this.#fetch(next);
    }
  }
}
