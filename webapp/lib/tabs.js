// @ts-check
// One connection for all tabs of a browser: in a SharedWorker, else in the tab that leads.
import { Connection, SILENCE_MS, silenceAfter } from './connection.js';
import { keyOf } from './places.js';
import { ProblemError } from './problem.js';

/** @import { Settings, Who } from './connection.js' */
/** @import { Streams } from './streams.js' */

/** A tab that joins later gets the events since its own position if they are among so many. */
const KEPT = 1000;

const LOOK_MS = 5000;

/**
 * What a client needs of its connection, wherever it is.
 *
 * @typedef {object} Link
 * @property {(steal: boolean) => void} start steal: whoever has the connection was silent for too long
 * @property {() => void} stop
 * @property {(reason: string) => void} wake
 * @property {(until: Promise<void>) => boolean} [hold] waits for a reader, if it can
 */

/** @typedef {{position: number|null, log: string|undefined}} Place where a client is */
/** @typedef {(word: string, detail: any) => void} Tell */
/** @typedef {(renew: boolean) => Promise<Who>} Ask */

/** A connection and those who share it. It tells each of them what the connection alone would have told it. */
export class Hub {
  #send;
  #streams;
  #connection;

  /** @type {any[]} the latest events */
  #events = [];

  /** @type {number|null} the position before them */
  #from = null;

  /** @type {any} */
  #hello = null;

  /** @type {any} */
  #status = null;

  /** @type {Map<string, Place>} joined while there was no position */
  #waiting = new Map();

  /**
   * @param {Settings} settings
   * @param {Ask} who
   * @param {(to: string|null, word: string, detail: any) => void} send to one, or to all that have joined
   * @param {Streams} [streams] kept current by somebody else; undefined: without a snapshot
   */
  constructor(settings, who, send, streams) {
    this.#send = send;
    this.#streams = streams;
    this.#connection = new Connection(settings, who, (word, detail) => this.#tell(word, detail));
  }

  /** @param {Place} place of the first one */
  start({ position, log }) {
    Object.assign(this.#connection, { position, log });
    this.#connection.start();
  }

  stop() {
    this.#connection.stop();
  }

  /** @param {string} reason */
  wake(reason) {
    this.#connection.wake(reason);
  }

  /**
   * @param {string} who
   * @param {Place} place
   */
  join(who, place) {
    if (this.#status?.name === 'closed') {
      this.#hello = null;
      this.#connection.start();
    }
    this.#send(who, 'status', this.#status);
    const { position, log, skew } = this.#connection;
    if (position === null || this.#hello === null) {
      this.#waiting.set(who, place);
      return;
    }
    const same = place.position !== null && (place.log ?? log) === log;
    /** @type {[string, any][]} */
    let words = [['joined', null]];
    /** @param {number|null} resumed */
    const greet = (resumed, at = resumed) => words.push(['connected', { hello: this.#hello, position: at, resumed, skew }]);
    if (place.position !== null && !same) {
      words.push(['reset', { reason: 'another_log', before: place.log, log, position: null }]);
    }
    if (same && /** @type {number} */ (place.position) >= /** @type {number} */ (this.#from)) {
      greet(place.position);
      words.push(...this.#events.map((event) => /** @type {[string, any]} */ (['event', event])));
      words.push(['heartbeat', { position }]);
    } else if (!same && !this.#streams) {
      greet(null, position);
    } else if (!same && this.#streams?.complete) {
      greet(null);
      for (const state of this.#streams.known.values()) {
        const text = JSON.stringify(state);
        words.push(['event', { type: 'stream.snapshot', text, data: { ...state }, id: null, after: null }]);
      }
      words.push(['snapshot', { position }]);
    } else {
      // What it needs is not here.
      words = [['restart', { behind: true }]];
    }
    for (const [word, detail] of words) {
      this.#send(who, word, detail);
    }
  }

  /** @type {Tell} */
  #tell(word, detail) {
    if (word === 'event' && detail.id !== null) {
      this.#events.push(detail);
      if (this.#events.length > KEPT) {
        this.#from = /** @type {any} */ (this.#events.shift()).id;
      }
    } else if (word === 'status') {
      this.#status = detail;
    } else if (word === 'connected') {
      this.#hello = detail.hello;
      this.#from ??= detail.position;
    } else if (word === 'reset') {
      this.#events = [];
      this.#from = detail.position;
    } else if (word === 'snapshot') {
      this.#from = detail.position;
    }
    this.#send(null, word, detail);
    if ((word === 'connected' || word === 'snapshot') && this.#connection.position !== null) {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const [who, place] of waiting) {
        this.join(who, place);
      }
    }
  }
}

/**
 * What can be sent of an error to another context: there it would arrive without its fields, and with one that cannot be
 * copied not at all.
 *
 * @param {any} error of ours, or whatever the page's functions throw
 */
const packedError = (error) =>
  error instanceof ProblemError
    ? { ...error, detail: error.message }
    : { detail: String(error?.message ?? error) };

/** @param {any} detail */
export const packed = (detail) => (detail?.problem ? { ...detail, problem: packedError(detail.problem) } : detail);

/**
 * The error that was sent.
 *
 * @param {any} problem
 */
export const errorOf = (problem) =>
  problem.status === undefined
    ? new Error(problem.detail)
    : new ProblemError(problem.status, problem, problem.retryAfter, problem.requestId);

/** @param {any} detail */
const unpacked = (detail) => (detail?.problem ? { ...detail, problem: errorOf(detail.problem) } : detail);

/**
 * What a worker needs of the settings, and nothing that cannot be sent to it.
 *
 * @param {Settings} settings
 * @returns {Settings}
 */
const plain = ({ base, credentials, maxWait, all, streams, users, types, filter, snapshot, heartbeat, sandbox }) => ({
  base, credentials, maxWait, all, streams, users, types, filter, snapshot, heartbeat, sandbox,
});

/** @param {Place} place */
const placeOf = ({ position, log }) => ({ position, log });

const newId = () => `${Math.random()}`.slice(2);

/**
 * The tab that holds a lock has the connection, and tells the others over a BroadcastChannel. When it goes, or falls
 * silent, another one takes over at the position of its own.
 *
 * @implements {Link}
 */
export class LeaderLink {
  #key;
  #tell;
  #makeHub;
  #client;
  #id = newId();

  /** @type {Hub|null} */
  #hub = null;

  /** @type {BroadcastChannel|null} */
  #channel = null;

  #over = new AbortController();
  #joined = false;

  /** @type {string|undefined} who leads; another tab may have slept, and not know yet that it does not any more */
  #leader;

  /**
   * @param {string} key of those who may share: same server, account and filters
   * @param {(send: (to: string|null, word: string, detail: any) => void) => Hub} makeHub
   * @param {() => Place} client
   * @param {Tell} tell
   */
  constructor(key, makeHub, client, tell) {
    this.#key = key;
    this.#makeHub = makeHub;
    this.#client = client;
    this.#tell = tell;
  }

  /** @param {boolean} steal */
  start(steal) {
    const channel = new BroadcastChannel(this.#key);
    this.#channel = channel;
    channel.onmessage = ({ data: { to, from, word, detail } }) => {
      if (word === 'leads') {
        this.#leader = from;
        this.#join();
      } else if (word === 'join') {
        this.#hub?.join(from, detail);
      } else if (word === 'wake') {
        this.#hub?.wake(detail);
      } else if (this.#hub === null && from === (this.#leader ?? from) && (to === this.#id || (to === null && (this.#joined || word === 'status')))) {
        if (word === 'joined') {
          this.#leader = from;
          this.#joined = true;
        }
        this.#tell(word, unpacked(detail));
      }
    };
    const { signal } = this.#over;
    navigator.locks
      .request(this.#key, steal ? { steal } : { signal }, () => {
        if (signal.aborted) {
          return undefined;
        }
        this.#hub = this.#makeHub((to, word, detail) => {
          if (to === null && !signal.aborted) {
            this.#tell(word, detail);
          }
          this.#post(word, packed(detail), to);
        });
        this.#hub.start(placeOf(this.#client()));
        this.#post('leads', null);
        return new Promise((resolve) => signal.addEventListener('abort', resolve));
      })
      // Somebody took the lock away, because this tab was silent: it had slept.
      .catch(() => signal.aborted || this.#tell('restart', {}));
    this.#join();
  }

  #join() {
    this.#joined = false;
    this.#post('join', placeOf(this.#client()));
  }

  /**
   * @param {string} word
   * @param {any} detail
   * @param {string|null} [to]
   */
  #post(word, detail, to = null) {
    if (!this.#over.signal.aborted) {
      this.#channel?.postMessage({ to, from: this.#id, word, detail });
    }
  }

  stop() {
    this.#over.abort();
    this.#hub?.stop();
    this.#channel?.close();
  }

  /** @param {string} reason */
  wake(reason) {
    if (this.#hub) {
      this.#hub.wake(reason);
    } else {
      this.#post('wake', reason);
    }
  }
}

/**
 * A SharedWorker has the connection. It asks its tabs for tokens, and sees by a lock when one of them is gone.
 *
 * @implements {Link}
 */
export class WorkerLink {
  #key;
  #settings;
  #who;
  #client;
  #tell;
  #over = new AbortController();
  #joined = false;

  #worker;

  /** @type {MessagePort|null} */
  #port = null;

  /**
   * @param {string} key
   * @param {Settings} settings
   * @param {Ask} who
   * @param {() => Place} client
   * @param {Tell} tell
   */
  constructor(key, settings, who, client, tell) {
    this.#client = client;
    this.#key = key;
    this.#settings = settings;
    this.#who = who;
    this.#tell = tell;
    this.#worker = new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'flowfi-events' });
  }

  start() {
    const { signal } = this.#over;
    this.#worker.onerror = () => signal.aborted || this.#tell('restart', { share: 'leader' });
    this.#port = this.#worker.port;
    this.#port.onmessage = async ({ data: { word, detail } }) => {
      if (signal.aborted) {
        return;
      }
      if (word === 'who') {
        // When this tab has slept, nobody waits for the answer any more, and each would cost a token.
        if (Date.now() - detail.at > SILENCE_MS) {
          return;
        }
        this.#port?.postMessage({ word: 'awake', detail: { ask: detail.ask } });
        const who = await this.#who(detail.renew).catch((error) => ({ problem: packedError(error) }));
        this.#port?.postMessage({ word: 'who', detail: { ...who, ask: detail.ask } });
      } else if (word === 'lives') {
        // Its lock is free when it is gone: with the process of the tab in which it ran.
        navigator.locks
          .request(detail.lock, { signal, mode: 'shared' }, () => signal.aborted || this.#tell('restart', { silent: true }))
          .catch(() => {});
      } else if (this.#joined || word === 'status' || word === 'joined' || word === 'restart') {
        this.#joined ||= word === 'joined';
        this.#tell(word, unpacked(detail));
      }
    };
    const lock = `${this.#key} ${newId()}`;
    navigator.locks
      .request(lock, { signal }, () => {
        this.#port?.postMessage({ word: 'join', detail: { key: this.#key, lock, settings: this.#settings, from: placeOf(this.#client()) } });
        return new Promise((resolve) => signal.addEventListener('abort', resolve));
      })
      .catch(() => {});
  }

  stop() {
    this.#port?.postMessage({ word: 'leave' });
    this.#over.abort();
    this.#port?.close();
  }

  /** @param {string} reason */
  wake(reason) {
    this.#port?.postMessage({ word: 'wake', detail: reason });
  }
}

/**
 * How a client shares its connection; it changes when a way does not work. `behind`: those who share do not have what
 * it needs, so it has its own until it is where they are.
 *
 * @typedef {{as: 'auto'|'worker'|'leader'|'own', silences: number, behind?: boolean}} Sharing
 */

/**
 * A connection of a client that shares one as soon as it knows all that the server had when it came.
 *
 * @param {Sharing} sharing
 * @param {Settings} settings
 * @param {string|null} account
 * @param {Ask} who
 * @param {Place} place
 * @param {Tell} tell
 */
function alone(sharing, settings, account, who, { position, log }, tell) {
  let head = Infinity;
  const connection = new Connection(settings, who, (word, detail) => {
    tell(word, detail);
    if (word === 'connected') {
      head = detail.hello.head;
    }
    // Before a snapshot there is no position.
    if (connection.position !== null && connection.position >= head && (word !== 'connected' || detail.resumed !== null)) {
      sharing.behind = false;
      head = Infinity;
      tell('restart', {});
    }
  });
  return Object.assign(connection, { position, log, account });
}

/**
 * The best way to share a connection here; null: there is none.
 *
 * @param {Sharing} sharing
 * @param {Settings} settings
 * @param {string|null} account of all who share
 * @param {Ask} who
 * @param {() => Place} client
 * @param {Streams|undefined} streams kept current by what is told
 * @param {Tell} tell
 * @returns {Link|null}
 */
export function shared(sharing, settings, account, who, client, streams, tell) {
  let heardAt = Date.now();
  // As long as a connection may be silent: who shares it is told at least of its heartbeats and tries.
  let silence = SILENCE_MS;
  /** @type {Tell} */
  const hear = (word, detail) => {
    heardAt = Date.now();
    if (word === 'connected') {
      silence = silenceAfter(detail.hello);
    }
    if (word === 'restart') {
      // With another way to share, if there was a reason; if all are silent, alone.
      sharing.as = detail.silent && ++sharing.silences > 2 ? 'own' : (detail.share ?? sharing.as);
      sharing.behind = detail.behind;
    } else if (word === 'status') {
      sharing.silences = 0;
    }
    if (detail) {
      tell(word, detail);
    }
  };
  /** @type {Ask} */
  const ask = async (renew) => {
    const answer = await who(renew);
    if (answer.account !== account) {
      // The others still are who they were.
      tell('restart', {});
      throw new Error('a tab is signed in as another account now');
    }
    return answer;
  };
  // Nobody sees without a lock whether another tab is gone.
  if (!navigator.locks) {
    return null;
  }
  if (sharing.behind) {
    return alone(sharing, settings, account, ask, client(), tell);
  }
  const key = keyOf(settings, account);
  /** @type {Link|null} */
  let link = null;
  try {
    if (sharing.as !== 'leader' && globalThis.SharedWorker && !settings.fetch && !settings.eventSource) {
      link = new WorkerLink(key, plain(settings), ask, client, hear);
    }
  } catch {
    // Not allowed from this address.
  }
  if (link === null && globalThis.BroadcastChannel) {
    link = new LeaderLink(key, (send) => new Hub(settings, ask, send, streams), client, hear);
  }
  if (link === null) {
    return null;
  }
  const { start, stop, wake } = link;
  /** @type {ReturnType<typeof setInterval>} */
  let watch;
  return {
    start(steal) {
      heardAt = Date.now();
      watch = setInterval(() => {
        if (Date.now() - heardAt > silence) {
          hear('restart', { silent: true });
        }
      }, LOOK_MS);
      start.call(link, steal);
    },
    stop() {
      clearInterval(watch);
      stop.call(link);
    },
    wake: (reason) => wake.call(link, reason),
  };
}
