// @ts-check
// The subscription of this page: a client for each filter, and what the page shows of it.
import { subscribeQuery } from '../lib/filters.js';
import { FlowFiEvents, ProblemError } from '../lib/flowfi-events.js';
import { SUBSCRIBE, base, sandbox } from '../shared/api.js';

/** @import { FlowFiEvent, Status } from '../lib/flowfi-events.js' */
/** @import { Filters } from './settings.js' */

/** @typedef {Omit<Status, 'name'> & {name: Status['name']|'dropped'}} State */

/** @typedef {'first'|'dropped'|'page'} How how a connection came about */

/** @typedef {FlowFiEvent & {receivedAt: number, at: number}} Arrived received in ms since 1970, and by the page's clock */

/**
 * The events of the feed, and the details of each.
 *
 * @typedef {object} Said
 * @property {State} state
 * @property {{clientId: string, head: number, from: number, resumed: number|null, how: How}} connected
 * @property {Arrived} event
 * @property {{head: number}} snapshot-end
 * @property {{reason: string, oldest?: number, head?: number, from: number}} reset
 * @property {{reason: string}} closing-word
 * @property {{before?: string, log?: string}} another-log positions and everything received are from an old log
 */

/**
 * Who subscribes, read again for every connection. The page's session is one.
 *
 * @typedef {object} Caller
 * @property {string|null} account
 * @property {boolean} required whether a sign-in is needed first
 * @property {string|null} token
 * @property {() => unknown} look the server sees another caller, or none: called so that the session is read again
 * @property {() => unknown} expired called when the server says that the sign-in has ended
 */

/**
 * A number, or what somebody has typed there: the server says what is wrong with it.
 *
 * @param {string} text
 */
const numberOf = (text) => (text === '' ? null : /^\d+$/.test(text) ? Number(text) : /** @type {any} */ (text));

/**
 * The URL of a subscription.
 *
 * @param {Filters} filters
 * @param {number|null} [resumeAfter] a position: it replaces the one in the filters, and no snapshot is needed
 */
export function subscribeUrl(filters, resumeAfter = null) {
  const url = new URL(SUBSCRIBE);
  url.search = requestOf(filters, resumeAfter);
  return url.href;
}

/**
 * @param {Filters} filters
 * @param {number|null} [resumeAfter]
 */
export const requestOf = (filters, resumeAfter = null) =>
  subscribeQuery(
    { ...filters, snapshot: filters.snapshot && resumeAfter === null, heartbeat: numberOf(filters.heartbeat), sandbox },
    { lastEventId: resumeAfter ?? (filters.lastEventId || null) },
  );

/** Dispatches custom events (`Said`); `on` takes their details. */
export class LiveFeed extends EventTarget {
  #caller;
  #fetch;

  /** @type {FlowFiEvents|null} */
  #client = null;

  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #drop;

  /** @type {How} */
  #how = 'first';

  /** @type {State} */
  state = { name: 'closed', reason: 'not connected yet', since: Date.now() };

  /**
   * @param {Caller} caller
   * @param {typeof fetch} [fetch]
   */
  constructor(caller, fetch) {
    super();
    this.#caller = caller;
    this.#fetch = fetch;
  }

  /**
   * @template {keyof Said} K
   * @param {K} word
   * @param {(detail: Said[K]) => void} handle
   */
  on(word, handle) {
    this.addEventListener(word, (event) => handle(/** @type {CustomEvent<Said[K]>} */ (event).detail));
  }

  /** @type {number|null} the position after which the next connection resumes */
  get position() {
    return this.#client?.position ?? null;
  }

  get active() {
    return this.state.name !== 'closed';
  }

  /** @param {Filters} filters */
  open(filters) {
    this.#end();
    const { lastEventId, heartbeat, ...rest } = filters;
    const [after, log] = /^\d+\.[a-z0-9]+$/.test(lastEventId) ? lastEventId.split('.') : [lastEventId];
    const caller = this.#caller;
    this.#client = new FlowFiEvents({
      ...rest,
      url: base.href,
      sandbox,
      after: numberOf(after),
      log,
      heartbeat: numberOf(heartbeat),
      account: () => caller.account,
      token: ({ renew }) => {
        if (renew) {
          throw new ProblemError(401, { title: 'Signed out', detail: 'the sign-in has ended' });
        }
        return caller.token;
      },
      // The page measures its connection, so it must be its own.
      share: 'own',
      fetch: this.#fetch,
    });
    this.#listen(this.#client);
    this.#start('first');
  }

  /** @param {string} [reason] */
  close(reason = 'closed by you') {
    this.#stop();
    this.#set({ name: 'closed', reason, since: Date.now() });
  }

  /** Continues where it was. */
  resume() {
    this.#stop();
    this.#start('page');
  }

  /**
   * Closes the socket and reconnects after a while, from the last position.
   *
   * @param {number} seconds
   */
  dropAndResume(seconds) {
    this.#stop();
    this.#set({ name: 'dropped', since: Date.now(), dueAt: Date.now() + seconds * 1000 });
    this.#drop = setTimeout(() => this.#start('dropped'), seconds * 1000);
  }

  /** @param {How} how */
  #start(how) {
    this.#how = how;
    if (this.#caller.required) {
      this.close('sign in first');
    } else {
      this.#client?.open();
    }
  }

  #stop() {
    clearTimeout(this.#drop);
    this.#quiet = true;
    this.#client?.close();
    this.#quiet = false;
  }

  #end() {
    this.#stop();
    this.#client = null;
  }

  /** We close it ourselves, and say why. */
  #quiet = false;

  /** @param {FlowFiEvents} client */
  #listen(client) {
    let goodbye = '';
    client.on('status', (status) => this.#quiet || this.#status(status, goodbye));
    client.on('connected', ({ hello, position, resumed }) => {
      goodbye = '';
      const { clientId, head } = hello;
      this.#emit('connected', { clientId, head, from: position ?? head, resumed, how: this.#how });
      this.#how = 'page';
    });
    client.on('event', (event) => {
      this.#emit('event', { ...event, receivedAt: Date.now(), at: performance.now() });
    });
    client.on('snapshot', ({ position }) => this.#emit('snapshot-end', { head: position }));
    client.on('reset', ({ reason, position, oldest, head, before, log }) => {
      if (reason === 'another_log') {
        this.#emit('another-log', { before, log });
      } else if (reason !== 'another_account') {
        this.#emit('reset', { reason, oldest, head, from: position ?? head ?? 0 });
      }
    });
    client.on('reconnect', ({ reason }) => {
      goodbye = reason;
      this.#emit('closing-word', { reason });
    });
  }

  /**
   * @param {Status} status
   * @param {string} goodbye the server's last word
   */
  #status(status, goodbye) {
    const { problem } = status;
    if (problem?.title === 'Signed out' || problem?.title === 'Another account') {
      // Not an error: the page offers a sign-in.
      this.#set({ name: 'closed', reason: problem.message, since: status.since });
    } else {
      this.#set(status);
    }
    if (goodbye === 'token_expired' && problem?.status === 401) {
      this.#caller.expired();
    } else if (problem?.status === 401 || problem?.status === 409) {
      this.#caller.look();
    }
  }

  /** @param {State} state */
  #set(state) {
    this.state = state;
    this.#emit('state', state);
  }

  /**
   * @template {keyof Said} K
   * @param {K} word
   * @param {Said[K]} detail
   */
  #emit(word, detail) {
    this.dispatchEvent(new CustomEvent(word, { detail }));
  }
}
