// @ts-check
// How long to wait before another try.

const FIRST_MS = 1000;
const MAX_MS = 30_000;

/** A timer with a longer delay fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Backoff {
  #tries = 0;

  /** It worked: the next wait is the shortest again. */
  reset() {
    this.#tries = 0;
  }

  /**
   * Milliseconds to wait, longer each time. Jittered, so that the clients of a restarted server do not all return at
   * once.
   *
   * @param {number|null} retryAfter seconds that the server asks for: the minimum, unless it is more than 24 days
   */
  next(retryAfter) {
    const wait = Math.min(MAX_MS, FIRST_MS * 2 ** this.#tries++);
    return Math.min(LONGEST_TIMER_MS, (retryAfter ?? 0) * 1000 + wait * (0.5 + Math.random() / 2));
  }
}
