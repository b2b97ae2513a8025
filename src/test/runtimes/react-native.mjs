// Follows everything with our client as in React Native, and prints the position and the type of each event:
//
//   node react-native.mjs http://127.0.0.1:3001/
//
// The global scope has what an app has, and not what Node or a page has. The fetch is react-native-fetch-api; its native
// side, which a device brings, is Node's http here.
import { request as send } from 'node:http';
import { register } from 'node:module';

// What Node has and React Native has not, or has as a package.
for (const name of [
  'AbortController', 'AbortSignal', 'BroadcastChannel', 'DOMException', 'Event', 'EventSource', 'EventTarget', 'Headers',
  'MessageChannel', 'ReadableStream', 'Request', 'Response', 'TextDecoder', 'TextEncoder', 'WebSocket', 'Worker', 'fetch',
  'localStorage', 'navigator', 'sessionStorage', 'structuredClone',
]) {
  delete globalThis[name];
}

/** React Native's module of this name. */
const listeners = new Set();
let count = 0;
const open = new Map();

function tell(name, ...words) {
  [...listeners].filter((listener) => listener.name === name).forEach(({ hear }) => hear(words));
}

globalThis.Networking = {
  addListener(name, hear) {
    const listener = { name, hear };
    listeners.add(listener);
    return { remove: () => listeners.delete(listener) };
  },
  sendRequest(method, trackingName, url, headers, data, responseType, incrementalUpdates, timeout, created) {
    const id = ++count;
    const end = (error = '') => open.delete(id) && tell('didCompleteNetworkResponse', id, error, false);
    const request = send(url, { method, headers }, (response) => {
      tell('didReceiveNetworkResponse', id, response.statusCode, response.headers, url);
      response.setEncoding('utf8'); // a device does not split characters either
      response.on('data', (text) => tell('didReceiveNetworkIncrementalData', id, text, 0, 0));
      response.on('end', () => end());
      response.on('error', ({ message }) => end(message));
    });
    request.on('error', ({ message }) => end(message));
    open.set(id, request);
    created(id);
    request.end(data);
  },
  abortRequest(id) {
    const request = open.get(id);
    open.delete(id);
    request?.destroy();
  },
};

// As Metro finds modules: without the ends of their names. Blobs are not needed.
const FIND = `
export const resolve = (name, context, next) =>
  name.split('/')[0] === 'react-native'
    ? { url: 'data:text/javascript,export const Networking = globalThis.Networking; export default null;', shortCircuit: true }
    : next(name.startsWith('./') && context.parentURL.includes('react-native-fetch-api') ? name + '.js' : name, context);
export const load = (url, context, next) =>
  next(url, url.includes('react-native-fetch-api') ? { ...context, format: 'module' } : context);
`;
register(`data:text/javascript,${encodeURIComponent(FIND)}`);

const { default: aborts } = await import('abort-controller');
const { default: texts } = await import('text-encoding');
const { ReadableStream } = await import('web-streams-polyfill');
Object.assign(globalThis, {
  window: globalThis,
  self: globalThis,
  navigator: { product: 'ReactNative' },
  AbortController: aborts.AbortController,
  AbortSignal: aborts.AbortSignal,
  Blob: class {},
  FormData: class {},
  ReadableStream,
  TextDecoder: texts.TextDecoder,
  TextEncoder: texts.TextEncoder,
});

const { fetch } = await import('react-native-fetch-api');
const { FlowFiEvents } = await import('../../../webapp/lib/flowfi-events.js');

const streaming = (url, init) => fetch(url, { ...init, reactNative: { textStreaming: true } });
for await (const { id, type } of new FlowFiEvents({ url: process.argv[2], all: true, after: 0, fetch: streaming })) {
  console.log(id, type);
}
