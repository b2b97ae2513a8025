// The environment of a feed in a page, controlled by a test: event sources, fetch, the network, the tab and the time.

/** Like a browser's: it reconnects by itself until an answer is not an event stream, and remembers the last id. */
export class FakeEventSource extends EventTarget {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSED = 2;

  readyState = FakeEventSource.CONNECTING;
  #lastId = '';

  constructor(url, { withCredentials = false } = {}) {
    super();
    this.withCredentials = withCredentials;
    this.url = new URL(url);
    this.query = Object.fromEntries(this.url.searchParams);
    FakeEventSource.made(this);
  }

  close() {
    this.readyState = FakeEventSource.CLOSED;
  }

  /** The server answers with an event stream. */
  accept() {
    this.readyState = FakeEventSource.OPEN;
    this.onopen?.(new Event('open'));
  }

  /** The server answers with its greeting. */
  greet(greeting, id) {
    this.accept();
    this.say('message', { type: 'connected', clientId: 'c', log: 'a', heartbeat: 10, ...greeting }, id);
  }

  say(type, data, id = this.#lastId) {
    this.#lastId = id;
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    const event = new MessageEvent(type, { data: text, lastEventId: id });
    this.dispatchEvent(event);
  }

  /** The connection is lost: the browser will reconnect by itself. */
  lose() {
    this.readyState = FakeEventSource.CONNECTING;
    this.onerror?.(new Event('error'));
  }

  /** The answer is not an event stream: the browser gives up for good. */
  refuse() {
    this.readyState = FakeEventSource.CLOSED;
    this.onerror?.(new Event('error'));
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A page for one test, with a clock that only moves on request. */
export function fakeBrowser(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_700_000_000_000 });
  const patient = globalThis.setTimeout;
  const page = {
    /** @type {FakeEventSource[]} all that were opened, the latest last */
    sources: [],
    /** What fetch() answers: a function of the URL and the request. */
    answer: () => Promise.reject(new TypeError('no network')),
    /** Moves the clock by this many seconds, and runs everything that is due by then. */
    async pass(seconds) {
      await settled();
      t.mock.timers.tick(seconds * 1000);
      await settled();
    },
    get source() {
      return page.sources.at(-1);
    },
  };
  FakeEventSource.made = (source) => page.sources.push(source);
  const globals = {
    EventSource: FakeEventSource,
    fetch: (url, init) => page.answer(new URL(url), init),
    window: new EventTarget(),
    document: Object.assign(new EventTarget(), {
      baseURI: 'http://127.0.0.1:1/test-client.html',
      visibilityState: 'visible',
    }),
    // Like browsers: a delay that is too long for a timer ends at once.
    setTimeout: (what, ms) => patient(what, ms > LONGEST_TIMER_MS ? 0 : ms),
  };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => {
      if (before) {
        Object.defineProperty(globalThis, name, before);
      } else {
        delete globalThis[name];
      }
    });
  }
  return page;
}

/** Runs everything that is ready. */
export async function settled() {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function problem(status, retryAfter, more = {}) {
  return new Response(JSON.stringify({ title: `T${status}`, status, detail: `detail of ${status}` }), {
    status,
    headers: { 'X-Request-ID': `r${status}`, ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }), ...more },
  });
}
