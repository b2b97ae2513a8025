// Follows everything with one of the published clients, and prints the position and the type of each event:
//
//   node follow.js eventsource-4 'http://127.0.0.1:3001/v1/events/subscribe?all=true&lastEventId=0'
//
// Each with the lines that docs/clients.md says it needs, or with ALONE in the environment without them. The parsers have
// no connection of their own, and always need them.
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const TYPES = ['created', 'topped_up', 'withdrawn', 'paused', 'resumed', 'cancelled', 'completed'].map((t) => `stream.${t}`);

// A client of which nothing is loaded that is not run: some change globals.
const load = createRequire(import.meta.url);

const [name, url] = process.argv.slice(2);
const alone = process.env.ALONE !== undefined;
let last = '0';

function heard(type, id) {
  if (TYPES.includes(type)) {
    console.log(parseInt(id), type); // without its log
  }
  last = id || last;
}

/** A new one when it has given up, from where the last one was. */
function withSource(open) {
  const source = open(url.replace(/lastEventId=[^&]+/, `lastEventId=${last}`));
  for (const type of ['message', 'heartbeat', 'reconnect', ...TYPES]) {
    source.addEventListener(type, (event) => heard(event.type, event.lastEventId));
  }
  source.onerror = (error) => {
    console.error(name, error.message ?? error.type, source.readyState);
    if (source.readyState === 2 && !alone) {
      setTimeout(() => withSource(open), 2000);
    }
  };
}

/** The loop around a parser: from where the last connection was, two seconds after its end. */
async function withParser(read) {
  for (;;) {
    try {
      const response = await fetch(url, { headers: { 'Last-Event-ID': last } });
      if (response.status !== 200) {
        throw new Error(`status ${response.status}`);
      }
      await read(response.body);
      console.error(name, 'completed');
    } catch (error) {
      console.error(name, error.message);
    }
    await sleep(2000);
  }
}

/** That of eventsource-parser takes text. */
function withFeed(parser) {
  return withParser(async (body) => {
    parser.reset(); // what was cut off is not continued
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      parser.feed(text);
    }
  });
}

/** Of a page, for clients that have no other connection. */
function loadXmlHttpRequest() {
  globalThis.XMLHttpRequest = new (load('jsdom').JSDOM)('', { url }).window.XMLHttpRequest;
}

/** It tells each end by its state, some of them twice. */
function withSse({ SSE }) {
  const source = new SSE(url.replace(/lastEventId=[^&]+/, `lastEventId=${last}`));
  for (const type of ['message', 'heartbeat', 'reconnect', ...TYPES]) {
    // without an id it is what was left of a block that was cut off
    source.addEventListener(type, ({ id }) => id && heard(type, id));
  }
  source.addEventListener('error', ({ responseCode }) => console.error(name, 'status', responseCode));
  const end = ({ readyState }) => {
    if (readyState === SSE.CLOSED) {
      console.error(name, 'closed');
      source.removeEventListener('readystatechange', end);
      if (!alone) {
        setTimeout(() => withSse({ SSE }), 2000);
      }
    }
  };
  source.addEventListener('readystatechange', end);
}

/** It comes back by itself, but not after status 0. */
function withReactNative(EventSource) {
  const source = new EventSource(url.replace(/lastEventId=[^&]+/, `lastEventId=${last}`));
  for (const type of ['message', 'heartbeat', 'reconnect', ...TYPES]) {
    source.addEventListener(type, (event) => heard(event.type, event.lastEventId));
  }
  source.addEventListener('error', ({ xhrStatus, message }) => {
    console.error(name, xhrStatus, message);
    if (xhrStatus === 0 && !alone) {
      source.close();
      setTimeout(() => withReactNative(EventSource), 2000);
    }
  });
}

/** It is for pages. A clean end would be its last word: an onclose that throws makes it come back. */
function withFetch({ fetchEventSource }) {
  const document = { hidden: false, addEventListener() {}, removeEventListener() {} };
  Object.assign(globalThis, { window: globalThis, document });
  fetchEventSource(url, {
    openWhenHidden: true,
    onmessage: ({ event, id }) => heard(event, id),
    ...(!alone && {
      onclose: () => {
        throw new Error('come back');
      },
    }),
    onerror: (error) => console.error(name, error.message),
  }).then(() => console.error(name, 'resolved'));
}

const clients = {
  eventsource: () => withSource((at) => new (load('eventsource'))(at)),
  'eventsource-3': () => withSource((at) => new (load('eventsource-3').EventSource)(at)),
  'eventsource-4': () => withSource((at) => new (load('eventsource-4').EventSource)(at)),
  'eventsource-5': () => withSource((at) => new (load('eventsource-5').EventSource)(at)),
  '@sanity/eventsource': () => withSource((at) => new (load('@sanity/eventsource'))(at)),
  'extended-eventsource': () => {
    const { EventSource } = load('extended-eventsource');
    withSource((at) => new EventSource(at, { disableLogger: true }));
  },
  undici: () => withSource((at) => new (load('undici').EventSource)(at)),
  'undici-8': () => withSource((at) => new (load('undici-8').EventSource)(at)),
  // Without these it ends a connection after 5 s of silence, and itself at any answer but 200, 500, 502, 503, 504.
  'launchdarkly-eventsource': () => {
    const { EventSource } = load('launchdarkly-eventsource');
    withSource((at) => new EventSource(at, { readTimeoutMillis: 45_000, errorFilter: () => true }));
  },
  'eventsource-client': () => {
    const { createEventSource } = load('eventsource-client');
    createEventSource({ url, onMessage: ({ event, id }) => heard(event, id) });
  },
  'event-source-plus': () => {
    const { EventSourcePlus } = load('event-source-plus');
    new EventSourcePlus(url).listen({
      onMessage: ({ event, id }) => heard(event, id),
      onRequestError: ({ error }) => console.error(name, error.message),
    });
  },
  'event-source-polyfill': () => {
    const { EventSourcePolyfill } = load('event-source-polyfill');
    withSource((at) => new EventSourcePolyfill(at));
  },
  // It puts the position behind the URL itself, and needs a class to connect with.
  'reconnecting-eventsource': () => {
    const Reconnecting = load('reconnecting-eventsource').default;
    const eventSourceClass = load('eventsource-4').EventSource;
    withSource((at) => new Reconnecting(at.replace(/&lastEventId=(\d+)/, ''), { eventSourceClass, lastEventId: last }));
  },
  'sse.js': () => {
    loadXmlHttpRequest();
    withSse(load('sse.js'));
  },
  'react-native-sse': () => {
    loadXmlHttpRequest();
    withReactNative(load('react-native-sse').default);
  },
  'eventsource-parser-3': () => {
    const { createParser } = load('eventsource-parser-3');
    withFeed(createParser({ onEvent: ({ event, id }) => heard(event, id) }));
  },
  'eventsource-parser-4': () => {
    const { createParser } = load('eventsource-parser-4');
    withFeed(createParser({ onEvent: ({ event, id }) => heard(event, id) }));
  },
  // What is left of a block that was cut off comes as an event, too, with the id of the one before.
  'parse-sse': () => {
    const { parseServerSentEvents } = load('parse-sse');
    withParser(async (body) => {
      for await (const { type, lastEventId } of parseServerSentEvents({ body })) {
        if (lastEventId !== last) {
          heard(type, lastEventId);
        }
      }
    });
  },
  '@azure/core-sse': () => {
    const { createSseStream } = load('@azure/core-sse');
    withParser(async (body) => {
      for await (const { event, id } of createSseStream(body)) {
        heard(event, id);
      }
    });
  },
  // It has no ids, but the values of all lines of a block; the id is in the last of ours.
  'fetch-sse': async () => {
    const { fetchEventData } = load('fetch-sse');
    do {
      await fetchEventData(url, {
        method: 'GET',
        headers: { 'Last-Event-ID': last },
        onMessage: ({ event, raw }) => heard(event, raw.at(-1)),
        onError: (error) => console.error(name, error.message),
      });
      console.error(name, 'resolved');
      await sleep(2000);
    } while (!alone);
  },
  '@ai-zen/node-fetch-event-source': () => withFetch(load('@ai-zen/node-fetch-event-source')),
  '@microsoft/fetch-event-source': () => withFetch(load('@microsoft/fetch-event-source')),
  '@fortaine/fetch-event-source': () => withFetch(load('@fortaine/fetch-event-source')),
};

// That of undici does not keep a program running while it waits to reconnect.
setInterval(() => {}, 60_000);
clients[name]();
