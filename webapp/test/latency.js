// @ts-check
// From just before a command's POST leaves to its answer, and to its event's arrival: one clock, the page's.

const KEPT = 500;

export class CommandTimes {
  /** @type {Map<string, {sentAt: number, seen: boolean}>} */
  #waiting = new Map();

  /** @type {number[]} */
  #samples = [];

  #next = 0;

  /** A unique reference, for commands without one. */
  static newReference(prefix = 'web') {
    const bytes = crypto.getRandomValues(new Uint8Array(5));
    return `${prefix}-${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}`;
  }

  /** @param {string} reference */
  sent(reference) {
    this.#waiting.set(reference, { sentAt: performance.now(), seen: false });
    if (this.#waiting.size > 2000) {
      const [oldest] = this.#waiting.keys();
      this.#waiting.delete(oldest);
    }
  }

  /** @param {string} reference */
  forget(reference) {
    this.#waiting.delete(reference);
  }

  /**
   * Milliseconds since this page sent the event's command, or null if it did not.
   *
   * @param {string|undefined} reference
   * @param {number} at by the page's clock, `performance.now()`
   * @param {boolean} replayed the event waited in the log while the page was away: that time is no latency
   */
  arrived(reference, at, replayed) {
    const own = reference === undefined ? undefined : this.#waiting.get(reference);
    if (reference === undefined || own === undefined) {
      return null;
    }
    if (replayed) {
      this.#waiting.delete(reference);
      return null;
    }
    const elapsed = at - own.sentAt;
    // A withdrawal that drains a stream has two events; it counts once.
    if (!own.seen) {
      own.seen = true;
      this.#samples[this.#next] = elapsed;
      this.#next = (this.#next + 1) % KEPT;
    }
    return elapsed;
  }

  /**
   * The q-quantile of the latest samples in ms, or null.
   *
   * @param {number} q
   */
  quantile(q) {
    if (this.#samples.length === 0) {
      return null;
    }
    const sorted = [...this.#samples].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
  }

  get count() {
    return this.#samples.length;
  }

  clear() {
    this.#samples = [];
    this.#next = 0;
  }
}

/** @param {number|null} ms */
export const asMillis = (ms) => (ms === null ? '–' : ms < 100 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);
