// @ts-check
// How long to wait before another try.

const FIRST_MS = 1000;
const MAX_MS = 30_000;

/** A timer that is told to wait longer rings at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Backoff {
  #tries = 0;

  /** It worked: the next time begins with the shortest wait. */
  reset() {
    this.#tries = 0;
  }

  /**
   * Milliseconds to wait, longer each time. Jittered, so that the clients of a restarted server do not come back all at
   * once.
   *
   * @param {number|null} retryAfter seconds that the server asks for: it is not less, unless that is more than 24 days
   */
  next(retryAfter) {
    const wait = Math.min(MAX_MS, FIRST_MS * 2 ** this.#tries++);
    return Math.min(LONGEST_TIMER_MS, (retryAfter ?? 0) * 1000 + wait * (0.5 + Math.random() / 2));
  }
}
