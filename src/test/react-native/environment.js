// What React Native and the packages that docs/clients.md names put into the global scope, before the code of an app:
// no document, no EventSource, no BroadcastChannel, no SharedWorker, no storage.
import './native';
import { AbortController, AbortSignal } from 'abort-controller/dist/abort-controller';
import { URL, URLSearchParams } from 'react-native/Libraries/Blob/URL';
import { TextDecoder, TextEncoder } from 'text-encoding';
import { ReadableStream } from 'web-streams-polyfill';

Symbol.asyncIterator ??= Symbol.for('Symbol.asyncIterator');

Object.assign(globalThis, {
  window: globalThis,
  self: globalThis,
  navigator: { product: 'ReactNative' },
  AbortController,
  AbortSignal,
  Blob: class {},
  FormData: class {},
  ReadableStream,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
});
