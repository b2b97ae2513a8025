// @ts-check
// One subscription that recovers from everything that passes: the engine of a client, in a page, a worker or Node.
import { Backoff } from './backoff.js';
import { subscribeQuery } from './filters.js';
import { ProblemError, problemOf } from './problem.js';
import { SseParser } from './sse-parser.js';

/** @import { Filters } from './filters.js' */
/** @import { Block } from './sse-parser.js' */

/** The server sends something at least every few seconds, so after this much silence the connection is dead. */
const SILENCE_MS = 45_000;

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
 * @typedef {object} Settings
 * @property {string} base the server's address, ends with a slash
 * @property {Filters} filters
 * @property {boolean} [eventSource] whether to use the browser's own EventSource
 * @property {RequestCredentials} [credentials] of fetch
 * @property {number} [maxWait] the longest wait between two tries in ms, unless the server asks for more
 * @property {typeof fetch} [fetch]
 */

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

/**
 * Statuses for which a later try may succeed. Also a page of somebody in between, instead of a stream.
 *
 * @param {number} status
 */
const mayPass = (status) => status === 200 || status === 408 || status === 425 || status === 429 || status >= 500;

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
    signal.addEventListener('abort', () => reject(signal.reason));
    promise.then(resolve, reject);
  });

/**
 * Tells, in this order and as things happen:
 *
 * - `status` a Status
 * - `connected` {hello, position, resumed}: resumed is the position that was asked for, or null
 * - `event` {type, text, data, id, after}: after is the position before it
 * - `heartbeat` {position, head}, `snapshot_end` {position}, `reconnect` {reason, position}
 * - `reset` {reason, oldest, head, position}: what was known is not true any more; position null: a snapshot follows
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

  /** Ends the wait for the next try. */
  #wake = () => {};

  #waiting = false;
  #heardAt = 0;
  #silence = SILENCE_MS;
  #closing = '';
  #open = false;
  #renewable = false;

  /** @type {number|null} everything up to here was told; null: nothing yet */
  position = null;

  /** @type {string|undefined} of which log that is a position */
  log;

  /** @type {string|null|undefined} whose position it is */
  account;

  /** @type {Promise<void>|null} while it is there, nothing more is read (fetch only) */
  held = null;

  /** The server's clock less ours, in ms. */
  clockOffset = 0;

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

  get running() {
    return this.#run !== null;
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
    this.#attempt?.abort({ reason: 'stopped' });
    this.#wake();
  }

  /**
   * The network is back, or somebody looks at the page: do not wait, and do not trust a quiet connection.
   *
   * @param {string} reason
   */
  wake(reason) {
    if (this.#waiting) {
      this.#backoff.reset();
      this.#wake();
    } else if (Date.now() - this.#heardAt > DOUBTFUL_MS) {
      this.#attempt?.abort({ reason, wait: 0 });
    }
  }

  /** @param {AbortSignal} over */
  async #loop(over) {
    let renew = false;
    while (!over.aborted) {
      this.#tell('status', { name: 'connecting' });
      const attempt = new AbortController();
      this.#attempt = attempt;
      this.#heard();
      // Reads the clock and does not count: timers stand still while a machine sleeps.
      const watch = setInterval(() => {
        if (Date.now() - this.#heardAt > this.#silence && this.held === null) {
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
        await this.#sleep(wait);
      }
    }
  }

  /** @param {number} ms */
  #sleep(ms) {
    this.#waiting = true;
    return new Promise((/** @type {(nothing?: undefined) => void} */ resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).finally(() => {
      this.#waiting = false;
    });
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
    if (!(thrown instanceof ProblemError) || thrown.status === 0) {
      // fetch has a TypeError for all that can happen to a connection
      const lost = this.#open ? 'connection lost' : 'server not reachable';
      return { reason: thrown instanceof TypeError || thrown instanceof ProblemError ? lost : thrown.message };
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
    this.#closing = '';
    this.#open = false;
    // Also if already a ticket for the token is refused.
    this.#renewable = true;
    const { base, filters, eventSource } = this.#settings;
    const who = await this.#who(renew);
    if (signal.aborted) {
      throw signal.reason;
    }
    this.#renewable = who.token != null || who.ticket != null;
    if (who.account !== undefined) {
      this.#becomes(who.account);
    }
    const { position } = this;
    const resumable = position === null ? filters : { ...filters, snapshot: false };
    const more = { lastEventId: position, account: this.account, ticket: who.ticket };
    const url = `${base}v1/events/subscribe?${subscribeQuery(resumable, more)}`;
    /** @param {Block} block */
    const take = (block) => {
      if (signal.aborted) {
        throw signal.reason;
      }
      this.#heard();
      this.#block(block);
    };
    if (eventSource) {
      const { listen } = await import('./event-source.js');
      const hears = {
        take,
        opened: () => this.#opened(),
        // A ticket works once. Without one the browser reconnects as well as we do, and knows the `retry:`.
        lost: () => who.ticket == null && this.#says({ name: 'reconnecting', reason: 'connection lost', dueAt: null }),
      };
      const refused = await listen(url, this.#settings, signal, hears);
      if (!refused) {
        return { reason: 'connection lost' };
      }
      // An EventSource does not say why it was refused. The same request does; if it is accepted now, it stays.
    }
    await this.#read(url, who, signal, take);
    return { reason: 'connection lost' };
  }

  /**
   * A position of one account is not valid for another.
   *
   * @param {string|null} account
   */
  #becomes(account) {
    const before = this.account;
    this.account = account;
    if (before !== undefined && before !== account) {
      this.position = null;
      this.#tell('reset', { reason: 'another_account', before, account, position: null });
    }
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
        ...(who.token == null ? {} : { Authorization: `Bearer ${who.token}` }),
      },
      cache: 'no-store',
      credentials,
      signal,
    });
    this.#noteClock(response);
    if (response.status !== 200 || !/^text\/event-stream\b/i.test(response.headers.get('Content-Type') ?? '')) {
      throw await problemOf(response);
    }
    if (!response.body) {
      const detail = 'this fetch() does not stream bodies';
      throw { reason: detail, final: true, problem: new ProblemError(0, { title: 'No streaming', detail }) };
    }
    this.#opened();
    const parser = new SseParser(take, (ms) => this.#backoff.expect(ms));
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (signal.aborted) {
        throw signal.reason;
      }
      if (done) {
        return;
      }
      this.#heard();
      parser.push(value);
      if (this.held !== null) {
        await this.held;
        this.#heard();
      }
    }
  }

  #opened() {
    this.#open = true;
    this.#says({ name: 'open' });
  }

  /** @param {Status} status */
  #says(status) {
    this.#heard();
    this.#tell('status', status);
    return true;
  }

  /** @param {Response} response */
  #noteClock(response) {
    const date = Date.parse(response.headers.get('Date') ?? '');
    if (date) {
      // The header has whole seconds, so a difference below two seconds is ignored.
      const offset = date + 500 - Date.now();
      this.clockOffset = Math.abs(offset) < 2000 ? 0 : offset;
    }
  }

  /** @param {Block} block */
  #block({ type, text, id: written }) {
    const id = written !== null && /^\d{1,16}$/.test(written) ? Number(written) : null;
    const after = this.position;
    if (type === 'reset' && text !== null) {
      const word = this.#parsed(text) ?? {};
      // Without an id a snapshot follows: if it is cut off, the next connection must ask for one again.
      this.position = id;
      this.#tell('reset', { ...word, position: id });
    } else if (type === 'heartbeat' || text === null) {
      this.#move(id);
      this.#tell('heartbeat', { position: this.position, head: text === null ? undefined : this.#parsed(text)?.head });
    } else if (type === 'snapshot_end') {
      this.#move(id);
      this.#tell('snapshot_end', { position: this.position });
    } else if (type === 'reconnect') {
      this.#move(id);
      this.#goodbye(String(this.#parsed(text)?.reason ?? ''));
    } else {
      const hello = type === 'message' ? this.#parsed(text) : null;
      if (hello?.type === 'connected') {
        this.#greeted(hello, id);
      } else if (id === null || after === null || id > after) {
        this.#move(id);
        const data = hello ?? this.#parsed(text);
        if (data !== null) {
          this.#tell('event', { type, text, data, id, after });
        }
      }
      // Else it was sent again, by something in between: it was told already.
    }
  }

  /** @param {number|null} id */
  #move(id) {
    if (id !== null && (this.position === null || id > this.position)) {
      this.position = id;
    }
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
    this.#silence = Math.max(SILENCE_MS, 3000 * (Number(hello.heartbeat) || 0));
    const account = hello.account ?? null;
    if (this.account !== undefined && this.account !== account) {
      const detail = 'this browser is signed in as another account now';
      throw { reason: detail, final: true, problem: new ProblemError(409, { title: 'Another account', detail }) };
    }
    this.account = account;
    if (this.log !== undefined && hello.log !== this.log) {
      // It has other events at the positions that we know.
      const before = this.log;
      this.log = hello.log;
      this.position = null;
      this.#tell('reset', { reason: 'another_log', before, log: hello.log, position: null });
      // Not at once: two servers with different logs behind one address would keep us busy.
      throw { reason: 'the server has another log' };
    }
    this.log = hello.log;
    this.#closing = '';
    this.#backoff.reset();
    const resumed = this.position;
    if (resumed === null) {
      this.position = id;
    }
    this.#tell('connected', { hello, position: this.position, resumed });
  }

  /** @param {string} reason */
  #goodbye(reason) {
    this.#closing = `server said: ${reason}`;
    this.#tell('reconnect', { reason, position: this.position });
    // Its end need not be awaited: nothing comes after this word.
    if (reason !== 'token_expired') {
      throw { reason: this.#closing, wait: this.#backoff.told() ?? (reason === 'shutdown' ? SHUTDOWN_MS : undefined) };
    }
    const detail = 'the sign-in has ended';
    throw this.#renewable
      ? { reason: this.#closing, wait: 0, renew: true }
      : { reason: detail, final: true, problem: new ProblemError(401, { title: 'Signed out', detail }) };
  }
}
