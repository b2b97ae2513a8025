// Follows everything with one of the published clients, and prints the position and the type of each event:
//
//   node follow.js eventsource-4 'http://127.0.0.1:3001/v1/events/subscribe?all=true&lastEventId=0'
//
// Each with the lines that docs/clients.md says it needs, or with ALONE in the environment without them.
import { createRequire } from 'node:module';

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
  'extended-eventsource': () => {
    const { EventSource } = load('extended-eventsource');
    withSource((at) => new EventSource(at, { disableLogger: true }));
  },
  undici: () => withSource((at) => new (load('undici').EventSource)(at)),
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
  '@ai-zen/node-fetch-event-source': () => withFetch(load('@ai-zen/node-fetch-event-source')),
  '@microsoft/fetch-event-source': () => withFetch(load('@microsoft/fetch-event-source')),
  '@fortaine/fetch-event-source': () => withFetch(load('@fortaine/fetch-event-source')),
};

// That of undici does not keep a program running while it waits to reconnect.
setInterval(() => {}, 60_000);
clients[name]();
