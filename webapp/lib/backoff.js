// @ts-check
// How long to wait before another try.

const FIRST_MS = 1000;

/** A timer with a longer delay fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Backoff {
  #tries = 0;
  #longest;

  /** What the server said in `retry:`, in ms; 0: nothing. It is different for every connection already. */
  retry = 0;

  /** @param {number} longest in ms, unless the server asks for more */
  constructor(longest) {
    this.#longest = longest;
  }

  /** It worked: the next wait is the shortest again. */
  reset() {
    this.#tries = 0;
  }

  /** @param {number} ms */
  expect(ms) {
    this.retry = Math.min(ms, this.#longest);
  }

  /**
   * Milliseconds to wait, longer each time. Jittered, so that the clients of a restarted server do not all return at
   * once.
   *
   * @param {number|null} [retryAfter] seconds that the server asks for: the minimum, unless it is more than 24 days
   */
  next(retryAfter = null) {
    const wait = Math.min(this.#longest, (this.retry || FIRST_MS) * 2 ** this.#tries++);
    const jittered = Math.max(this.retry, wait * (0.5 + Math.random() / 2));
    return Math.min(LONGEST_TIMER_MS, retryAfter === null ? jittered : retryAfter * 1000 * (1 + Math.random() / 4));
  }
}
