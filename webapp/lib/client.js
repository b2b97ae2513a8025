// @ts-check
// The client. What it offers, with all types: flowfi-events.d.ts.
import { Connection } from './connection.js';

/** @import { Status, Who } from './connection.js' */
/** @import { Place } from './places.js' */
/** @import { ProblemError } from './problem.js' */
/** @import { Streams } from './streams.js' */
/** @import { Link, Sharing } from './tabs.js' */

/** So many events may wait for a reader; then the connection waits, too. */
const MOST_WAITING = 1000;

/**
 * `done`: everything up to this position is handled; null: not known, as long as there are events from before a reset.
 *
 * @typedef {{queue: any[], wake: () => void, free: () => void, done: number|null, idle: boolean}} Reader
 */
/** @typedef {(nothing?: undefined) => void} Resolve */

/**
 * @param {any} value or a function that gives it
 * @param {boolean} renew
 */
const given = (value, renew) => (typeof value === 'function' ? value({ renew }) : value);

/** What is kept between visits, and for whom. */
const places = () => import('./places.js');

/**
 * Keeps a connection and tells everybody what it hears. What only some need is loaded when they ask for it: the state
 * of streams, positions in a storage, sharing between tabs.
 */
export class FlowFiEvents {
  #options;

  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = new Map();

  /** @type {Set<Reader>} */
  #readers = new Set();

  /** @type {Link|null} */
  #link = null;

  /** Counts the starts: what an older one still does is ignored. */
  #turn = 0;

  /** Whether the user wants to be connected. */
  #wanted = false;

  /** The server's clock less ours, in ms. */
  #skew = 0;

  /** The page is not there: in the browser's cache, or frozen. */
  #away = false;

  /** @type {Sharing} */
  #sharing;

  /** @type {string|null|undefined} */
  #account;

  /** @type {Place|undefined} */
  #place;

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
    this.#sharing = { as: globalThis.document && !options.ticket ? (options.share ?? 'auto') : 'own', silences: 0 };
    this.position = options.after ?? null;
    this.log = options.log;
    const here = globalThis.document?.baseURI ?? globalThis.location?.href;
    const base = new URL(options.url ?? '/', here).href.replace(/\/?$/, '/');
    this.#options = { ...options, base };
    options.signal?.addEventListener('abort', () => this.close('aborted'));
  }

  /** The server's time, in Unix seconds, as far as it is known; this machine's clock may be wrong. */
  now() {
    return Math.floor((Date.now() + this.#skew) / 1000);
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
        // It is the page's, and must not end the connection.
        queueMicrotask(() => { throw error; });
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
    this.#end({ reason });
  }

  /** @param {{reason?: string, problem?: ProblemError}} why */
  #end(why) {
    if (this.#wanted) {
      this.#wanted = false;
      this.#lifecycle('removeEventListener');
      this.#stop();
    }
    this.#say({ ...why, name: 'closed' });
    for (const reader of this.#readers) {
      reader.wake();
    }
  }

  /** @param {Status} status */
  #say(status) {
    this.status = { ...status, since: Date.now() };
    this.#emit('status', this.status);
  }

  wake(reason = 'asked') {
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
    online: () => this.wake('online again'),
    pagehide: this.#leave,
    pageshow: this.#return,
    freeze: this.#leave,
    resume: this.#return,
    visibilitychange: () => document.visibilityState === 'visible' && this.wake('visible again'),
  };

  /** @param {'addEventListener'|'removeEventListener'} what */
  #lifecycle(what) {
    // Some happen to the window, some to the document, and it does not matter if one is heard twice.
    for (const target of [globalThis, globalThis.document]) {
      for (const [name, handle] of Object.entries(this.#moments)) {
        /** @type {any} */ (target)?.[what]?.(name, handle);
      }
    }
  }

  #stop() {
    this.#turn++;
    this.#link?.stop();
    this.#link = null;
  }

  async #start(steal = false) {
    this.#stop();
    this.#away = false;
    const turn = this.#turn;
    this.#say({ name: 'connecting' });
    // Without an answer the connection asks again, with a back-off.
    const account = await this.#whoAmI().catch(() => undefined);
    try {
      const link = turn === this.#turn && (await this.#linkFor(turn, account));
      if (link && turn === this.#turn) {
        this.#link = link;
        link.start(steal);
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.#end({ reason: String(error) });
      }
    }
  }

  /**
   * @param {number} turn
   * @param {string|null|undefined} account
   */
  async #linkFor(turn, account) {
    await this.#become(account);
    const tell = (/** @type {string} */ word, /** @type {any} */ detail) => {
      if (turn === this.#turn) {
        this.#take(word, detail);
      }
    };
    // Who shares must know for whom.
    if (account !== undefined && this.#sharing.as !== 'own') {
      const { shared } = await import('./tabs.js');
      const link = shared(this.#sharing, this.#options, account, this.#who, () => this, this.#streams, tell);
      if (link) {
        return link;
      }
    }
    return Object.assign(new Connection(this.#options, this.#who, tell), { position: this.position, log: this.log, account });
  }

  /** @returns {Promise<string|null|undefined>} undefined: whoever has the cookie */
  async #whoAmI() {
    const { account, token, ticket, storage } = this.#options;
    const named = given(account, false);
    if (!ticket && (token ? named == null : named === undefined && (storage || this.#sharing.as !== 'own'))) {
      const { accountOf, subjectOf } = await places();
      return token ? subjectOf((await given(token, false)) ?? '') : accountOf(this.#options);
    }
    return named;
  }

  /**
   * @param {boolean} renew
   * @returns {Promise<Who>}
   */
  #who = async (renew) => {
    const { ticket } = this.#options;
    const account = given(this.#options.account, renew);
    if (ticket) {
      return { ticket: await ticket({ renew }), account };
    }
    const token = await given(this.#options.token, renew);
    return { token, account: account ?? (token == null ? this.#account : (await places()).subjectOf(token)) };
  };

  /**
   * What one account has seen is none of another's.
   *
   * @param {string|null|undefined} account
   */
  async #become(account) {
    const before = this.#account;
    this.#account = account === undefined ? before : account;
    if (before !== undefined && before !== this.#account) {
      this.log = this.#place = undefined;
      this.#take('reset', { reason: 'another_account', position: null });
    }
    const { storage, snapshot, maxStreams } = this.#options;
    if (snapshot) {
      const { liveStreams } = await import('./streams.js');
      this.#streams ??= liveStreams(maxStreams, () => this.now());
    } else if (storage && this.#account !== undefined) {
      // A snapshot begins with the state of now, so it needs no position.
      const { keyOf, Place } = await places();
      this.#place = new Place(storage, keyOf(this.#options, this.#account), (error) => this.#emit('problem', error));
      if (this.position === null) {
        Object.assign(this, this.#place.find());
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
    } else if (word === 'restart') {
      this.#start(detail.silent);
    } else if (word !== 'status') {
      this.#word(word, detail);
    } else if (detail.name === 'closed') {
      this.#end(detail);
    } else {
      this.#say(detail);
    }
  }

  /**
   * @param {string} word
   * @param {any} detail
   */
  #word(word, detail) {
    const reset = word === 'reset';
    this.#skew = detail.skew ?? this.#skew;
    if (word === 'connected' && this.#account === undefined) {
      this.#account = detail.hello.account ?? null;
      if (this.#options.storage) {
        this.#start(); // only now it is known whose position to go on from
        return;
      }
    }
    this.log = detail.hello?.log ?? detail.log ?? this.log;
    if (reset || detail.position > (this.position ?? -1)) {
      this.position = detail.position;
    }
    this.#pass(word, detail);
    for (const reader of this.#readers) {
      if (reader.idle && !reader.queue.length) {
        reader.done = this.position;
      } else if (reset) {
        reader.done = null;
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
    const event = { id, type, data, text };
    this.#pass('event', event);
    for (const reader of this.#readers) {
      reader.queue.push(event);
      reader.wake();
      if (reader.queue.length === MOST_WAITING) {
        this.#hold(reader);
      }
    }
    this.#keep();
  }

  /**
   * Everybody hears it, and the state has it already.
   *
   * @param {string} word
   * @param {any} detail
   */
  #pass(word, detail) {
    const streams = this.#streams;
    const changed = streams?.take(word, detail);
    if (word === 'event') {
      this.#emit(detail.type, detail);
    }
    this.#emit(word, detail);
    if (streams && changed !== undefined) {
      this.state = { streams: streams.known, complete: streams.complete };
      this.#emit('change', changed);
    }
  }

  /**
   * The connection waits for a reader that is behind, and nothing is lost.
   *
   * @param {Reader} reader
   */
  #hold(reader) {
    const free = new Promise((/** @type {Resolve} */ resolve) => {
      reader.free = resolve;
    });
    if (this.#link?.hold?.(free)) {
      return;
    }
    // It cannot wait, so it is left, and goes on from here later.
    this.#stop();
    const turn = this.#turn;
    free.then(() => {
      if (turn === this.#turn) {
        this.#start();
      }
    });
  }

  async *[Symbol.asyncIterator]() {
    /** @type {Reader} */
    const reader = { queue: [], wake() {}, free() {}, done: this.position, idle: true };
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
          if (!reader.queue.length) {
            reader.done = this.position;
          } else if (reader.done !== null) {
            reader.done = event.id ?? reader.done;
          }
          this.#keep();
        }
        reader.free();
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
      reader.free();
    }
  }

  #keep(anew = false) {
    this.#place?.keep(this, this.#readers, anew);
  }
}
