// @ts-check
// Messages that the user must see: what failed and what to do about it. At most four at a time.
import { el } from './dom.js';
import { keepingFocus } from './focus.js';
import { whenReleased } from './press.js';

/** @import { ProblemError } from '../lib/problem.js' */

const MAX_NOTICES = 4;

export class Notices {
  #list;

  /** @type {Element|null} what had the focus before a notice did */
  #before = null;

  /** @type {(() => void)[]} what moves the others, and so waits while one is pressed */
  #changes = [];

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
    list.addEventListener('focusin', ({ relatedTarget }) => {
      if (relatedTarget instanceof Element && !list.contains(relatedTarget)) {
        this.#before = relatedTarget;
      }
    });
  }

  /**
   * Shows a ProblemError (or any error) of an action, field by field if the server named fields.
   *
   * @param {string} action
   * @param {unknown} thrown
   */
  problem(action, thrown) {
    const problem = /** @type {Partial<ProblemError>} */ (thrown);
    const status = problem.status ? ` (${problem.status} ${problem.title})` : '';
    const details = (problem.errors ?? []).map((error) =>
      el('li', {}, el('code', { text: error.field ?? error.parameter ?? '' }), `: ${error.message}`),
    );
    const wait = problem.retryAfter ? ` Try again in ${problem.retryAfter} s.` : '';
    this.#add('bad', `${action}${status}`, `${problem.message}${wait}`, details);
  }

  /**
   * @param {string} title
   * @param {string} text
   */
  done(title, text) {
    this.#add('ok', title, text, [], 6000);
  }

  /**
   * @param {'ok'|'bad'} tone
   * @param {string} title
   * @param {string} text
   * @param {HTMLElement[]} details
   * @param {number} [lifetime] ms
   */
  #add(tone, title, text, details, lifetime) {
    const close = el('button', { type: 'button', class: 'compact', text: 'Dismiss', 'data-testid': 'notice-dismiss' });
    const notice = el(
      'div',
      { class: 'notice', 'data-tone': tone, 'data-testid': 'notice', role: tone === 'bad' ? 'alert' : 'status' },
      el('div', {}, el('strong', { text: title }), el('p', { text }), details.length > 0 ? el('ul', {}, ...details) : ''),
      close,
    );
    close.addEventListener('click', () => this.#remove(notice));
    this.#soon(() => {
      this.#list.prepend(notice);
      while (this.#list.childElementCount > MAX_NOTICES) {
        this.#remove(this.#list.lastElementChild);
      }
    });
    if (lifetime) {
      setTimeout(() => this.#soon(() => this.#remove(notice)), lifetime);
    }
  }

  /** @param {() => void} change */
  #soon(change) {
    this.#changes.push(change);
    whenReleased(this.#list, () => this.#changes.splice(0).forEach((one) => one()));
  }

  /** @param {Element|null} notice */
  #remove(notice) {
    keepingFocus(
      notice,
      () => notice?.remove(),
      () => [this.#list.querySelector('button'), this.#before, document.getElementById('main')],
    );
  }
}
