// @ts-check
// The page's own commands: create, change, burst. Each has a reference that identifies its event.
import { postJson, serverSeconds } from '../shared/api.js';
import { CommandTimes } from './latency.js';

/** @import { StreamState } from '../lib/streams.js' */
/** @import { StreamBook } from '../shared/stream-book.js' */

const MAX_IN_FLIGHT = 3; // a browser opens six connections to a host over HTTP/1.1; the feed and the wire view hold two

/** @typedef {Record<string, string|number>} Fields the sent values, with the names of the API */

/**
 * The progress of a burst; `failed` is the first error.
 *
 * @typedef {{stopped: boolean, done: number, failed: unknown, count: number}} Run
 */

export class Commands {
  #times;
  #book;
  /** @type {Run|null} */
  #burst = null;

  /**
   * @param {CommandTimes} times
   * @param {StreamBook} book
   */
  constructor(times, book) {
    this.#times = times;
    this.#book = book;
  }

  /**
   * @param {string} path
   * @param {Fields} body
   * @param {string} prefix of a generated reference
   * @param {string} [idempotencyKey]
   * @returns {Promise<{stream: StreamState, reference: string, elapsed: number}>}
   */
  async #send(path, body, prefix, idempotencyKey) {
    const reference = String(body.reference || CommandTimes.newReference(prefix));
    this.#times.sent(reference);
    const sentAt = performance.now();
    try {
      const stream = await postJson(path, { ...body, reference }, idempotencyKey);
      this.#book.know(stream);
      return { stream, reference, elapsed: performance.now() - sentAt };
    } catch (problem) {
      this.#times.forget(reference);
      throw problem;
    }
  }

  /**
   * @param {Fields} fields
   * @param {string} [idempotencyKey]
   */
  create(fields, idempotencyKey) {
    return this.#send('v1/streams', fields, 'web', idempotencyKey);
  }

  /**
   * An empty amount means the amount of a minute, or everything.
   *
   * @param {StreamState} stream
   * @param {string} name top-up, withdraw, pause, resume or cancel
   * @param {string} amount
   */
  change(stream, name, amount) {
    /** @type {Fields} */
    const body = {};
    if (name === 'top-up') {
      body.amount = amount || String(BigInt(stream.ratePerSecond) * 60n);
    } else if (name === 'withdraw' && amount) {
      body.amount = amount;
    }
    return this.#send(`v1/streams/${encodeURIComponent(stream.streamId)}/${name}`, body, 'web');
  }

  get bursting() {
    return this.#burst !== null;
  }

  stopBurst() {
    if (this.#burst) {
      this.#burst.stopped = true;
    }
  }

  /**
   * Creates `count` streams at `rate` a second. If the server is slower it falls behind and does not queue; stops at
   * the first error.
   *
   * @param {Fields} fields
   * @param {number} count
   * @param {number} rate
   * @param {(run: Run) => void} progress called now and then
   */
  async burst(fields, count, rate, progress) {
    /** @type {Run} */
    const run = { stopped: false, done: 0, failed: null, count };
    this.#burst = run;
    const startedAt = performance.now();
    /** @type {Fields} */
    const template = { ...fields, startTime: fields.startTime ?? serverSeconds() };
    delete template.streamId;
    delete template.reference;
    /** @type {Set<Promise<unknown>>} */
    const sending = new Set();
    for (let i = 0; i < count && !run.stopped && !run.failed; i++) {
      const due = startedAt + (i * 1000) / rate - performance.now();
      if (due > 1) {
        await new Promise((resolve) => setTimeout(resolve, due));
      }
      while (sending.size >= MAX_IN_FLIGHT) {
        await Promise.race(sending);
      }
      /** @type {Promise<unknown>} */
      const one = this.#send('v1/streams', template, 'burst')
        .then(() => {
          run.done++;
          progress(run);
        })
        .catch((problem) => {
          run.failed ??= problem;
        })
        .finally(() => sending.delete(one));
      sending.add(one);
    }
    await Promise.all(sending);
    this.#burst = null;
    return { ...run, seconds: (performance.now() - startedAt) / 1000 };
  }
}
