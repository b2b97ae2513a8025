// @ts-check
// Positions in a storage, so that a page that is loaded again, or a service that is started again, resumes.

/** @typedef {{getItem(key: string): string|null, setItem(key: string, value: string): void, removeItem(key: string): void}} Store */

export class Places {
  #store;
  #problem;
  #last = '';

  /**
   * @param {Store} store
   * @param {(error: unknown) => void} problem called when it cannot be read or written
   */
  constructor(store, problem) {
    this.#store = store;
    this.#problem = problem;
  }

  /**
   * @param {string} key
   * @returns {{log?: string, position?: number}}
   */
  find(key) {
    try {
      return JSON.parse(this.#store.getItem(key) ?? '{}');
    } catch (error) {
      this.#problem(error);
      return {};
    }
  }

  /**
   * @param {string} key
   * @param {string|undefined} log
   * @param {number|null} position null: none
   * @param {boolean} anew whether it may go back; else another tab may be ahead
   */
  keep(key, log, position, anew) {
    const place = JSON.stringify({ log, position });
    if (place === this.#last) {
      return;
    }
    this.#last = place;
    try {
      const other = this.find(key);
      if (position === null) {
        this.#store.removeItem(key);
      } else if (anew || other.log !== log || !((other.position ?? 0) >= position)) {
        this.#store.setItem(key, place);
      }
    } catch (error) {
      this.#problem(error);
    }
  }
}
