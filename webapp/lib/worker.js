// @ts-check
// The SharedWorker of all tabs of this origin: one connection for each server, account and filter.
import { Streams } from './streams.js';
import { Hub, errorOf, packed } from './tabs.js';

/** @import { Who } from './connection.js' */

/**
 * `life`: a lock that it holds as long as this worker lives.
 *
 * @typedef {{hub: Hub, ports: Map<string, MessagePort>, hear: (word: string, answer: any) => void, life: Promise<string>, end: () => void}} Group
 */

const MOST_STREAMS = 10_000;

/** So long a tab that is awake may take to say so. */
const AWAKE_MS = 2000;

/** So long one that is awake is asked alone. */
const ANSWER_MS = 10_000;

/** @type {Map<string, Group>} */
const groups = new Map();

/**
 * Asks tabs who they are: one after the other, as some may be asleep, and as more than one token may be more than there
 * can be. One that is awake says so before it gets its token, which may take as long as on a connection of its own. The
 * first answer counts, whoever gives it.
 */
class Question {
  #ports;

  /** Numbers the questions: an answer to an older one is ignored. */
  #ask = 0;

  /** @type {ReturnType<typeof setTimeout>|undefined} until the next tab is asked */
  #timer;

  /** @param {Map<string, MessagePort>} ports */
  constructor(ports) {
    this.#ports = ports;
  }

  /** @type {(word: string, answer: any) => void} what a tab says to the latest question */
  hear = () => {};

  /**
   * @param {boolean} renew
   * @returns {Promise<Who>}
   */
  put(renew) {
    const ask = ++this.#ask;
    clearTimeout(this.#timer);
    /** @type {Set<string>} */
    const asked = new Set();
    let awake = false;
    return new Promise((resolve, reject) => {
      const next = () => {
        const one = [...this.#ports].find(([tab]) => !asked.has(tab));
        if (one === undefined) {
          // Else the connection decides how long it waits.
          if (!awake) {
            reject(new Error('no tab has answered who it is'));
          }
          return;
        }
        const [lock, port] = one;
        asked.add(lock);
        port.postMessage({ word: 'who', detail: { renew, ask, at: Date.now() } });
        this.#timer = setTimeout(() => {
          // It sleeps: from now on it is the last to be asked.
          if (this.#ports.delete(lock)) {
            this.#ports.set(lock, port);
          }
          next();
        }, AWAKE_MS);
      };
      this.hear = (word, answer) => {
        if (answer.ask !== ask) {
          return;
        }
        clearTimeout(this.#timer);
        if (word === 'awake') {
          awake = true;
          this.#timer = setTimeout(next, ANSWER_MS);
        } else if (answer.problem) {
          reject(errorOf(answer.problem));
        } else {
          resolve(answer);
        }
      };
      next();
    });
  }
}

/**
 * @param {any} settings
 * @returns {Group}
 */
function newGroup(settings) {
  const streams = settings.snapshot ? new Streams(MOST_STREAMS) : undefined;
  /** @type {Map<string, MessagePort>} by their locks */
  const ports = new Map();
  const question = new Question(ports);
  const hub = new Hub(
    settings,
    (renew) => question.put(renew),
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
  const lock = `flowfi-events ${Math.random()}`;
  let release = () => {};
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    release = resolve;
  });
  /** @type {Promise<string>} */
  const life = new Promise((resolve) => {
    navigator.locks.request(lock, () => {
      resolve(lock);
      return ended;
    });
  });
  const end = () => {
    hub.stop();
    release();
  };
  return { hub, ports, hear: (word, answer) => question.hear(word, answer), life, end };
}

/** @type {any} */ (globalThis).onconnect = (/** @type {MessageEvent} */ { ports: [port] }) => {
  let leave = () => {};
  /** @type {Group|undefined} */
  let group;
  port.onmessage = ({ data: { word, detail } }) => {
    if (word === 'who' || word === 'awake') {
      group?.hear(word, detail);
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
          mine.end();
          if (groups.get(key) === mine) {
            groups.delete(key);
          }
        }
      };
      mine.life.then((held) => port.postMessage({ word: 'lives', detail: { lock: held } }));
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
