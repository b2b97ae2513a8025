// One subscription: an EventSource with a name for every state it can be in, and a way back from each.
import { apiUrl, problemOf } from '../shared/api.js';
import { credentials } from '../shared/credentials.js';
import { session } from '../shared/session.js';
import { Watchdog } from './watchdog.js';

export const EVENT_TYPES = [
  'stream.created',
  'stream.topped_up',
  'stream.withdrawn',
  'stream.paused',
  'stream.resumed',
  'stream.cancelled',
  'stream.completed',
  'stream.fee_collected',
  'protocol.fee_config_updated',
  'protocol.admin_transferred',
  'protocol.initialized',
];

const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 30_000;

/** Longer than from one heartbeat to the next: what was quiet for so long is tried anew when there is reason to. */
const DOUBTFUL_MS = 15_000;

/** Statuses that a later try may not meet again. */
const mayPass = (status) => status === 408 || status === 425 || status === 429 || status >= 500;

/** What a message says; null if it says nothing that can be read, which must not be the end of the feed. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The query of the subscribe endpoint for these filters. */
export function subscribeQuery(filters, resumeAfter) {
  const query = new URLSearchParams();
  if (filters.all) {
    query.set('all', 'true');
  }
  for (const stream of filters.streams) {
    query.append('streams', stream);
  }
  for (const user of filters.users) {
    query.append('users', user);
  }
  if (filters.types.length > 0) {
    query.set('types', filters.types.join(','));
  }
  if (resumeAfter != null) {
    query.set('lastEventId', resumeAfter);
  } else {
    if (filters.snapshot) {
      query.set('snapshot', 'true');
    }
    if (filters.lastEventId !== '') {
      query.set('lastEventId', filters.lastEventId);
    }
  }
  return query;
}

/**
 * The address to subscribe at; `ticket` stands for the caller where no header can. As `account` the server takes
 * nobody else: the cookie is shared by all tabs, and another of them may have signed in as another account.
 */
export function subscribeUrl(filters, resumeAfter, ticket = null, account = null) {
  const query = subscribeQuery(filters, resumeAfter);
  if (account !== null) {
    query.set('account', account);
  }
  if (ticket !== null) {
    query.set('ticket', ticket);
  }
  return apiUrl(`v1/events/subscribe?${query}`).href;
}

/**
 * Dispatches, with details: `state` {name, ...}, `connected` {clientId, head, from, resumed, how},
 * `event` {id, type, data, text, receivedAt, at; no id in a snapshot}, `snapshot-end` {head}, `reset` {reason, oldest, head, from},
 * `closing-word` {reason}, `another-log` {before, log}: positions and all that was seen are of a log that is no more.
 *
 * States: closed {reason}, connecting, open, reconnecting {by: browser|page, reason, dueAt}, dropped {dueAt}.
 *
 * With a token each connection needs a ticket of its own, which is worth nothing for a second one. So the browser may
 * not reconnect by itself then: the page does, with a new ticket and the last position.
 */
export class EventFeed extends EventTarget {
  #filters = null;
  #source = null;
  #timer = 0;
  #run = null; // the attempt that counts, aborted when another or none takes its place
  #attempt = 0;
  #how = 'first';
  #closingWord = '';
  #account = null; // whose position `lastEventId` is
  #log = null; // of which log it is one
  #watchdog = new Watchdog(() => this.#again('nothing was heard for too long'));

  state = { name: 'closed', reason: 'not connected yet' };

  /** The position the next connection resumes after, as text; null before the first frame. */
  lastEventId = null;

  constructor() {
    super();
    // Both are moments at which a connection that looks open may be dead, and a retry may be long off.
    window.addEventListener('online', () => this.#wake('the network is back'));
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') {
        this.#wake('the page is looked at again');
      }
    });
  }

  open(filters) {
    this.#stop();
    this.#filters = filters;
    this.#attempt = 0;
    this.lastEventId = null;
    this.#log = null;
    this.#start('first');
  }

  close(reason = 'closed by you') {
    this.#stop();
    this.#set({ name: 'closed', reason });
  }

  /** Closes the socket and comes back after a while from the last position seen. */
  dropAndResume(seconds) {
    this.#stop();
    this.#set({ name: 'dropped', dueAt: Date.now() + seconds * 1000 });
    this.#timer = setTimeout(() => this.#start('dropped'), seconds * 1000);
  }

  /** Back from where it was, for a page that the browser took out of its cache. */
  resume() {
    this.#stop();
    this.#start('page');
  }

  get active() {
    return this.state.name !== 'closed';
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #set(state) {
    this.state = { ...state, since: Date.now() };
    this.#emit('state', this.state);
  }

  /** Comes back at once, from the last position. */
  #again(reason) {
    if (this.active && this.state.name !== 'dropped') {
      this.#stop();
      this.#set({ name: 'reconnecting', by: 'page', reason, dueAt: Date.now() });
      this.#start('page');
    }
  }

  #wake(reason) {
    if (this.#source === null || this.state.name === 'reconnecting' || this.#watchdog.quietFor > DOUBTFUL_MS) {
      this.#attempt = 0;
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

  async #start(how) {
    this.#how = how;
    this.#closingWord = '';
    const run = new AbortController();
    this.#run = run;
    if (session.required) {
      this.close('sign in first');
      return;
    }
    if (this.#account !== session.account) {
      // What one account has seen is no position of another's.
      this.#account = session.account;
      this.lastEventId = null;
    }
    this.#set({ name: 'connecting' });
    let ticket = null;
    if (session.needsTicket) {
      try {
        ticket = await session.ticket();
      } catch (problem) {
        this.#refused(run, problem);
        return;
      }
      if (run.signal.aborted) {
        return;
      }
    }
    this.#connect(run, ticket);
  }

  #connect(run, ticket) {
    const source = new EventSource(subscribeUrl(this.#filters, this.lastEventId, ticket, this.#account));
    this.#source = source;
    this.#watchdog.start();
    // A closed source may still have events queued: they belong to nobody.
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

  #event(event) {
    const receivedAt = Date.now();
    const at = performance.now();
    this.#notePosition(event);
    const data = parsed(event.data);
    if (data === null) {
      return;
    }
    // What happens while a snapshot is sent has no position yet, as its states have none.
    const id = event.type === 'stream.snapshot' || event.lastEventId === '' ? null : event.lastEventId;
    this.#emit('event', { id, type: event.type, data, text: event.data, receivedAt, at });
  }

  #connected(run, event) {
    const data = parsed(event.data);
    if (data?.type !== 'connected') {
      return;
    }
    this.#watchdog.expect(data.heartbeat);
    if ((data.account ?? null) !== this.#account) {
      this.close('this browser is signed in as another account now');
      session.look();
      return;
    }
    if (this.#log !== null && data.log !== this.#log) {
      this.#beginAnew(run, data.log);
      return;
    }
    this.#log = data.log;
    const before = this.lastEventId;
    this.#notePosition(event);
    this.#attempt = 0;
    const resumed = before ?? (this.#filters.lastEventId === '' ? null : this.#filters.lastEventId);
    this.#emit('connected', {
      clientId: data.clientId,
      head: Number(data.head),
      // Before a snapshot there is no id yet: the state is the one at the head.
      from: Number(event.lastEventId === '' ? data.head : event.lastEventId),
      resumed: resumed === null ? null : Number(resumed),
      how: this.#how,
    });
    // Whatever comes next on this source without us is the browser's own reconnect.
    this.#how = 'browser';
  }

  #snapshotEnd(event) {
    this.#notePosition(event);
    this.#emit('snapshot-end', { head: Number(parsed(event.data)?.head ?? event.lastEventId) });
  }

  /** The positions seen are of a log that is no more: under the same numbers this one has other events. */
  #beginAnew(run, log) {
    const before = this.#log;
    this.#source.close();
    this.#log = log;
    this.lastEventId = null;
    this.#filters = { ...this.#filters, lastEventId: '' };
    this.#emit('another-log', { before, log });
    // Not at once: two servers with a log each, behind one address, would keep the page busy.
    this.#retryLater(run, 'the server has another log', null);
  }

  #reset(event) {
    const data = parsed(event.data);
    if (data === null) {
      return;
    }
    // Without an id a snapshot follows: should it break off, the next connection must ask for one again.
    this.lastEventId = event.lastEventId === '' ? null : event.lastEventId;
    // The frame's id is where the server goes on from: the old position means nothing to this log.
    const from = Number(event.lastEventId === '' ? data.head : event.lastEventId);
    this.#emit('reset', { ...data, from });
  }

  #reconnect(event) {
    this.#notePosition(event);
    this.#closingWord = String(parsed(event.data)?.reason ?? '');
    this.#emit('closing-word', { reason: this.#closingWord });
  }

  #notePosition(event) {
    if (event.lastEventId !== '') {
      this.lastEventId = event.lastEventId;
    }
  }

  #failed(run, source, byTicket) {
    const said = this.#closingWord ? `server said: ${this.#closingWord}` : 'connection lost';
    if (this.#closingWord === 'token_expired') {
      this.close('the sign-in has ended');
      session.expired();
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
    // The browser gave up: an answer that is no event stream. EventSource hides it, so ask again to see why.
    source.close();
    this.#set({ name: 'reconnecting', by: 'page', reason: 'asking the server why', dueAt: null });
    this.#askWhy(run);
  }

  async #askWhy(run) {
    const probe = new AbortController();
    run.signal.addEventListener('abort', () => probe.abort());
    try {
      const response = await fetch(subscribeUrl(this.#filters, this.lastEventId, null, this.#account), {
        headers: { Accept: 'text/event-stream', ...credentials.headers },
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
        credentials.refused();
      }
    } catch {
      this.#retryLater(run, 'server not reachable', null);
    }
  }

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

  #retryLater(run, reason, retryAfterSeconds) {
    if (run.signal.aborted) {
      return;
    }
    this.#watchdog.stop();
    const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.#attempt++);
    // Jitter, so that the clients of a restarted server do not come back all at once.
    const wait = (retryAfterSeconds ?? 0) * 1000 + backoff * (0.5 + Math.random() / 2);
    this.#set({ name: 'reconnecting', by: 'page', reason, dueAt: Date.now() + wait });
    this.#timer = setTimeout(() => {
      this.#stop();
      this.#start('page');
    }, wait);
  }
}
