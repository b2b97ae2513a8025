// @ts-check
// How long to wait before another try.

const FIRST_MS = 1000;
const MAX_MS = 30_000;

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
   * @param {number|null} retryAfter seconds that the server asks for: it is never less
   */
  next(retryAfter) {
    const wait = Math.min(MAX_MS, FIRST_MS * 2 ** this.#tries++);
    return (retryAfter ?? 0) * 1000 + wait * (0.5 + Math.random() / 2);
  }
}
