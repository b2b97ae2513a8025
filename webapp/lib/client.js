// @ts-check
// The client. What it offers, with all types: flowfi-events.d.ts.
import { claimable } from './claimable.js';
import { Connection } from './connection.js';
import { subscribeQuery } from './filters.js';
import { problemOf } from './problem.js';

/** @import { Settings, Status, Who } from './connection.js' */
/** @import { Places } from './places.js' */
/** @import { StreamState, Streams } from './streams.js' */
/** @import { Link } from './tabs.js' */

/** So many events may wait for a reader; then the connection waits, too. */
const MOST_WAITING = 1000;

/** @typedef {{queue: any[], wake: () => void, drained: () => void, done: number|null, idle: boolean}} Reader */
/** @typedef {(nothing?: undefined) => void} Resolve */

/** @param {unknown} error of a listener: it is the page's, and must not end the connection */
const report = (error) =>
  globalThis.reportError ? globalThis.reportError(error) : setTimeout(() => { throw error; });

/**
 * @param {any} value or a function that gives it
 * @param {boolean} renew
 */
const given = (value, renew) => (typeof value === 'function' ? value({ renew }) : value);

/**
 * The account of a JWT; null if it names none.
 *
 * @param {string} token
 * @returns {string|null}
 */
function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub ?? null;
  } catch {
    return null;
  }
}

/**
 * Keeps a connection and tells everybody what it hears. What only some need is loaded when they ask for it: the state
 * of streams, positions in a storage, sharing between tabs.
 */
export class FlowFiEvents {
  #options;
  #base;
  #filters;

  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /** @type {Set<Reader>} */
  #readers = new Set();

  /** @type {Link|null} */
  #link = null;

  /** @type {Connection|null} the one of our own */
  #own = null;

  /** Counts the starts: what an older one still does is ignored. */
  #turn = 0;

  /** Whether the user wants to be connected. */
  #wanted = false;

  /** The page is not there: in the browser's cache, or frozen. */
  #away = false;

  /** @type {'auto'|'worker'|'leader'|'own'} */
  #share;
  #silences = 0;

  /** @type {string|null|undefined} */
  #account;

  /** What those have in common that may share a connection, or a position. */
  #key = '';

  /** @type {Places|undefined} */
  #places;

  /** @type {Streams|undefined} */
  #streams;

  /** @type {Status & {since: number}} */
  status = { name: 'closed', reason: 'not opened yet', since: Date.now() };

  /** @type {number|null} */
  position;

  /** @type {string|undefined} */
  log;

  /** @type {{streams: Map<string, any>, complete: boolean}} */
  state = { streams: new Map(), complete: false };

  /** @param {any} options */
  constructor(options) {
    this.#options = options;
    this.#share = options.share ?? 'auto';
    this.position = options.after ?? null;
    this.log = options.log;
    const { all, streams, users, types, filter, snapshot, heartbeat } = options;
    this.#filters = { all, streams, users, types, filter, snapshot, heartbeat };
    const here = globalThis.document?.baseURI ?? globalThis.location?.href;
    const base = here ? new URL(options.url ?? '/', here).href : options.url;
    this.#base = base.endsWith('/') ? base : `${base}/`;
    options.signal?.addEventListener('abort', () => this.close('aborted'));
  }

  /** The server's time, in Unix seconds, as far as it is known; this machine's clock may be wrong. */
  now() {
    return Math.floor((Date.now() + (this.#own?.clockOffset ?? 0)) / 1000);
  }

  /**
   * @param {string} word
   * @param {(detail: any) => void} listener
   */
  on(word, listener) {
    const all = this.#listeners.get(word) ?? new Set();
    this.#listeners.set(word, all.add(listener));
    return () => void all.delete(listener);
  }

  /**
   * @param {string} word
   * @param {any} detail
   */
  #emit(word, detail) {
    for (const listener of this.#listeners.get(word) ?? []) {
      try {
        listener(detail);
      } catch (error) {
        report(error);
      }
    }
  }

  open() {
    if (!this.#wanted && !this.#options.signal?.aborted) {
      this.#wanted = true;
      this.#lifecycle('addEventListener');
      this.#start();
    }
    return this;
  }

  close(reason = 'closed by you') {
    this.#end({ name: 'closed', reason });
  }

  /** @param {Status} status */
  #end(status) {
    if (this.#wanted) {
      this.#wanted = false;
      this.#lifecycle('removeEventListener');
      this.#stop();
    }
    this.#say(status);
    for (const reader of this.#readers) {
      reader.wake();
    }
  }

  /** @param {Status} status */
  #say(status) {
    this.status = { ...status, since: Date.now() };
    this.#emit('status', this.status);
  }

  wake(reason = 'asked to') {
    this.#link?.wake(reason);
  }

  // The moments at which a page is gone, is back, or has reason to doubt its connection. Node has none of them. A page
  // in the browser's cache may hold no connection, and a frozen one must not lead the other tabs.
  #leave = () => {
    this.#away = true;
    this.#stop();
  };

  #return = () => {
    if (this.#away) {
      this.#start();
    }
  };

  #moments = {
    online: () => this.wake('the network is back'),
    pagehide: this.#leave,
    pageshow: this.#return,
  };

  #documentMoments = {
    freeze: this.#leave,
    resume: this.#return,
    visibilitychange: () => document.visibilityState === 'visible' && this.wake('the page is looked at again'),
  };

  /** @param {'addEventListener'|'removeEventListener'} what */
  #lifecycle(what) {
    for (const [target, moments] of [[globalThis, this.#moments], [globalThis.document, this.#documentMoments]]) {
      for (const [name, handle] of Object.entries(moments)) {
        /** @type {any} */ (target)?.[what]?.(name, handle);
      }
    }
  }

  #stop() {
    this.#turn++;
    this.#link?.stop();
    this.#link = this.#own = null;
  }

  async #start(steal = false) {
    this.#stop();
    this.#away = false;
    const turn = this.#turn;
    this.#say({ name: 'connecting' });
    /** @type {string|null|undefined} */
    let account;
    try {
      account = await this.#whoAmI();
    } catch {
      // The connection asks again, with a back-off.
    }
    try {
      const link = turn === this.#turn && (await this.#linkFor(turn, account));
      if (link && turn === this.#turn) {
        this.#link = link;
        link.start(steal);
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.#end({ name: 'closed', reason: String(error) });
      }
    }
  }

  /**
   * @param {number} turn
   * @param {string|null|undefined} account
   */
  async #linkFor(turn, account) {
    await this.#become(account);
    const { eventSource, credentials, maxWait, fetch, ticket } = this.#options;
    const settings = { base: this.#base, filters: this.#filters, eventSource, credentials, maxWait, fetch };
    const who = (/** @type {boolean} */ renew) => this.#who(renew, settings);
    const tell = (/** @type {string} */ word, /** @type {any} */ detail) => {
      if (turn === this.#turn) {
        this.#take(word, detail);
      }
    };
    // Who shares must know for whom; and nobody sees without a lock whether another tab is gone.
    if (account !== undefined && this.#share !== 'own' && globalThis.document && navigator.locks && !ticket) {
      const { shared } = await import('./tabs.js');
      const link = shared(this.#share, this.#key, settings, account, who, () => this, this.#streams, tell);
      if (link) {
        return link;
      }
    }
    if (turn !== this.#turn) {
      return null;
    }
    this.#own = new Connection(settings, who, tell);
    return Object.assign(this.#own, { position: this.position, log: this.log, account });
  }

  /** @returns {Promise<string|null|undefined>} undefined: whoever has the cookie */
  async #whoAmI() {
    const { account, token, ticket, storage, credentials, fetch = globalThis.fetch } = this.#options;
    const named = given(account, false);
    if (named !== undefined || ticket) {
      return named;
    }
    if (token) {
      return subjectOf((await given(token, false)) ?? '');
    }
    if (storage || (this.#share !== 'own' && globalThis.document)) {
      const answer = await fetch(`${this.#base}v1/auth/session`, { credentials, cache: 'no-store' });
      return answer.ok ? ((await answer.json()).account ?? null) : undefined;
    }
    return undefined;
  }

  /**
   * @param {boolean} renew
   * @param {Settings} settings
   * @returns {Promise<Who>}
   */
  async #who(renew, { eventSource, credentials, fetch = globalThis.fetch }) {
    const { ticket } = this.#options;
    const account = given(this.#options.account, renew);
    if (ticket) {
      return { ticket: await ticket({ renew }), account };
    }
    const token = await given(this.#options.token, renew);
    if (token == null) {
      return { account: account ?? this.#account };
    }
    const who = { token, account: account ?? subjectOf(token) };
    if (!eventSource) {
      return who;
    }
    // EventSource cannot send the token. A ticket stands for it in one request.
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await fetch(`${this.#base}v1/auth/ticket`, { method: 'POST', headers, credentials });
    if (!answer.ok) {
      throw await problemOf(answer);
    }
    return { ...who, ticket: (await answer.json()).ticket };
  }

  /**
   * What one account has seen is none of another's.
   *
   * @param {string|null|undefined} account
   */
  async #become(account) {
    if (account !== undefined && this.#account !== undefined && account !== this.#account) {
      this.log = undefined;
      this.#take('reset', { reason: 'another_account', position: null });
    }
    this.#account = account === undefined ? this.#account : account;
    const { storage, snapshot, eventSource, maxStreams = 10_000 } = this.#options;
    this.#key = `flowfi ${this.#base}?${subscribeQuery(this.#filters, { account })}${eventSource ? ' es' : ''}`;
    if (snapshot && !this.#streams) {
      const { Streams } = await import('./streams.js');
      const now = () => this.now();
      const live = Object.create(Object.prototype, {
        claimable: {
          /** @this {StreamState} */
          get() {
            return claimable(this, now());
          },
        },
      });
      this.#streams = new Streams(maxStreams, (stream) => Object.assign(Object.create(live), stream));
    } else if (storage && !snapshot && account !== undefined) {
      // A snapshot begins with the state of now, so it needs no position.
      const { Places } = await import('./places.js');
      this.#places ??= new Places(storage, (error) => this.#emit('problem', error));
      if (this.position === null) {
        const { log, position = null } = this.#places.find(this.#key);
        Object.assign(this, { log, position });
      }
    }
  }

  /**
   * @param {string} word
   * @param {any} detail
   */
  #take(word, detail) {
    if (word === 'event') {
      this.#event(detail);
    } else if (word === 'status') {
      this.#silences = 0;
      if (detail.name === 'closed') {
        this.#end(detail);
      } else {
        this.#say(detail);
      }
    } else if (word === 'restart') {
      // With another way to share, if there was a reason; if all are silent, alone.
      this.#share = detail?.silent && ++this.#silences > 2 ? 'own' : (detail?.share ?? this.#share);
      this.#start(detail?.silent);
    } else {
      this.#word(word, detail);
    }
  }

  /**
   * @param {string} word
   * @param {any} detail
   */
  #word(word, detail) {
    const reset = word === 'reset';
    if (word === 'connected') {
      this.log = detail.hello.log;
      this.#account ??= detail.hello.account ?? null;
    } else if (reset) {
      this.log = detail.log ?? this.log;
    }
    if (reset || detail.position > (this.position ?? -1)) {
      this.position = detail.position;
    }
    const changed = this.#streams?.take(word, detail);
    this.#emit(word === 'snapshot_end' ? 'snapshot' : word, detail);
    this.#changed(changed);
    for (const reader of this.#readers) {
      if (reset || (reader.idle && reader.queue.length === 0)) {
        reader.done = this.position;
      }
    }
    this.#keep(reset);
  }

  /** @param {any} event */
  #event({ type, text, data, id, after }) {
    const at = this.position;
    if (id !== null && at !== null) {
      if (id <= at) {
        return; // of a tab that is behind this one
      }
      if (after > at) {
        this.#start(); // lost on the way from the other tab: ask for it
        return;
      }
    }
    this.position = id ?? at;
    const changed = this.#streams?.take('event', { type, data });
    const event = { id, type, data, text };
    this.#emit(type, event);
    this.#emit('event', event);
    this.#changed(changed);
    for (const reader of this.#readers) {
      reader.queue.push(event);
      reader.wake();
      if (reader.queue.length === MOST_WAITING) {
        this.#hold(reader);
      }
    }
    this.#keep();
  }

  /** @param {string|null|undefined} stream */
  #changed(stream) {
    if (stream !== undefined && this.#streams) {
      this.state = { streams: this.#streams.known, complete: this.#streams.complete };
      this.#emit('change', stream);
    }
  }

  /**
   * The connection waits for a reader that is behind, and nothing is lost.
   *
   * @param {Reader} reader
   */
  #hold(reader) {
    const drained = new Promise((/** @type {Resolve} */ resolve) => {
      reader.drained = resolve;
    });
    const own = this.#own;
    if (own && !this.#options.eventSource) {
      const held = Promise.all([own.held, drained]).then(() => {
        own.held = own.held === held ? null : own.held;
      });
      own.held = held;
      return;
    }
    // It cannot wait, so it is left, and goes on from here later.
    this.#stop();
    const turn = this.#turn;
    drained.then(() => {
      if (turn === this.#turn && this.#wanted) {
        this.#start();
      }
    });
  }

  async *[Symbol.asyncIterator]() {
    /** @type {Reader} */
    const reader = { queue: [], wake() {}, drained() {}, done: this.position, idle: true };
    this.#readers.add(reader);
    this.open();
    try {
      for (;;) {
        while (reader.queue.length > 0) {
          const event = reader.queue.shift();
          reader.idle = false;
          yield event;
          reader.idle = true;
          // Only now it was handled.
          reader.done = event.id ?? reader.done;
          this.#keep();
        }
        reader.drained();
        if (!this.#wanted) {
          if (this.status.problem) {
            throw this.status.problem;
          }
          return;
        }
        await new Promise((/** @type {Resolve} */ resolve) => {
          reader.wake = resolve;
        });
      }
    } finally {
      this.#readers.delete(reader);
      reader.drained();
    }
  }

  // Stores the position that everybody here has handled.
  #keep(anew = false) {
    if (this.#places) {
      const done = [...this.#readers].map((reader) => reader.done ?? 0);
      const position = this.position && Math.min(this.position, ...done);
      this.#places.keep(this.#key, this.log, position, anew);
    }
  }
}
