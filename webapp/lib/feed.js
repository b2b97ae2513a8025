// @ts-check
// One subscription: an EventSource with named states that recovers from all of them.
import { ANYBODY } from './caller.js';
import { problemOf } from './problem.js';
import { EVENT_TYPES, subscribeUrl } from './subscription.js';
import { Watchdog } from './watchdog.js';

/** @import { Caller } from './caller.js' */
/** @import { ProblemError } from './problem.js' */
/** @import { How, Said, State } from './said.js' */
/** @import { Filters } from './subscription.js' */

const FIRST_MS = 1000;
const MAX_MS = 30_000;

/** A timer with a longer delay fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

class Backoff {
  #tries = 0;

  /** It worked: the next wait is the shortest again. */
  reset() {
    this.#tries = 0;
  }

  /**
   * Milliseconds to wait, longer each time. Jittered, so that the clients of a restarted server do not all return at
   * once.
   *
   * @param {number|null} retryAfter seconds that the server asks for: the minimum, unless it is more than 24 days
   */
  next(retryAfter) {
    const wait = Math.min(MAX_MS, FIRST_MS * 2 ** this.#tries++);
    return Math.min(LONGEST_TIMER_MS, (retryAfter ?? 0) * 1000 + wait * (0.5 + Math.random() / 2));
  }
}

/** Longer than the time between heartbeats: after such a silence a connection is reopened if there is a reason. */
const DOUBTFUL_MS = 15_000;

/**
 * Statuses for which a later try may succeed.
 *
 * @param {number} status
 */
const mayPass = (status) => status === 408 || status === 425 || status === 429 || status >= 500;

/**
 * The content of a message; null if it cannot be read, which must not end the feed.
 *
 * @param {string} text
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Dispatches custom events (`Said`); `on` takes their details.
 *
 * States: closed {reason}, connecting, open, reconnecting {by: browser|page, reason, dueAt}, dropped {dueAt}.
 *
 * With a token each connection needs its own ticket, which works only once. So the browser may not reconnect by itself
 * then: the page does, with a new ticket and the last position.
 *
 * Long, because it is one state machine: its transitions must be read together.
 */
export class EventFeed extends EventTarget {
  #endpoint;
  #caller;

  /** @type {Filters} */
  #filters = { all: false, streams: [], users: [], types: [], lastEventId: '' };

  /** @type {EventSource|null} */
  #source = null;

  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @type {AbortController|null} the current attempt, aborted when it is replaced or stopped */
  #run = null;

  /** @type {How} */
  #how = 'first';

  #closingWord = '';

  /** @type {string|null} whose position `lastEventId` is */
  #account = null;

  /** @type {string|null} of which log it is one */
  #log = null;

  #backoff = new Backoff();
  #watchdog = new Watchdog(() => this.#again('nothing was heard for too long'));

  /** @type {State & {since: number}} */
  state = { name: 'closed', reason: 'not connected yet', since: Date.now() };

  /** @type {string|null} the position after which the next connection resumes, as text; null before the first frame */
  lastEventId = null;

  /**
   * @param {string|URL} endpoint where to subscribe: `/v1/events/subscribe` of the server
   * @param {Caller} [caller]
   */
  constructor(endpoint, caller = ANYBODY) {
    super();
    this.#endpoint = new URL(endpoint, document.baseURI);
    this.#caller = caller;
    // At both moments an open connection may be dead, and the next retry may be far away.
    window.addEventListener('online', () => this.#wake('the network is back'));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') {
        this.#wake('the page is looked at again');
      }
    });
  }

  /**
   * @template {keyof Said} K
   * @param {K} word
   * @param {(detail: Said[K]) => void} handle
   */
  on(word, handle) {
    this.addEventListener(word, (event) => handle(/** @type {CustomEvent<Said[K]>} */ (event).detail));
  }

  /** @param {Filters} filters */
  open(filters) {
    this.#stop();
    this.#filters = filters;
    this.#backoff.reset();
    this.lastEventId = null;
    this.#log = null;
    this.#start('first');
  }

  close(reason = 'closed by you') {
    this.#stop();
    this.#set({ name: 'closed', reason });
  }

  /**
   * Closes the socket and reconnects after a while, from the last position.
   *
   * @param {number} seconds
   */
  dropAndResume(seconds) {
    this.#stop();
    this.#set({ name: 'dropped', dueAt: Date.now() + seconds * 1000 });
    this.#timer = setTimeout(() => this.#start('dropped'), seconds * 1000);
  }

  /** Continues where it was, for a page that the browser restores from its cache. */
  resume() {
    this.#stop();
    this.#start('page');
  }

  get active() {
    return this.state.name !== 'closed';
  }

  /**
   * @template {keyof Said} K
   * @param {K} word
   * @param {Said[K]} detail
   */
  #emit(word, detail) {
    this.dispatchEvent(new CustomEvent(word, { detail }));
  }

  /** @param {State} state */
  #set(state) {
    this.state = { ...state, since: Date.now() };
    this.#emit('state', this.state);
  }

  /**
   * Reconnects at once, from the last position.
   *
   * @param {string} reason
   */
  #again(reason) {
    if (this.active && this.state.name !== 'dropped') {
      this.#stop();
      this.#set({ name: 'reconnecting', by: 'page', reason, dueAt: Date.now() });
      this.#start('page');
    }
  }

  /** @param {string} reason */
  #wake(reason) {
    if (this.#source === null || this.state.name === 'reconnecting' || this.#watchdog.quietFor > DOUBTFUL_MS) {
      this.#backoff.reset();
      this.#again(reason);
    }
  }

  #stop() {
    this.#watchdog.stop();
    clearTimeout(this.#timer);
    this.#run?.abort();
    this.#run = null;
    this.#source?.close();
    this.#source = null;
  }

  /** @param {How} how */
  async #start(how) {
    this.#how = how;
    this.#closingWord = '';
    const run = new AbortController();
    this.#run = run;
    if (this.#caller.required) {
      this.close('sign in first');
      return;
    }
    if (this.#account !== this.#caller.account) {
      // A position of one account is not valid for another.
      this.#account = this.#caller.account;
      this.lastEventId = null;
    }
    this.#set({ name: 'connecting' });
    // From here on, because the ticket may never come either.
    this.#watchdog.start();
    let ticket = null;
    if (this.#caller.needsTicket) {
      try {
        ticket = await this.#caller.ticket();
      } catch (problem) {
        this.#refused(run, /** @type {ProblemError} */ (problem));
        return;
      }
      if (run.signal.aborted) {
        return;
      }
    }
    this.#connect(run, ticket);
  }

  /** @param {string|null} ticket */
  #url(ticket) {
    return subscribeUrl(this.#endpoint, this.#filters, this.lastEventId, ticket, this.#account);
  }

  /**
   * @param {AbortController} run
   * @param {string|null} ticket
   */
  #connect(run, ticket) {
    const source = new EventSource(this.#url(ticket));
    this.#source = source;
    this.#watchdog.heard();
    // A closed source may still have queued events: ignore them.
    /**
     * @template {Event} E
     * @param {(event: E) => void} handle
     * @returns {(event: E) => void}
     */
    const whileCurrent = (handle) => (event) => {
      if (source === this.#source) {
        this.#watchdog.heard();
        handle(event);
      }
    };
    source.onopen = whileCurrent(() => this.#set({ name: 'open' }));
    source.onerror = whileCurrent(() => this.#failed(run, source, ticket !== null));
    source.onmessage = whileCurrent((event) => this.#connected(run, event));
    source.addEventListener('heartbeat', whileCurrent((event) => this.#notePosition(event)));
    source.addEventListener('snapshot_end', whileCurrent((event) => this.#snapshotEnd(event)));
    source.addEventListener('reset', whileCurrent((event) => this.#reset(event)));
    source.addEventListener('reconnect', whileCurrent((event) => this.#reconnect(event)));
    for (const type of [...EVENT_TYPES, 'stream.snapshot']) {
      source.addEventListener(type, whileCurrent((event) => this.#event(event)));
    }
  }

  /** @param {MessageEvent} event */
  #event(event) {
    const receivedAt = Date.now();
    const at = performance.now();
    this.#notePosition(event);
    const data = parsed(event.data);
    if (data === null) {
      return;
    }
    // Events during a snapshot have no position yet, like its states.
    const id = event.type === 'stream.snapshot' || event.lastEventId === '' ? null : event.lastEventId;
    this.#emit('event', { id, type: event.type, data, text: event.data, receivedAt, at });
  }

  /**
   * @param {AbortController} run
   * @param {MessageEvent} event
   */
  #connected(run, event) {
    const data = parsed(event.data);
    if (data?.type !== 'connected') {
      return;
    }
    this.#watchdog.expect(data.heartbeat);
    if ((data.account ?? null) !== this.#account) {
      this.close('this browser is signed in as another account now');
      this.#caller.look();
      return;
    }
    if (this.#log !== null && data.log !== this.#log) {
      this.#beginAnew(run, data.log);
      return;
    }
    this.#log = data.log;
    this.#closingWord = '';
    const before = this.lastEventId;
    this.#notePosition(event);
    this.#backoff.reset();
    const resumed = before ?? (this.#filters.lastEventId === '' ? null : this.#filters.lastEventId);
    this.#emit('connected', {
      clientId: data.clientId,
      head: Number(data.head),
      // Before a snapshot there is no id yet: the state starts at the head.
      from: Number(event.lastEventId === '' ? data.head : event.lastEventId),
      resumed: resumed === null ? null : Number(resumed),
      how: this.#how,
    });
    // The next connection of this source, without us, is the browser's own reconnect.
    this.#how = 'browser';
  }

  /** @param {MessageEvent} event */
  #snapshotEnd(event) {
    this.#notePosition(event);
    this.#emit('snapshot-end', { head: Number(parsed(event.data)?.head ?? event.lastEventId) });
  }

  /**
   * The known positions are from an old log: this one has other events at the same numbers.
   *
   * @param {AbortController} run
   * @param {string} log
   */
  #beginAnew(run, log) {
    const before = String(this.#log);
    this.#source?.close();
    this.#log = log;
    this.lastEventId = null;
    this.#filters = { ...this.#filters, lastEventId: '' };
    this.#emit('another-log', { before, log });
    // Not at once: two servers with different logs behind one address would keep the page busy.
    this.#retryLater(run, 'the server has another log', null);
  }

  /** @param {MessageEvent} event */
  #reset(event) {
    const data = parsed(event.data);
    if (data === null) {
      return;
    }
    // Without an id a snapshot follows: if it is cut off, the next connection must ask for one again.
    this.lastEventId = event.lastEventId === '' ? null : event.lastEventId;
    // The server continues from the frame's id: the old position is not valid in this log.
    const from = Number(event.lastEventId === '' ? data.head : event.lastEventId);
    this.#emit('reset', { ...data, from });
  }

  /** @param {MessageEvent} event */
  #reconnect(event) {
    this.#notePosition(event);
    this.#closingWord = String(parsed(event.data)?.reason ?? '');
    this.#emit('closing-word', { reason: this.#closingWord });
  }

  /** @param {MessageEvent} event */
  #notePosition(event) {
    if (event.lastEventId !== '') {
      this.lastEventId = event.lastEventId;
    }
  }

  /**
   * @param {AbortController} run
   * @param {EventSource} source
   * @param {boolean} byTicket
   */
  #failed(run, source, byTicket) {
    const said = this.#closingWord ? `server said: ${this.#closingWord}` : 'connection lost';
    if (this.#closingWord === 'token_expired') {
      this.close('the sign-in has ended');
      this.#caller.expired();
      return;
    }
    if (source.readyState === EventSource.CONNECTING) {
      if (byTicket) {
        source.close();
        this.#retryLater(run, said, null);
      } else {
        this.#set({ name: 'reconnecting', by: 'browser', reason: said, dueAt: null });
      }
      return;
    }
    // The browser gave up, because the answer was not an event stream. EventSource hides the reason, so ask again.
    source.close();
    this.#set({ name: 'reconnecting', by: 'page', reason: 'asking the server why', dueAt: null });
    this.#askWhy(run);
  }

  /** @param {AbortController} run */
  async #askWhy(run) {
    const probe = new AbortController();
    run.signal.addEventListener('abort', () => probe.abort());
    try {
      const response = await fetch(this.#url(null), {
        headers: { Accept: 'text/event-stream', ...this.#caller.headers },
        cache: 'no-store',
        signal: probe.signal,
      });
      if (response.ok) {
        probe.abort();
        this.#retryLater(run, 'refused once, accepts again', null);
        return;
      }
      const problem = await problemOf(response);
      this.#refused(run, problem);
      if (problem.status === 401 || problem.status === 409) {
        this.#caller.look();
      }
    } catch {
      this.#retryLater(run, 'server not reachable', null);
    }
  }

  /**
   * @param {AbortController} run
   * @param {ProblemError} problem
   */
  #refused(run, problem) {
    if (run.signal.aborted) {
      return;
    }
    const reason = problem.status
      ? `${problem.status} ${problem.title}: ${problem.message}`
      : 'server not reachable';
    if (!problem.status || mayPass(problem.status)) {
      this.#retryLater(run, reason, problem.retryAfter);
    } else {
      this.#stop();
      this.#set({ name: 'closed', reason, problem });
    }
  }

  /**
   * @param {AbortController} run
   * @param {string} reason
   * @param {number|null} retryAfterSeconds
   */
  #retryLater(run, reason, retryAfterSeconds) {
    if (run.signal.aborted) {
      return;
    }
    this.#watchdog.stop();
    const wait = this.#backoff.next(retryAfterSeconds);
    this.#set({ name: 'reconnecting', by: 'page', reason, dueAt: Date.now() + wait });
    this.#timer = setTimeout(() => {
      this.#stop();
      this.#start('page');
    }, wait);
  }
}
