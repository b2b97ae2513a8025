// @ts-check
// The figures of this node: the latest sample, and those of the last hour. They come over one event stream; nothing
// asks again and again.
import { apiUrl, request } from '../shared/api.js';
import { credentials } from '../shared/credentials.js';
import { Backoff } from '../lib/backoff.js';
import { problemOf } from '../lib/problem.js';
import { SseParser } from '../lib/sse-parser.js';

/** @import { ProblemError } from '../lib/problem.js' */
/** @import { Block } from '../lib/sse-parser.js' */

/** @typedef {Record<string, any>} Sample as `GET /v1/admin/stats` answers */

/** @typedef {(number|null)[]} Column */

/**
 * The last hour: all columns have the same length, and null where nothing is known.
 *
 * @typedef {object} History
 * @property {number[]} time Unix seconds
 * @property {Record<string, Column>} columns by the names of COLUMNS
 * @property {Record<string, Column>} byNode connections of each node of the log
 */

/** @typedef {'connecting'|'live'|'offline'|'refused'} Link */

/** What is kept of each sample, and where a sample has it. @type {Record<string, (sample: Sample) => number|null>} */
export const COLUMNS = {
  all: ({ connections }) => connections.byFilter.all,
  streams: ({ connections }) => connections.byFilter.streams,
  users: ({ connections }) => connections.byFilter.users,
  mixed: ({ connections }) => connections.byFilter.mixed,
  eventsPerSecond: ({ flow }) => flow?.eventsPerSecond ?? null,
  deliveriesPerSecond: ({ flow }) => flow?.deliveriesPerSecond ?? null,
  commitP50Millis: ({ flow }) => flow?.commit.p50Millis ?? null,
  commitP99Millis: ({ flow }) => flow?.commit.p99Millis ?? null,
  deliveryP50Millis: ({ flow }) => flow?.delivery.p50Millis ?? null,
  deliveryP99Millis: ({ flow }) => flow?.delivery.p99Millis ?? null,
  slowestEvents: ({ lag }) => lag.slowestEvents,
  slowClients: ({ lag }) => lag.slowClients,
};

const HOUR_SECONDS = 3600;
const LONGEST_WAIT_MS = 15_000;

/** Samples come every second; without one for so long the connection is dead. */
const SILENCE_MS = 10_000;

/** Dispatches `link` when the state of the connection changes. */
export class Stats extends EventTarget {
  /** @type {Set<(sample: Sample) => void>} */
  #listeners = new Set();

  /** @type {History} */
  #history = { time: [], columns: Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, []])), byNode: {} };

  /** @type {AbortController|null} null: it does not follow */
  #following = null;

  #backoff = new Backoff(LONGEST_WAIT_MS);

  /** The latest sample; null before the first one. @type {Sample|null} */
  latest = null;

  /** The counts of closes and rejections at the beginning of the hour. @type {Sample} */
  anHourAgo = { closes: {}, rejections: {} };

  /** @type {Link} */
  link = 'connecting';

  /** Since when it is so, in ms. */
  since = Date.now();

  /** The last hour. It is changed as samples come. */
  history() {
    return this.#history;
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

  /** Follows the node until `stop`. */
  start() {
    if (this.#following === null) {
      this.#following = new AbortController();
      void this.#follow(this.#following.signal);
    }
  }

  stop() {
    this.#following?.abort();
    this.#following = null;
  }

  /** @param {AbortSignal} signal */
  async #follow(signal) {
    while (!signal.aborted) {
      let wait = null;
      try {
        await this.#read(signal);
      } catch (failure) {
        const { status, retryAfter } = /** @type {Partial<ProblemError>} */ (failure);
        if (status === 401 || status === 403 || status === 409) {
          this.#says('refused');
          credentials.refused();
          return;
        }
        wait = retryAfter ?? null;
      }
      if (!signal.aborted) {
        this.#says('offline');
        await waited(this.#backoff.next(wait), signal);
      }
    }
  }

  /**
   * One connection; resolves or rejects when it ends.
   *
   * @param {AbortSignal} stopped
   */
  async #read(stopped) {
    const quiet = new AbortController();
    const signal = AbortSignal.any([stopped, quiet.signal]);
    let timer = setTimeout(() => quiet.abort(), SILENCE_MS);
    try {
      // Each time: the node may be another one, or have worked on while this page heard nothing.
      this.#begin(await request('v1/admin/stats/history', { signal }));
      const answer = await fetch(apiUrl('v1/admin/stats/stream'), {
        headers: { ...credentials.headers, Accept: 'text/event-stream' },
        cache: 'no-store',
        signal,
      });
      if (!answer.ok || !answer.body) {
        throw await problemOf(answer);
      }
      const parser = new SseParser(
        (block) => this.#take(block),
        () => {}, // an operator waits less long than a thousand clients that come back after a restart
      );
      const reader = answer.body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => quiet.abort(), SILENCE_MS);
        parser.push(part.value);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {Block} block */
  #take({ type, text }) {
    if (type !== 'stats' || text === null) {
      return;
    }
    const sample = JSON.parse(text);
    this.latest = sample;
    this.#append(sample);
    this.#backoff.reset();
    this.#says('live');
    for (const listener of this.#listeners) {
      listener(sample);
    }
  }

  /**
   * The node's hour. What this page has seen before it, of a node that was restarted, stays, with a gap between.
   *
   * @param {Sample} hour
   */
  #begin(hour) {
    const first = hour.time[0] ?? Date.now() / 1000;
    const { time, columns, byNode } = this.#history;
    const before = time.findIndex((at) => at >= first);
    const kept = before < 0 ? time.length : before;
    /** @param {Column} column @param {Column} more */
    const joined = (column, more) => [...column.slice(0, kept), ...(kept > 0 ? [null] : []), ...more];
    const own = { ...hour, ...hour.connections };
    /** @type {number[]} */
    const none = hour.time.map(() => null);
    // a node that is yet to be upgraded does not say it
    const hourByNode = hour.byNode ?? {};
    const nodes = new Set([...Object.keys(byNode), ...Object.keys(hourByNode)]);
    /** @type {Column} */
    const unknown = time.map(() => null);
    this.#history = {
      time: [...time.slice(0, kept), ...(kept > 0 ? [time[kept - 1] + 0.001] : []), ...hour.time],
      columns: Object.fromEntries(
        Object.entries(columns).map(([name, column]) => [name, joined(column, own[name] ?? none)]),
      ),
      byNode: Object.fromEntries(
        [...nodes].map((name) => [name, joined(byNode[name] ?? unknown, hourByNode[name] ?? none)]),
      ),
    };
    this.anHourAgo = hour;
    this.#forget();
  }

  /** @param {Sample} sample */
  #append(sample) {
    const at = Date.parse(sample.time) / 1000;
    const { time, columns, byNode } = this.#history;
    if (time.length > 0 && at <= time[time.length - 1]) {
      return; // the history had it already, or the node's clock was set back
    }
    time.push(at);
    for (const [name, of] of Object.entries(COLUMNS)) {
      columns[name].push(of(sample));
    }
    const now = sample.connections.byNode ?? {};
    for (const name of new Set([...Object.keys(byNode), ...Object.keys(now)])) {
      byNode[name] ??= Array(time.length - 1).fill(null);
      byNode[name].push(now[name] ?? null);
    }
    this.#forget();
  }

  #forget() {
    const { time, columns, byNode } = this.#history;
    const oldest = (time.at(-1) ?? 0) - HOUR_SECONDS;
    const old = time.findIndex((at) => at >= oldest);
    if (old > 0) {
      time.splice(0, old);
      [...Object.values(columns), ...Object.values(byNode)].forEach((column) => column.splice(0, old));
      for (const [name, column] of Object.entries(byNode)) {
        if (column.every((value) => value === null)) {
          delete byNode[name];
        }
      }
    }
  }

  /** @param {Link} link */
  #says(link) {
    if (this.link !== link) {
      this.link = link;
      this.since = Date.now();
      this.dispatchEvent(new Event('link'));
    }
  }
}

/**
 * Resolves after a time, when the network is back, or when it is no longer wanted.
 *
 * @param {number} ms
 * @param {AbortSignal} signal
 */
function waited(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve(undefined);
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
