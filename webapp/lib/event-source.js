// @ts-check
// The browser's own EventSource as the way to hear a server.
import { EVENT_TYPES } from './filters.js';

/** @import { Settings } from './connection.js' */
/** @import { Block } from './sse-parser.js' */

/** An EventSource hears only what it is told to listen to. */
const HEARD = ['message', 'heartbeat', 'stream.snapshot', 'snapshot_end', 'reset', 'reconnect', 'notice'];

/** Blocks that never have an id of their own. An EventSource would show the one before. */
const WITHOUT_ID = ['stream.snapshot', 'notice'];

/**
 * Resolves to whether it was refused, when it will hear nothing more; rejects with what `take` throws.
 *
 * @param {string} url
 * @param {Settings} settings
 * @param {AbortSignal} signal
 * @param {{take(block: Block): void, opened(): void, lost(): boolean}} hears `lost` says whether the browser may
 *     reconnect by itself
 * @returns {Promise<boolean>}
 */
export function listen(url, { credentials, filters }, signal, { take, opened, lost }) {
  const source = new EventSource(url, { withCredentials: credentials === 'include' });
  signal.addEventListener('abort', () => source.close());
  return new Promise((resolve, reject) => {
    /** @param {MessageEvent} event */
    const hear = ({ type, data, lastEventId }) => {
      if (!signal.aborted) {
        try {
          take({ type, text: data, id: WITHOUT_ID.includes(type) || lastEventId === '' ? null : lastEventId });
        } catch (end) {
          reject(end);
        }
      }
    };
    for (const type of new Set([...HEARD, ...EVENT_TYPES, ...(filters.types ?? [])])) {
      source.addEventListener(type, hear);
    }
    source.onopen = opened;
    source.onerror = () => {
      const refused = source.readyState === EventSource.CLOSED;
      if (!signal.aborted && (refused || !lost())) {
        resolve(refused);
      }
    };
  });
}
