// @ts-check
// What a view shows while it has nothing to show: it loads, it is empty, it failed, or it is not for this account.
import { el } from '../shared/dom.js';

/** @import { ProblemError } from '../lib/problem.js' */

/**
 * @param {string} kind
 * @param {string} title
 * @param {...(Node|string)} more
 */
function state(kind, title, ...more) {
  return el(
    'div',
    { class: 'state', 'data-state': kind, 'data-testid': `state-${kind}`, role: kind === 'failed' ? 'alert' : 'status' },
    el('p', { class: 'state-title', text: title }),
    ...more,
  );
}

/** @param {string} [what] */
export const loading = (what = 'Loading …') => state('loading', what);

/**
 * @param {string} title
 * @param {string} what would be here, and how it comes here
 */
export const empty = (title, what) => state('empty', title, el('p', { class: 'muted', text: what }));

/**
 * The problem of a request, for whoever has to report or to mend it.
 *
 * @param {unknown} thrown
 * @param {string|null} account who is signed in
 * @param {() => void} [again] tries it again
 */
export function failed(thrown, account, again) {
  const problem = /** @type {Partial<ProblemError>} */ (thrown);
  if (problem.status === 401 || problem.status === 403) {
    return forbidden(account);
  }
  const title = problem.status ? `${problem.title} (${problem.status})` : (problem.title ?? 'This view has failed');
  const more = [el('p', { text: String(problem.message ?? thrown) })];
  if (problem.requestId) {
    more.push(el('p', { class: 'small muted' }, 'Request ', el('code', { text: problem.requestId })));
  }
  if (again) {
    const button = el('button', { type: 'button', 'data-testid': 'again', text: 'Try again' });
    button.addEventListener('click', again);
    more.push(el('p', {}, button));
  }
  return state('failed', title, ...more);
}

/** @param {string|null} account */
export function forbidden(account) {
  const who = account === null ? ['Nobody is signed in here.'] : ['Signed in is ', el('code', { text: account }), ', which is not an administrator’s account.'];
  return state(
    'forbidden',
    'An administrator’s account is needed',
    el('p', { class: 'muted' }, ...who, ' Sign in with one at the top of the page.'),
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

/**
 * A line above what was last known.
 *
 * @param {number} since in ms
 */
export const stale = (since) =>
  el('p', {
    class: 'stale',
    role: 'status',
    'data-testid': 'stale',
    text: `Offline since ${clock.format(since)}: the server does not answer. What is shown is from before.`,
  });
