// React hooks on the published client: the events of payment streams, their state, and balances that tick.
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { FlowFiEvents, type FlowFiEvent, type Options, type State, type Status, type Stream } from 'flowfi-events';

export interface StreamEventsOptions extends Pick<Options, 'url' | 'token' | 'account' | 'credentials' | 'types' | 'snapshot' | 'sandbox'> {
  /** Events of these streams. */
  streamIds?: readonly string[];
  /** Events whose sender or recipient is one of these addresses. */
  userKeys?: readonly string[];
  /** Everything that this account may see. */
  all?: boolean;
  /** How many events are kept, the newest first: 100. */
  keep?: number;
}

export interface StreamEvents {
  /** The newest first. */
  events: readonly FlowFiEvent[];
  connected: boolean;
  status: Status;
  /** With `snapshot: true`: the streams, each a new object when it changes. */
  state: State;
}

const NOTHING: StreamEvents = {
  events: [],
  connected: false,
  status: { name: 'closed', since: 0 },
  state: { streams: new Map(), complete: false },
};

/** What all renders of one hook share. Connected as long as somebody is mounted; nothing happens on a server. */
class Store {
  #options: Options;
  #keep: number;
  #client: FlowFiEvents | undefined;
  #listeners = new Set<() => void>();
  #now = NOTHING;
  #told = true;

  constructor(options: Options, keep: number) {
    this.#options = options;
    this.#keep = keep;
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    this.#client ??= this.#follow();
    this.#client.open();
    return () => {
      this.#listeners.delete(listener);
      // StrictMode mounts twice: the second time comes before this.
      setTimeout(() => this.#listeners.size === 0 && this.#client?.close());
    };
  };

  snapshot = () => this.#now;

  #follow() {
    const client = new FlowFiEvents(this.#options);
    client.on('event', (event) => this.#set({ events: [event, ...this.#now.events].slice(0, this.#keep) }));
    client.on('status', (status) => this.#set({ status, connected: status.name === 'open' }));
    client.on('change', () => this.#set({ state: client.state }));
    client.on('reset', () => this.#set({ events: [] }));
    return client;
  }

  #set(change: Partial<StreamEvents>) {
    this.#now = { ...this.#now, ...change };
    if (this.#told) {
      this.#told = false;
      // Many events may come in one piece: one render for all of them.
      queueMicrotask(() => {
        this.#told = true;
        this.#listeners.forEach((listener) => listener());
      });
    }
  }
}

/** Follows streams while the component is mounted. Other filters or another account begin anew. */
export function useStreamEvents(options: StreamEventsOptions): StreamEvents {
  const { streamIds = [], userKeys = [], all, types, snapshot, sandbox, url, credentials, keep = 100 } = options;
  // A function is often a new one in every render, and means the same.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const account = typeof options.account === 'function' ? options.account() : options.account;
  const key = JSON.stringify([url, streamIds, userKeys, all, types, snapshot, sandbox, credentials, keep, account ?? 0]);
  const store = useMemo(() => {
    const filters = { all, streams: [...streamIds], users: [...userKeys], types, snapshot, sandbox };
    const token = options.token && {
      token: (ask: { renew: boolean }) => {
        const now = latest.current.token;
        return typeof now === 'function' ? now(ask) : now;
      },
    };
    return new Store({ url, credentials, account, ...filters, ...token }, keep);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the key says all of it
  }, [key]);
  return useSyncExternalStore(store.subscribe, store.snapshot, () => NOTHING);
}

const seconds = {
  listeners: new Set<() => void>(),
  timer: undefined as ReturnType<typeof setInterval> | undefined,
  subscribe(listener: () => void) {
    seconds.listeners.add(listener);
    seconds.timer ??= setInterval(() => seconds.listeners.forEach((each) => each()), 1000);
    return () => {
      seconds.listeners.delete(listener);
      if (seconds.listeners.size === 0) {
        clearInterval(seconds.timer);
        seconds.timer = undefined;
      }
    };
  },
};

/** What could be withdrawn now, and in a second; null if nobody here knows. Put it in the smallest component: only that renders each second. */
export function useClaimable(stream: Stream): bigint | null {
  return useSyncExternalStore(
    seconds.subscribe,
    () => stream.claimable,
    () => 0n,
  );
}

/** A balance that ticks. */
export function Balance({ stream }: { stream: Stream }) {
  return <output>{useClaimable(stream)?.toString() ?? 'unknown'}</output>;
}
