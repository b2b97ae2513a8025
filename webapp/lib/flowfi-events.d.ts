/**
 * The client of FlowFi Events: payment streams as they change, with nothing lost and nothing twice, over restarts of the
 * server, cut connections, sleep, and tokens that end.
 *
 * ```js
 * const events = new FlowFiEvents({ url: 'https://events.example.com/', users: [address], token: () => myToken() });
 * events.on('stream.withdrawn', ({ data }) => show(BigInt(data.amount)));
 * events.open();
 * ```
 *
 * or, with the next event only when this one was handled:
 *
 * ```js
 * for await (const event of new FlowFiEvents({ url, all: true, signal })) { await book(event); }
 * ```
 */
export class FlowFiEvents implements AsyncIterable<FlowFiEvent> {
  constructor(options: Options);

  /** The connection as it is now. Another object after every change. */
  readonly status: Status;
  /** The position up to which everything was delivered; null before the first one. */
  readonly position: number | null;
  /** Which log the position belongs to. Store both together. */
  readonly log: string | undefined;
  /** The streams, with `snapshot: true`. Another object after every change, and so is each changed stream. */
  readonly state: State;

  /** Connects, or goes on where it was. Does nothing if it is open. */
  open(): this;
  /** Disconnects. The position and the state stay, so `open()` resumes. */
  close(reason?: string): void;
  /** Tries at once if it waits for a next try; reconnects if nothing was heard for 15 s. */
  wake(reason?: string): void;
  /** The server's time in Unix seconds, as far as it is known. */
  now(): number;

  /** Listens; call the returned function to stop. A listener that throws is reported, and disturbs nothing else. */
  on<W extends keyof Words>(word: W, listener: (detail: Words[W]) => void): () => void;
  /** Events of types that this version does not know. With `eventSource`, only of those named in `types`. */
  on(word: string, listener: (event: FlowFiEvent) => void): () => void;

  /**
   * Every event from now on. Opens the client if it is closed; ends when it is closed, and throws the problem if there
   * was one. When 1,000 events wait for the reader, the connection waits, too.
   */
  [Symbol.asyncIterator](): AsyncGenerator<FlowFiEvent, void, undefined>;
}

/** `snapshot`, `storage`, `share` and `eventSource` each load a module more, when they are used. */
export interface Options {
  /** The server, with the path of the application. In a page: relative to it, and `/` if it is left out. */
  url?: string;

  /** Everything that this account may see. One of `all`, `streams`, `users` and `filter` is needed. */
  all?: boolean;
  /** Ids of streams. */
  streams?: string[];
  /** Addresses: sender or recipient. */
  users?: string[];
  /** Only events of these types. With it, `state` knows only what these events say. */
  types?: string[];
  /** The id of a saved filter, instead of the ones above. */
  filter?: string;
  /** Begin with the state of all matching streams, and keep it current in `state`. */
  snapshot?: boolean;
  /** Seconds without an event until the server sends a heartbeat: 2 to 60. */
  heartbeat?: number;
  /**
   * Follow the server's sandbox, in which nobody is paid, and nothing else. Its streams and positions are others: a new
   * client for each. A server without a sandbox refuses with a 400.
   */
  sandbox?: boolean;

  /** Begin after this position. */
  after?: number | null;
  /** Which log `after` is a position of. In another one it is not used. */
  log?: string;
  /**
   * Where to keep the position, so that a page that is loaded again resumes: `localStorage` (all tabs; a position that
   * one of them has reached), `sessionStorage` (this tab), or anything with these three methods. For each server,
   * account and filter another one. Not used with `snapshot`, which begins with the present state.
   */
  storage?: { getItem(key: string): string | null; setItem(key: string, value: string): void; removeItem(key: string): void };

  /**
   * The bearer token. A function is asked for every connection, and has 45 s; `renew`: the server did not take the last
   * one. What it throws is the reason of the status, and it is asked again. Of tabs that share, one that is awake is
   * asked, and after 10 s another one, too.
   */
  token?: string | null | ((ask: { renew: boolean }) => string | null | undefined | Promise<string | null | undefined>);
  /** Gives a new ticket for every connection, from a backend of yours. Instead of `token`. */
  ticket?: (ask: { renew: boolean }) => Promise<string>;
  /**
   * The account that you expect; null: nobody (open mode). The server refuses another one with a 409. If it is left
   * out: the one of the token, or the one of the cookie.
   */
  account?: string | null | (() => string | null | undefined);
  /** For the cookie of a server of another origin: `include`. */
  credentials?: 'omit' | 'same-origin' | 'include';

  /**
   * One connection for all tabs with the same server, account and filter: in a SharedWorker (`worker`), else in the tab
   * that leads (`leader`), else each its own (`own`). `auto` takes the first that is possible. Only in pages.
   */
  share?: 'auto' | 'worker' | 'leader' | 'own';
  /** Use the browser's own EventSource. Then each connection with a token needs a ticket, which is fetched. */
  eventSource?: boolean;
  /**
   * The longest wait between two tries in ms: 30,000. A `Retry-After` of the server may be longer: in seconds up to 24
   * days, as a date up to an hour.
   */
  maxWait?: number;
  /** So many streams are kept in `state`, 10,000; the one whose change is the longest ago is dropped. */
  maxStreams?: number;
  /** Closes the client. */
  signal?: AbortSignal;
  /** Another fetch: in React Native one that streams bodies. */
  fetch?: typeof fetch;
}

export interface Status {
  name: 'closed' | 'connecting' | 'open' | 'reconnecting';
  /** In ms since 1970. */
  since: number;
  /** Why it is closed, or reconnects. */
  reason?: string;
  /** When the next try is due, in ms since 1970; null: the browser decides. */
  dueAt?: number | null;
  /** Why it stays closed: an error that will not pass. After a 401, call `open()` once there is a new sign-in. */
  problem?: ProblemError;
}

export interface State {
  readonly streams: ReadonlyMap<string, Stream>;
  /** Whether a whole snapshot has come, so that no stream is missing. */
  readonly complete: boolean;
}

/** The state of a stream. Amounts are decimal strings in the token's smallest unit, times are Unix seconds. */
export interface Stream {
  readonly streamId: string;
  /** null, like the next two, while the chain has not told it. */
  readonly sender: string | null;
  readonly recipient: string | null;
  readonly tokenAddress: string | null;
  readonly ratePerSecond: string;
  readonly depositedAmount: string;
  readonly withdrawnAmount: string;
  readonly startTime: number;
  /** null while the stream is paused or not modelled. */
  readonly endTime: number | null;
  readonly lastUpdateTime: number;
  readonly status: 'ACTIVE' | 'PAUSED' | 'CANCELLED' | 'COMPLETED';
  readonly pausedAt: number | null;
  readonly totalPausedDuration: number;
  readonly version: number;
  readonly origin: string;
  /** Of the chain: since when the rate counts. */
  readonly accruesFrom?: number;
  /** Of the chain: whether amounts can be computed. */
  readonly modelled?: boolean;
  /** Of the chain: whether all that happened is known. */
  readonly verified?: boolean;
  /** What could be withdrawn at this moment; null if it is not modelled. */
  readonly claimable: bigint | null;
}

/** What could be withdrawn at `at`, in Unix seconds: the server's rule; null if the stream is not modelled. */
export function claimable(
  stream: Pick<
    Stream,
    'status' | 'ratePerSecond' | 'depositedAmount' | 'withdrawnAmount' | 'startTime'
  > & { pausedAt?: number | null; totalPausedDuration?: number; accruesFrom?: number; modelled?: boolean },
  at: number,
): bigint | null;

/** The fields of every event of a stream. */
export interface Common {
  /** Of the sandbox: nobody was paid. */
  sandbox?: true;
  streamId: string;
  /** null, like the next one, while the chain has not told it. */
  sender: string | null;
  recipient: string | null;
  version: number;
  /** Unix seconds. */
  timestamp: number;
  origin: string;
  reference?: string;
  transactionHash?: string;
  ledger?: number;
  transactionIndex?: number;
  operationIndex?: number;
  eventIndex?: number;
  /** Of the chain, where the event alone does not tell it: take it as it is. */
  state?: ChainState;
}

export interface ChainState {
  tokenAddress: string | null;
  ratePerSecond: string;
  depositedAmount: string;
  withdrawnAmount: string;
  startTime: number;
  status: 'ACTIVE' | 'PAUSED' | 'CANCELLED' | 'COMPLETED';
  pausedAt: number | null;
  totalPausedDuration: number;
  accruesFrom: number;
  modelled: boolean;
  verified: boolean;
  asOfLedger: number;
}

/** The payloads, by type. */
export interface Payloads {
  'stream.created': Common & {
    sender: string;
    recipient: string;
    tokenAddress: string;
    ratePerSecond: string;
    depositedAmount: string;
    startTime: number;
    /** Of the chain: false if it does not simply pay by its rate. */
    modelled?: boolean;
  };
  /** `newEndTime` is null while the stream is paused or not modelled. */
  'stream.topped_up': Common & { amount: string; newDepositedAmount: string; newEndTime: number | null };
  'stream.withdrawn': Common & { amount: string; withdrawnAmount: string };
  'stream.paused': Common & { pausedAt: number };
  'stream.resumed': Common & { newEndTime: number };
  'stream.cancelled': Common & { refundedAmount: string; amountWithdrawn: string };
  'stream.completed': Common & { totalWithdrawn: string };
  'stream.fee_collected': Common & { treasury: string; feeAmount: string; token: string };
  'stream.rate_modified': Common & {
    oldRatePerSecond: string;
    newRatePerSecond: string;
    newEndTime: number;
    accruesFrom: number;
  };
  'stream.closed': Common & { closer: string; closedAt: number };
  'stream.changed': Common & { name: string; data: unknown };
  'stream.corrected': Common & { replaced: boolean };
  'stream.reconciled': Common;
  'protocol.fee_config_updated': {
    admin: string;
    oldTreasury: string;
    newTreasury: string;
    oldFeeRateBps: number;
    newFeeRateBps: number;
  };
  'protocol.admin_transferred': { previousAdmin: string; newAdmin: string };
  'protocol.initialized': { admin: string; treasury: string; feeRateBps: number };
  'protocol.changed': { name: string; data: unknown };
  'protocol.contract_upgraded': { oldWasm: string; newWasm: string };
  'protocol.history_gap': { fromLedger: number; toLedger: number };
  'protocol.event_quarantined': { id: string; reason: string; streamId: string | null };
  /** The whole state of a stream, while a snapshot comes. */
  'stream.snapshot': Omit<Stream, 'claimable'> & {
    /** What could be withdrawn when it was written; null if the stream is not modelled. */
    claimableAmount: string | null;
  };
  /** A message of the operator to people. */
  notice: { message: string; severity: 'info' | 'warning' | 'critical'; at: string };
}

export interface EventOf<T extends string, D> {
  /** The position in the log; null for states, notices, and events in the middle of a snapshot. */
  readonly id: number | null;
  readonly type: T;
  readonly data: D;
  /** The payload as the server wrote it. */
  readonly text: string;
}

export type KnownEvent = { [T in keyof Payloads]: EventOf<T, Payloads[T]> }[keyof Payloads];
/** Of a type that this version does not know. */
export type UnknownEvent = EventOf<string & {}, any>;
export type FlowFiEvent = KnownEvent | UnknownEvent;

export interface Connected {
  hello: { sandbox?: true; clientId: string; account?: string; log: string; head: number; heartbeat: number };
  /** Where it starts; null: a snapshot comes first. */
  position: number | null;
  /** The position that it resumes after; null: it does not. */
  resumed: number | null;
  /** The server's clock less this one, in ms; 0 if they agree within two seconds. */
  skew: number;
}

export interface Reset {
  /**
   * `history_trimmed`, `unknown_position`: the server cannot go on from the position. `another_log`: its data was
   * restored or started again. `another_account`: somebody else has signed in.
   */
  reason: string;
  /** Where it goes on; null: with a snapshot, or with the next connection. */
  position: number | null;
  oldest?: number;
  head?: number;
  /** `another_log`: the log that was known, and the new one. */
  before?: string;
  log?: string;
}

/** What can be listened to. */
export type Words = { [T in keyof Payloads]: EventOf<T, Payloads[T]> } & {
  /** Every event, of whatever type. */
  event: FlowFiEvent;
  status: Status;
  connected: Connected;
  /** Forget what you know: it is not true any more. `state` has forgotten it already. */
  reset: Reset;
  /** The state is complete. */
  snapshot: { position: number };
  /** `state` has changed: in this stream, or, null, in all of them. */
  change: string | null;
  /** Nothing happened, up to this position; the log is at `head`. */
  heartbeat: { position: number | null; head?: number };
  /** The server ends the connection, and says why. */
  reconnect: { reason: string; position: number | null };
  /** Something could not be read, or stored. Nothing else suffers from it. */
  problem: unknown;
};

/** The types of the events that a server of this version writes. */
export const EVENT_TYPES: readonly string[];

/** An answer that is not a success, with the server's message. Status 0: there was no answer. */
export class ProblemError extends Error {
  constructor(status: number, problem: Record<string, unknown>, retryAfter?: number | null, requestId?: string | null);
  status: number;
  title: string;
  errors: { field?: string; parameter?: string; message: string }[];
  /** Seconds, also where the server named a date; a date counts for at most an hour, as this clock may be wrong. */
  retryAfter: number | null;
  /** What the server's log calls the request; from another origin null, unless the server exposes the header. */
  requestId: string | null;
}
