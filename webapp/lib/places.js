// @ts-check
// Positions in a storage, so that a page that is loaded again, or a service that is started again, resumes; and whose
// they are.
import { subscribeQuery } from './filters.js';

/** @import { Settings } from './connection.js' */

/** @typedef {{getItem(key: string): string|null, setItem(key: string, value: string): void, removeItem(key: string): void}} Store */

/**
 * The account of the cookie: positions are kept, and connections shared, for one account only.
 *
 * @param {Settings} settings
 * @returns {Promise<string|null|undefined>} undefined: it is not known now
 */
export async function accountOf({ base, credentials, fetch = globalThis.fetch }) {
  const answer = await fetch(`${base}v1/auth/session`, { credentials, cache: 'no-store' });
  return answer.ok ? ((await answer.json()).account ?? null) : undefined;
}

/**
 * The account of a JWT; null if it names none.
 *
 * @param {string} token
 * @returns {string|null}
 */
export function subjectOf(token) {
  try {
    return JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub ?? null;
  } catch {
    return null;
  }
}

/**
 * What those have in common that may share a connection, or a position.
 *
 * @param {Settings} settings
 * @param {string|null} account
 */
export const keyOf = (settings, account) =>
  `flowfi ${settings.base}?${subscribeQuery(settings, { account })}${settings.eventSource ? ' es' : ''}`;

/** The place of one server, account and filter. */
export class Place {
  #store;
  #key;
  #problem;
  #last = '';

  /** The next one may be before the last. */
  #back = false;

  /**
   * @param {Store} store
   * @param {string} key
   * @param {(error: unknown) => void} problem called when it cannot be read or written
   */
  constructor(store, key, problem) {
    this.#store = store;
    this.#key = key;
    this.#problem = problem;
  }

  /** @returns {{log?: string, position: number|null}} */
  find() {
    try {
      const { log, position = null } = JSON.parse(this.#store.getItem(this.#key) ?? '{}');
      return { log, position };
    } catch (error) {
      this.#problem(error);
      return { log: undefined, position: null };
    }
  }

  /**
   * Stores the position that everybody has handled.
   *
   * @param {{log: string|undefined, position: number|null}} client what it has delivered
   * @param {Iterable<{done: number|null}>} readers
   * @param {boolean} anew whether it may go back; else another tab may be ahead
   */
  keep(client, readers, anew) {
    const { log } = client;
    let { position } = client;
    this.#back ||= anew;
    for (const { done } of readers) {
      if (position !== null && done === null) {
        return; // it handles what was before a reset
      }
      position = position && Math.min(position, /** @type {number} */ (done));
    }
    const place = JSON.stringify({ log, position });
    if (place === this.#last) {
      return;
    }
    this.#last = place;
    const back = this.#back;
    this.#back = false;
    try {
      const other = this.find();
      if (position === null) {
        this.#store.removeItem(this.#key);
      } else if (back || other.log !== log || !((other.position ?? 0) >= position)) {
        this.#store.setItem(this.#key, place);
      }
    } catch (error) {
      this.#problem(error);
    }
  }
}
