// @ts-check
// The SharedWorker of all tabs of this origin: one connection for each server, account and filter.
import { Streams } from './streams.js';
import { Hub, firstAnswer, packed } from './tabs.js';

/** @typedef {{hub: Hub, ports: Map<string, MessagePort>}} Group */

const MOST_STREAMS = 10_000;

/** @type {Map<string, Group>} */
const groups = new Map();

/** @type {Map<number, (answer: any) => void>} */
const asked = new Map();

/** @param {any} settings */
function newGroup(settings) {
  const streams = settings.snapshot ? new Streams(MOST_STREAMS) : undefined;
  /** @type {Map<string, MessagePort>} */
  const ports = new Map();
  /** @param {boolean} renew */
  const who = (renew) =>
    firstAnswer([...ports.values()], (port, ask) => {
      port.postMessage({ word: 'who', detail: { renew, ask } });
      return new Promise((resolve) => asked.set(ask, resolve)).finally(() => asked.delete(ask));
    });
  const hub = new Hub(
    settings,
    who,
    (to, word, detail) => {
      if (to === null) {
        streams?.take(word, detail);
      }
      for (const port of to === null ? ports.values() : [ports.get(to)]) {
        port?.postMessage({ word, detail: packed(detail) });
      }
    },
    streams,
  );
  return { hub, ports };
}

/** @type {any} */ (globalThis).onconnect = (/** @type {MessageEvent} */ { ports: [port] }) => {
  let leave = () => {};
  /** @type {Group|undefined} */
  let group;
  port.onmessage = ({ data: { word, detail } }) => {
    if (word === 'who') {
      asked.get(detail.ask)?.(detail);
    } else if (word === 'wake') {
      group?.hub.wake(detail);
    } else if (word === 'leave') {
      leave();
    } else if (word === 'join') {
      const { key, lock, settings, from } = detail;
      const first = !groups.has(key);
      const mine = groups.get(key) ?? newGroup(settings);
      group = mine;
      groups.set(key, mine);
      mine.ports.set(lock, port);
      leave = () => {
        mine.ports.delete(lock);
        if (mine.ports.size === 0) {
          mine.hub.stop();
          if (groups.get(key) === mine) {
            groups.delete(key);
          }
        }
      };
      // It is free when the tab is gone, even if that crashed.
      navigator.locks.request(lock, () => leave());
      if (first) {
        port.postMessage({ word: 'joined' });
        mine.hub.start(from);
      } else {
        mine.hub.join(lock, from);
      }
    }
  };
};
