// @ts-check
// The figures of this node: the latest sample, and those of the last hour.

/** @typedef {Record<string, any>} Sample */

/** @typedef {{live: boolean, since: number}} Link whether samples arrive, and since when it is so, in ms */

export class Stats {
  /** @type {Set<(sample: Sample) => void>} */
  #listeners = new Set();

  /** @type {Sample[]} */
  #samples = [];

  /** The latest sample; null before the first one. */
  get latest() {
    return this.#samples.at(-1) ?? null;
  }

  /** The samples of the last hour, oldest first. */
  history() {
    return this.#samples;
  }

  /**
   * Calls the listener with each new sample; call the returned function to stop.
   *
   * @param {(sample: Sample) => void} listener
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
