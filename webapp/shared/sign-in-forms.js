// @ts-check
// The two ways to sign in: with an existing token, and by signing a SEP-10 challenge with a Stellar account.
import { copyText, el } from './dom.js';
import { whileDisabled } from './focus.js';
import { KEEP } from './session.js';

/** @import { Keep, session as Session } from './session.js' */
/** @import { ProblemError } from '../lib/problem.js' */

/** @typedef {typeof Session} SignIn */

let made = 0;

/**
 * A label and its control; `hint` is read with it.
 *
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
function field(label, control, hint) {
  const id = `sign-in-${++made}`;
  control.id = id;
  /** @type {HTMLElement[]} */
  const parts = [el('label', { for: id, text: label }), control];
  if (hint) {
    control.setAttribute('aria-describedby', `${id}-hint`);
    parts.push(el('p', { class: 'hint', id: `${id}-hint`, text: hint }));
  }
  return el('div', { class: 'form-field' }, ...parts);
}

/**
 * Where to store the sign-in; the shortest time is the default. Returns the choice as `.value`.
 *
 * @param {boolean} withCookie
 */
function keepChoice(withCookie) {
  /** @type {[Keep, string][]} */
  const options = [
    [KEEP.page, 'until this page is reloaded or left'],
    [KEEP.tab, 'in this tab, until it is closed'],
  ];
  if (withCookie) {
    options.push([KEEP.cookie, 'in a cookie of this browser, for all tabs (needs https, or localhost)']);
  }
  const select = el(
    'select',
    { 'data-testid': withCookie ? 'wallet-keep' : 'token-keep' },
    ...options.map(([value, text]) => el('option', { value, text })),
  );
  return select;
}

/**
 * Runs the action of a form, one at a time, and shows why it failed.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLElement} problems
 * @param {() => Promise<void>} action
 * @returns {(event: Event) => Promise<void>}
 */
function attempt(form, problems, action) {
  return async (event) => {
    event.preventDefault();
    problems.textContent = '';
    try {
      await whileDisabled(form.querySelectorAll('button'), action);
    } catch (thrown) {
      const problem = /** @type {ProblemError} */ (thrown);
      problems.textContent = problem.status
        ? `${problem.status} ${problem.title}: ${problem.message}`
        : String(problem.message ?? problem);
    }
  };
}

/**
 * @param {string} title
 * @param {string} testId
 * @param {...HTMLElement} children
 */
function shell(title, testId, ...children) {
  const problems = el('p', { class: 'form-problem', role: 'alert', 'data-testid': `${testId}-problem` });
  // method=dialog: if a script fails, the browser does not send the fields
  const form = el('form', { method: 'dialog', class: 'sign-in-form', 'data-testid': testId }, el('h3', { text: title }), ...children, problems);
  return { form, problems };
}

/** @param {Record<string, string|boolean>} props */
const secretInput = (props) => ({ autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', ...props });

/**
 * @param {SignIn} session
 * @param {() => void} done
 */
export function tokenForm(session, done) {
  const token = el('input', secretInput({ type: 'password', required: true, 'data-testid': 'token', placeholder: 'eyJ…' }));
  const keep = keepChoice(false);
  const { form, problems } = shell(
    'With a token',
    'token-form',
    field('Token (JWT)', token, 'From the issuer this server trusts. It is sent in a header only, never in an address.'),
    field('Keep it', keep),
    el('div', { class: 'form-actions' }, el('button', { type: 'submit', class: 'primary', 'data-testid': 'token-submit', text: 'Sign in' })),
  );
  form.addEventListener(
    'submit',
    attempt(form, problems, async () => {
      const text = token.value.trim().replace(/^bearer\s+/i, '');
      // A text that a header cannot carry is not a token; the browser's own message for that would not help.
      if (!/^[\w.~+/=-]+$/.test(text)) {
        throw new Error('That is not a token: a JWT has letters, digits, dots, hyphens and underscores only.');
      }
      await session.withToken(text, /** @type {Keep} */ (keep.value));
      token.value = '';
      done();
    }),
  );
  return form;
}

/**
 * Freighter's API, if a page or an extension provides it.
 *
 * @returns {any}
 */
const freighter = () => /** @type {any} */ (window).freighterApi;

/** @param {SignIn} session */
async function signWithFreighter(session) {
  // Its older versions return plain strings, its newer ones objects that may contain an error.
  /**
   * @param {any} answer
   * @param {string} name
   */
  const unwrap = (answer, name) => {
    if (answer?.error) {
      throw new Error(String(answer.error.message ?? answer.error));
    }
    return typeof answer === 'string' ? answer : answer?.[name];
  };
  const address = unwrap(await freighter().requestAccess(), 'address');
  const challenge = await session.challenge(address);
  const signed = await freighter().signTransaction(challenge.transaction, {
    networkPassphrase: challenge.network_passphrase,
    address,
    accountToSign: address,
  });
  return unwrap(signed, 'signedTxXdr');
}

/**
 * @param {SignIn} session
 * @param {() => void} done
 */
export function walletForm(session, done) {
  const account = el('input', secretInput({ class: 'mono', 'data-testid': 'wallet-account', placeholder: 'G…' }));
  const get = el('button', { type: 'button', 'data-testid': 'wallet-challenge-get', text: 'Get a challenge' });
  const challenge = el('textarea', { class: 'mono', rows: '3', readonly: true, 'data-testid': 'wallet-challenge' });
  const copy = el('button', { type: 'button', class: 'compact', 'data-testid': 'wallet-copy', text: 'Copy it' });
  const network = el('span', { class: 'mono', 'data-testid': 'wallet-network' });
  const signed = el('textarea', secretInput({ class: 'mono', rows: '3', 'data-testid': 'wallet-signed', placeholder: 'AAAA…' }));
  const keep = keepChoice(true);
  const later = el(
    'div',
    { hidden: true },
    field('2. Sign this transaction', challenge, 'In the Stellar Laboratory (Sign Transaction) or your wallet. It moves nothing: its sequence number is 0, which no network takes. Good once, for 15 minutes.'),
    el('p', { class: 'hint' }, copy, ' Network: ', network),
    field('3. Paste it back, signed', signed),
    field('Keep the sign-in', keep),
    el('div', { class: 'form-actions' }, el('button', { type: 'submit', class: 'primary', 'data-testid': 'wallet-submit', text: 'Sign in' })),
  );
  const actions = el('div', { class: 'form-actions' }, get);
  const { form, problems } = shell(
    'With a Stellar account',
    'wallet-form',
    field('1. Your account', account, 'Its master key will have to sign. Never enter a secret seed (S…) here or anywhere.'),
    actions,
    later,
  );

  get.addEventListener(
    'click',
    attempt(form, problems, async () => {
      const key = account.value.trim();
      if (/^S[A-Z2-7]{55}$/.test(key)) {
        account.value = '';
        throw new Error('That was a secret seed. It has not been sent. Enter the account, G….');
      }
      const answer = await session.challenge(key);
      challenge.value = answer.transaction;
      network.textContent = answer.network_passphrase;
      signed.value = '';
      later.hidden = false;
      challenge.focus();
      challenge.select();
    }),
  );
  copy.addEventListener('click', async () => {
    copy.textContent = (await copyText(challenge.value)) ? 'Copied' : 'Select and copy by hand';
  });
  form.addEventListener(
    'submit',
    attempt(form, problems, async () => {
      // Enter in the first field starts the first step.
      if (later.hidden) {
        get.disabled = false;
        get.click();
        return;
      }
      await session.withChallenge(signed.value.replace(/\s+/g, ''), /** @type {Keep} */ (keep.value));
      done();
    }),
  );
  if (freighter() !== undefined) {
    const wallet = el('button', { type: 'button', class: 'primary', 'data-testid': 'wallet-freighter', text: 'Use Freighter' });
    wallet.addEventListener(
      'click',
      attempt(form, problems, async () => {
        await session.withChallenge(await signWithFreighter(session), /** @type {Keep} */ (keep.value));
        done();
      }),
    );
    actions.prepend(wallet);
  }
  return form;
}
