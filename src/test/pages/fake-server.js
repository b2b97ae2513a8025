// The environment of a client, controlled by a test: a server behind fetch, and the time.
import '../../../webapp/lib/event-source.js';
import '../../../webapp/lib/places.js';
import '../../../webapp/lib/streams.js';
import '../../../webapp/lib/tabs.js';
import { problem, settled } from './fake-browser.js';

const bytes = new TextEncoder();

/** One request for an event stream. Answered by the test, unless the server accepts all. */
class Subscription {
  #answer;
  #stream;

  constructor(url, init) {
    this.url = new URL(url);
    this.query = Object.fromEntries(this.url.searchParams);
    this.headers = init.headers;
    this.signal = init.signal;
    this.answered = new Promise((resolve, reject) => {
      this.#answer = { resolve, reject };
      init.signal?.addEventListener('abort', () => reject(init.signal.reason));
    });
  }

  get open() {
    return !this.signal.aborted;
  }

  /** The server answers with an event stream. */
  accept(headers) {
    const body = new ReadableStream({
      start: (stream) => {
        this.#stream = stream;
        this.signal.addEventListener('abort', () => {
          try {
            stream.error(this.signal.reason);
          } catch {
            // it has ended already
          }
        });
      },
    });
    this.#answer.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream;charset=UTF-8', ...headers } }));
  }

  async greet(greeting, id, headers) {
    this.accept(headers);
    await this.say('', { type: 'connected', clientId: 'c', log: 'a', heartbeat: 10, ...greeting }, id);
  }

  async say(type, data, id) {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    await this.write(`${type === '' ? '' : `event: ${type}\n`}data: ${text}\n${id === undefined ? '' : `id: ${id}\n`}\n`);
  }

  async write(text) {
    if (this.open) {
      this.#stream.enqueue(typeof text === 'string' ? bytes.encode(text) : text);
    }
    await settled();
  }

  /** The end of the body. */
  async end() {
    this.#stream.close();
    await settled();
  }

  /** The connection is lost. */
  async lose() {
    this.#stream.error(new TypeError('terminated'));
    await settled();
  }

  async refuse(status, retryAfter, headers) {
    this.#answer.resolve(problem(status, retryAfter, headers));
    await settled();
  }

  async fail() {
    this.#answer.reject(new TypeError('fetch failed'));
    await settled();
  }
}

/** A server for one test, with a clock that only moves on request. */
export function fakeServer(t) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_700_000_000_000 });
  const server = {
    /** @type {Subscription[]} the latest last */
    all: [],
    get last() {
      return server.all.at(-1);
    },
    async fetch(url, init) {
      const subscription = new Subscription(url, init ?? {});
      server.all.push(subscription);
      return subscription.answered;
    },
    /** Moves the clock by this many seconds, and runs everything that is due by then. */
    async pass(seconds) {
      await settled();
      t.mock.timers.tick(seconds * 1000);
      await settled();
    },
  };
  return server;
}
