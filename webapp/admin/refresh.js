// @ts-check
// Asks the server every few seconds while somebody looks. When it does not answer, what was last known stays, with a
// line that says since when.
import { keepingFocus } from '../shared/focus.js';
import { whenReleased } from '../shared/press.js';
import { drawnAnew } from './parts.js';
import { failed, loading, stale } from './states.js';

/** @import { ProblemError } from '../lib/problem.js' */
/** @import { Context } from './views.js' */

/**
 * What passes by itself: the server is away, full, or starts anew.
 *
 * @param {unknown} thrown
 */
const passes = (thrown) => [0, 429, 502, 503, 504].includes(/** @type {Partial<ProblemError>} */ (thrown).status ?? -1);

/**
 * @template T
 * @param {object} view
 * @param {HTMLElement} view.root is filled
 * @param {Context} view.context
 * @param {(signal: AbortSignal) => Promise<T>} view.load
 * @param {Node[]} view.content put into the root when something is known; stays, so that the focus stays
 * @param {(loaded: T) => void} view.show draws into the content
 * @param {number} [view.every] ms between an answer and the next question
 * @returns {{now: () => Promise<void>, close: () => void}} `now` asks at once
 */
export function refreshing({ root, context, load, content, show, every = 5000 }) {
  const line = document.createElement('div');
  line.hidden = true;
  const over = new AbortController();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  let known = false;
  let since = 0;
  let turn = 0;
  root.replaceChildren(loading());

  /**
   * What has the focus may be drawn anew. If it is of no use any more, the keyboard begins at the title. What is pressed
   * is left alone until then.
   *
   * @param {() => void} change
   */
  const draw = (change) =>
    whenReleased(root, () => {
      if (!over.signal.aborted) {
        keepingFocus(root, change, (focused) => [drawnAnew(root, focused), document.getElementById('title')]);
      }
    });

  async function ask() {
    clearTimeout(timer);
    const mine = ++turn;
    try {
      const loaded = await load(over.signal);
      if (mine !== turn || over.signal.aborted) {
        return;
      }
      since = 0;
      line.hidden = true;
      draw(() => {
        if (!known) {
          known = true;
          root.replaceChildren(line, ...content);
        }
        show(loaded);
      });
    } catch (failure) {
      if (mine !== turn || over.signal.aborted) {
        return;
      }
      if (known && passes(failure)) {
        since ||= Date.now();
        if (line.hidden) {
          line.hidden = false;
          line.replaceChildren(stale(since));
        }
      } else {
        known = false;
        draw(() => root.replaceChildren(failed(failure, context.session.account, () => void ask())));
        if (!passes(failure)) {
          return; // asking again changes nothing
        }
      }
    }
    timer = setTimeout(later, every);
  }

  const later = () => {
    if (!document.hidden) {
      void ask();
    }
  };
  const looked = () => {
    if (!document.hidden) {
      void ask();
    }
  };
  document.addEventListener('visibilitychange', looked);
  void ask();
  return {
    now: ask,
    close() {
      over.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', looked);
    },
  };
}
