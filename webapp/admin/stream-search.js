// @ts-check
// Streams that a search names exactly: they are found though they are not among those that were loaded.
import { query } from './parts.js';

/** @import { StreamState } from '../lib/streams.js' */
/** @import { ProblemError } from '../lib/problem.js' */
/** @import { Context } from './views.js' */

const MOST = 100;

/** Between the last key and the question: an id has several digits. */
const PAUSE_MS = 400;

/**
 * Where the server has what a text names; nowhere if it is no stream's id and no address.
 *
 * @param {string} text
 */
export function placesOf(text) {
  const words = text.trim();
  if (/^\d{1,20}$/.test(words)) {
    return [`v1/streams/${words}`];
  }
  return /^[GC][A-Z2-7]{55}$/.test(words)
    ? ['sender', 'recipient'].map((role) => `v1/streams${query({ [role]: words, sort: 'updated', limit: MOST })}`)
    : [];
}

/**
 * Looks for what the user has typed, once the typing rests.
 *
 * @param {Context['api']} api
 * @param {(streams: StreamState[]) => void} found
 * @param {(failure: unknown) => void} failed
 */
export function searching(api, found, failed) {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let over = new AbortController();

  /** @param {string} place */
  async function ask(place) {
    const { signal } = over;
    try {
      const answer = await api(place, { signal });
      if (!signal.aborted) {
        found(answer.streams ?? [answer]);
      }
    } catch (failure) {
      // no such stream: the table says that there is none
      if (!signal.aborted && /** @type {Partial<ProblemError>} */ (failure).status !== 404) {
        failed(failure);
      }
    }
  }

  const close = () => {
    clearTimeout(timer);
    over.abort();
  };
  return {
    /** @param {string} text */
    typed(text) {
      close();
      over = new AbortController();
      const places = placesOf(text);
      if (places.length > 0) {
        timer = setTimeout(() => places.forEach((place) => void ask(place)), PAUSE_MS);
      }
    },
    close,
  };
}
