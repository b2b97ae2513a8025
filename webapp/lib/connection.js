// @ts-check
// One subscription that recovers from everything that passes: the engine of a client, in a page, a worker or Node.
import { Backoff } from './backoff.js';
import { subscribeQuery } from './filters.js';
import { ProblemError, dateIn, problemOf } from './problem.js';
import { SseParser } from './sse-parser.js';

/** @import { Filters } from './filters.js' */
/** @import { Block } from './sse-parser.js' */

/** The server sends something at least every few seconds, so after this much silence the connection is dead. */
export const SILENCE_MS = 45_000;

/** @param {any} hello of a server that may be asked to send heartbeats seldom */
export const silenceAfter = (hello) => Math.max(SILENCE_MS, 3000 * hello.heartbeat || 0);

/** Longer than the time between heartbeats: after such a silence a connection is reopened if there is a reason. */
const DOUBTFUL_MS = 15_000;

const LOOK_MS = 5000;

/** A server that stops comes back after some seconds. For an EventSource, which does not show its `retry:`. */
const SHUTDOWN_MS = 8000;

/**
 * Whose connection it is. `account` undefined: whoever the server says; null: nobody.
 *
 * @typedef {{token?: string|null, ticket?: string|null, account?: string|null}} Who
 */

/**
 * @typedef {object} Manner
 * @property {string} base the server's address, ends with a slash
 * @property {boolean} [eventSource] whether to use the browser's own EventSource
 * @property {RequestCredentials} [credentials] of fetch
 * @property {number} [maxWait] the longest wait between two tries in ms, unless the server asks for more
 * @property {typeof fetch} [fetch]
 */

/** @typedef {Filters & Manner} Settings what to follow, and how */

/**
 * @typedef {object} Status
 * @property {'closed'|'connecting'|'open'|'reconnecting'} name
 * @property {string} [reason]
 * @property {number|null} [dueAt] when the next try is due, in ms since 1970; null: the browser decides
 * @property {ProblemError} [problem] an error that will not go away by itself
 */

/**
 * Why a connection ended. `wait`: ms until the next try; without it the back-off decides. `final`: do not try again.
 *
 * @typedef {{reason: string, wait?: number, retryAfter?: number|null, renew?: boolean, final?: boolean, problem?: ProblemError}} End
 */

/** @type {End} */
const LOST = { reason: 'connection lost' };

/**
 * An end that will not pass.
 *
 * @param {number} status
 * @param {string} title
 * @param {string} detail
 * @returns {End}
 */
const forGood = (status, title, detail) => ({
  reason: detail,
  final: true,
  problem: new ProblemError(status, { title, detail }),
});

/**
 * Statuses for which a later try may succeed. Also a page of somebody in between, instead of a stream.
 *
 * @param {number} status
 */
const mayPass = (status) => [200, 408, 425, 429].includes(status) || status >= 500;

/**
 * Waits for something only until the signal ends it.
 *
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
const within = (promise, signal) =>
  new Promise((resolve, reject) => {
    // Without a reason in older versions of React Native.
    signal.addEventListener('abort', () => reject(signal.reason ?? LOST));
    promise.then(resolve, reject);
  });

/**
 * Tells, in this order and as things happen:
 *
 * - `status` a Status
 * - `connected` {hello, position, resumed, skew}: resumed is the position that was asked for, or null; skew is the
 *   server's clock less ours, in ms
 * - `event` {type, text, data, id, after}: after is the position before it
 * - `heartbeat` {position, head}, `snapshot` {position}: it is complete, `reconnect` {reason, position}
 * - `reset` {reason, oldest, head, position}: what was known is not true any more; position null: a snapshot follows
 * - `restart` {}: it is for another account now, so it must be stopped
 * - `problem` an Error: something that could not be read
 *
 * Long, because it is one state machine: its transitions must be read together.
 */
export class Connection {
  #settings;
  #tell;
  #who;
  #backoff;

  /** @type {AbortController|null} from start() to stop() */
  #run = null;

  /** @type {AbortController|null} one try: aborted with an End */
  #attempt = null;

  /** @type {(() => void)|null} ends the wait for the next try */
  #wake = null;

  #heardAt = 0;
  #silence = SILENCE_MS;
  #open = false;
  #renewable = false;

  /** @type {number|null} everything up to here was told; null: nothing yet */
  position = null;

  /** @type {string|undefined} of which log that is a position */
  log;

  /** @type {string|null|undefined} whose position it is */
  account;

  /** @type {Promise<void>|null} while it is there, nothing more is read */
  #held = null;

  /** The server's clock less ours, in ms. */
  skew = 0;

  /**
   * @param {Settings} settings
   * @param {(renew: boolean) => Promise<Who>} who asked for every connection; renew: the last token was refused
   * @param {(word: string, detail: any) => void} tell
   */
  constructor(settings, who, tell) {
    this.#settings = settings;
    this.#who = who;
    this.#tell = tell;
    this.#backoff = new Backoff(settings.maxWait ?? 30_000);
  }

  start() {
    this.stop();
    const run = new AbortController();
    this.#run = run;
    this.#loop(run.signal);
  }

  stop() {
    this.#run?.abort();
    this.#run = null;
    this.#attempt?.abort(LOST);
    this.#wake?.();
  }

  /**
   * The network is back, or somebody looks at the page: do not wait, and do not trust a quiet connection.
   *
   * @param {string} reason
   */
  wake(reason) {
    if (this.#wake) {
      this.#backoff.reset();
      this.#wake();
    } else if (Date.now() - this.#heardAt > DOUBTFUL_MS) {
      this.#attempt?.abort({ reason, wait: 0 });
    }
  }

  /**
   * Reads nothing more before this promise is kept.
   *
   * @param {Promise<void>} until
   * @returns {boolean} whether it can: an EventSource cannot wait
   */
  hold(until) {
    const held = Promise.all([this.#held, until]).then(() => {
      if (this.#held === held) {
        this.#held = null;
      }
    });
    this.#held = this.#settings.eventSource ? null : held;
    return this.#held !== null;
  }

  /** @param {AbortSignal} over */
  async #loop(over) {
    let renew = false;
    while (!over.aborted) {
      this.#tell('status', { name: 'connecting' });
      const attempt = new AbortController();
      this.#attempt = attempt;
      this.#silence = SILENCE_MS;
      this.#heard();
      // Reads the clock and does not count: timers stand still while a machine sleeps.
      const watch = setInterval(() => {
        if (Date.now() - this.#heardAt > this.#silence && this.#held === null) {
          attempt.abort({ reason: 'nothing was heard for too long', wait: 0 });
        }
      }, LOOK_MS);
      /** @type {End} */
      let end;
      try {
        end = await within(this.#connect(attempt.signal, renew), attempt.signal);
      } catch (thrown) {
        end = this.#endOf(thrown, renew);
      }
      clearInterval(watch);
      attempt.abort(end);
      if (over.aborted) {
        return;
      }
      renew = end.renew === true;
      if (end.final) {
        this.#run = null;
        this.#tell('status', { name: 'closed', reason: end.reason, problem: end.problem });
        return;
      }
      const wait = end.wait ?? this.#backoff.next(end.retryAfter);
      this.#tell('status', { name: 'reconnecting', reason: end.reason, dueAt: Date.now() + wait });
      if (wait > 0 && !over.aborted) {
        await new Promise((/** @type {(nothing?: undefined) => void} */ resolve) => {
          const timer = setTimeout(resolve, wait);
          this.#wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        this.#wake = null;
      }
    }
  }

  /**
   * @param {any} thrown an End, a ProblemError, or what fetch throws
   * @param {boolean} renewed whether the token was a new one
   * @returns {End}
   */
  #endOf(thrown, renewed) {
    if (!(thrown instanceof Error)) {
      return thrown;
    }
    if (thrown instanceof TypeError || /** @type {any} */ (thrown).status === 0) {
      // fetch has a TypeError for all that can happen to a connection
      return this.#open ? LOST : { reason: 'server not reachable' };
    }
    if (!(thrown instanceof ProblemError)) {
      return { reason: thrown.message };
    }
    const reason = `${thrown.status} ${thrown.title}: ${thrown.message}`;
    if (mayPass(thrown.status)) {
      return { reason, retryAfter: thrown.retryAfter };
    }
    // A token may have ended while it was on its way: the next one decides.
    return thrown.status === 401 && this.#renewable && !renewed
      ? { reason, wait: 0, renew: true }
      : { reason, final: true, problem: thrown };
  }

  #heard() {
    this.#heardAt = Date.now();
  }

  /**
   * @param {AbortSignal} signal
   * @param {boolean} renew
   * @returns {Promise<End>}
   */
  async #connect(signal, renew) {
    this.#open = false;
    // Also if already a ticket for the token is refused.
    this.#renewable = true;
    const settings = this.#settings;
    const source = settings.eventSource && (await import('./event-source.js'));
    const asked = await this.#who(renew).catch((error) => {
      // It may be anything, and a TypeError of somebody else's says nothing of this server.
      throw error instanceof ProblemError ? error : new Error(`${error?.message ?? error}`);
    });
    const who = source ? await source.withTicket(asked, settings) : asked;
    if (signal.aborted) {
      return LOST;
    }
    this.#renewable = (who.token ?? who.ticket) != null;
    const account = who.account === undefined ? this.account : who.account;
    if (this.account !== undefined && this.account !== account) {
      // The position is of the other one. Whoever keeps positions knows where this one is.
      this.#tell('restart', {});
      throw LOST;
    }
    this.account = account;
    // With a position a snapshot comes only if the server cannot go on from there.
    const more = { lastEventId: this.position, account, ticket: who.ticket };
    const url = `${settings.base}v1/events/subscribe?${subscribeQuery(settings, more)}`;
    /** @param {Block} block */
    const take = (block) => {
      if (!signal.aborted) {
        this.#heard();
        this.#block(block);
      }
    };
    // An EventSource does not say why it was refused. The same request does; if it is accepted now, it stays.
    if (!source || (await source.listen(url, settings, who, signal, take, (status) => this.#says(status)))) {
      await this.#read(url, who, signal, take);
    }
    return LOST;
  }

  /**
   * @param {string} url
   * @param {Who} who
   * @param {AbortSignal} signal
   * @param {(block: Block) => void} take
   */
  async #read(url, who, signal, take) {
    const { fetch = globalThis.fetch, credentials } = this.#settings;
    const response = await fetch(url, {
      headers: {
        Accept: 'text/event-stream',
        ...(who.token != null && { Authorization: `Bearer ${who.token}` }),
      },
      cache: 'no-store',
      credentials,
      signal,
    });
    const date = dateIn(response, 'Date');
    if (date) {
      // The header has whole seconds, so a difference below two seconds is ignored.
      const offset = date + 500 - Date.now();
      this.skew = Math.abs(offset) < 2000 ? 0 : offset;
    }
    if (response.status !== 200 || !/^text\/event-stream\b/i.test(response.headers.get('Content-Type') ?? '')) {
      throw await problemOf(response);
    }
    if (!response.body) {
      throw forGood(0, 'No streaming', 'fetch() does not stream bodies');
    }
    this.#says({ name: 'open' });
    const parser = new SseParser(take, (ms) => this.#backoff.expect(ms));
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done || signal.aborted) {
        return;
      }
      this.#heard();
      parser.push(value);
      if (this.#held !== null) {
        await this.#held;
        this.#heard();
      }
    }
  }

  /** @param {Status} status while it is connected */
  #says(status) {
    this.#open ||= status.name === 'open';
    this.#heard();
    this.#tell('status', status);
  }

  /** @param {Block} block */
  #block({ type, text, id: written }) {
    const id = /^\d{1,16}(\.|$)/.test(written ?? '') ? parseInt(/** @type {string} */ (written)) : null;
    const after = this.position;
    const data = text === null ? null : this.#parsed(text);
    if (type === 'reset' && text !== null) {
      // Without an id a snapshot follows: if it is cut off, the next connection must ask for one again.
      this.position = id;
      this.#tell('reset', { ...data, position: id });
      return;
    }
    if (type === 'message' && data?.type === 'connected') {
      this.#greeted(data, id);
      return;
    }
    if (id !== null && id > (after ?? -1)) {
      this.position = id;
    }
    const { position } = this;
    if (type === 'heartbeat' || text === null) {
      this.#tell('heartbeat', { position, head: data?.head });
    } else if (type === 'snapshot_end') {
      this.#tell('snapshot', { position });
    } else if (type === 'reconnect') {
      this.#goodbye(String(data?.reason ?? ''));
    } else if (data !== null && (id === null || after === null || id > after)) {
      this.#tell('event', { type, text, data, id, after });
    }
    // Else it was sent again, by something in between: it was told already.
  }

  /** @param {string} text */
  #parsed(text) {
    try {
      return JSON.parse(text);
    } catch (error) {
      this.#tell('problem', error);
      return null;
    }
  }

  /**
   * @param {any} hello
   * @param {number|null} id
   */
  #greeted(hello, id) {
    this.#silence = silenceAfter(hello);
    const account = hello.account ?? null;
    if (this.account !== undefined && this.account !== account) {
      throw forGood(409, 'Another account', 'this browser is signed in as another account now');
    }
    this.account = account;
    if (this.log !== undefined && hello.log !== this.log) {
      // It has other events at the positions that we know.
      const before = this.log;
      this.log = hello.log;
      this.position = null;
      this.#tell('reset', { reason: 'another_log', before, log: hello.log, position: null });
      // Not at once: two servers with different logs behind one address would keep us busy.
      throw { reason: 'another log' };
    }
    this.log = hello.log;
    this.#backoff.reset();
    const resumed = this.position;
    if (resumed === null) {
      this.position = id;
    }
    this.#tell('connected', { hello, position: this.position, resumed, skew: this.skew });
  }

  /** @param {string} reason */
  #goodbye(reason) {
    const said = `server said: ${reason}`;
    this.#tell('reconnect', { reason, position: this.position });
    // Its end need not be awaited: nothing comes after this word.
    if (reason !== 'token_expired') {
      throw { reason: said, wait: this.#backoff.retry || (reason === 'shutdown' ? SHUTDOWN_MS : undefined) };
    }
    throw this.#renewable
      ? { reason: said, wait: 0, renew: true }
      : forGood(401, 'Signed out', 'the sign-in has ended');
  }
}
