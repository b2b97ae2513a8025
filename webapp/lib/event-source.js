// @ts-check
// The browser's own EventSource as the way to hear a server.
import { EVENT_TYPES } from './filters.js';
import { problemOf } from './problem.js';

/** @import { Settings, Status, Who } from './connection.js' */
/** @import { Block } from './sse-parser.js' */

/** An EventSource hears only what it is told to listen to. */
const HEARD = ['message', 'heartbeat', 'stream.snapshot', 'snapshot_end', 'reset', 'reconnect', 'notice'];

/** Blocks that never have an id of their own. An EventSource would show the one before. */
const WITHOUT_ID = ['stream.snapshot', 'notice'];

/**
 * With a ticket for the token, which an EventSource cannot send. It is good for one request.
 *
 * @param {Who} who
 * @param {Settings} settings
 * @returns {Promise<Who>}
 */
export async function withTicket(who, { base, credentials, fetch = globalThis.fetch }) {
  if (who.token == null) {
    return who;
  }
  const headers = { Authorization: `Bearer ${who.token}` };
  const answer = await fetch(`${base}v1/auth/ticket`, { method: 'POST', headers, credentials });
  if (!answer.ok) {
    throw await problemOf(answer);
  }
  return { ...who, ticket: (await answer.json()).ticket };
}

/**
 * Resolves to whether it was refused, when it will hear nothing more; rejects with what `take` throws.
 *
 * @param {string} url
 * @param {Settings} settings
 * @param {Who} who
 * @param {AbortSignal} signal
 * @param {(block: Block) => void} take ignores what comes after the signal
 * @param {(status: Status) => void} says
 * @returns {Promise<boolean>}
 */
export function listen(url, { credentials, types = [] }, { ticket }, signal, take, says) {
  const source = new EventSource(url, { withCredentials: credentials === 'include' });
  signal.addEventListener('abort', () => source.close());
  return new Promise((resolve, reject) => {
    /** @param {MessageEvent} event */
    const hear = ({ type, data, lastEventId }) => {
      try {
        take({ type, text: data, id: WITHOUT_ID.includes(type) || lastEventId === '' ? null : lastEventId });
      } catch (end) {
        reject(end);
      }
    };
    for (const type of new Set([...HEARD, ...EVENT_TYPES, ...types])) {
      source.addEventListener(type, hear);
    }
    source.onopen = () => says({ name: 'open' });
    source.onerror = () => {
      const refused = source.readyState === EventSource.CLOSED;
      if (signal.aborted) {
        return;
      }
      if (refused || ticket != null) {
        resolve(refused);
      } else {
        // Without a ticket the browser reconnects as well as we do, and knows the `retry:`.
        says({ name: 'reconnecting', reason: 'connection lost', dueAt: null });
      }
    };
  });
}
