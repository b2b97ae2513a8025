// @ts-check
// Who is signed in at this server, how, and until when.
import { forgetCookie, getJson, getJsonAnyStatus, postJson } from './api.js';
import { credentials } from './credentials.js';

/** @import { ProblemError } from '../lib/problem.js' */

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The server decides when a token ends: its event streams say token_expired. */
const SERVER_FIRST_MS = 2000;

/** @typedef {'page'|'tab'|'cookie'} Keep */

/** Where a sign-in is stored. */
export const KEEP = /** @type {const} */ ({ page: 'page', tab: 'tab', cookie: 'cookie' });

/**
 * Dispatches `change` whenever one of its fields has changed, and `replaced` {before, account} when another tab has
 * signed this browser in as another account.
 */
class Session extends EventTarget {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @type {Promise<void>|null} */
  #looking = null;

  #otherTabs = new BroadcastChannel('flowfi.session');

  /** @type {'open'|'secured'|null} null until the server has answered */
  mode = null;

  /** @type {string|null} */
  account = null;

  /** @type {string[]} */
  roles = [];

  expiresAt = 0;

  /** @type {Keep|null} */
  kept = null;

  walletLogin = false;

  /** @type {{account: string, at: number}|null} the last sign-in that ended by itself; null if there is none */
  ended = null;

  constructor() {
    super();
    credentials.addEventListener('refused', () => this.look());
    this.#otherTabs.addEventListener('message', () => this.look());
    // A tab that slept, or was offline, has not heard of it.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.kept === KEEP.cookie) {
        this.look();
      }
    });
  }

  /** Whether a sign-in is needed before anything works. */
  get required() {
    return this.mode === 'secured' && this.account === null;
  }

  /** null: there is the cookie, or nothing. */
  get token() {
    return credentials.token;
  }

  /** Whether `all` means everything, and not only everything of one's own. */
  get seesEverything() {
    return this.account === null || this.roles.includes('admin');
  }

  /** Asks the server; simultaneous callers share one request. */
  look() {
    this.#looking ??= this.#ask(true).finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /**
   * @param {boolean} again whether to ask once more without credentials if they are rejected
   * @returns {Promise<void>}
   */
  async #ask(again) {
    try {
      if (this.mode === null) {
        const { body } = await getJsonAnyStatus('health');
        this.mode = ['open', 'secured'].includes(body.mode) ? body.mode : null;
      }
      if (this.mode === 'secured') {
        this.#note(await getJson('v1/auth/session'));
      }
    } catch (problem) {
      if (/** @type {ProblemError} */ (problem).status === 401 && again) {
        await this.#forget();
        this.#end();
        return this.#ask(false);
      }
      // No answer: keep the present state.
    }
    this.#changed();
    return undefined;
  }

  /** @param {{walletLogin: boolean, signedIn: boolean, account: string, roles: string[], expiresIn: number}} answer */
  #note(answer) {
    this.walletLogin = answer.walletLogin === true;
    if (!answer.signedIn) {
      this.#end();
      return;
    }
    const before = this.account;
    this.account = answer.account;
    credentials.account = answer.account;
    if (before !== null && before !== answer.account) {
      this.dispatchEvent(new CustomEvent('replaced', { detail: { before, account: answer.account } }));
    }
    this.roles = answer.roles;
    this.kept ??= credentials.present ? KEEP.tab : KEEP.cookie;
    this.ended = null;
    // Counted from now, because the page's clock may be wrong.
    this.expiresAt = Date.now() + answer.expiresIn * 1000;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.expired(),
      Math.min(LONGEST_TIMER_MS, answer.expiresIn * 1000 + SERVER_FIRST_MS),
    );
  }

  #end() {
    if (this.account !== null) {
      this.ended = { account: this.account, at: Date.now() };
    }
    clearTimeout(this.#timer);
    this.account = null;
    credentials.account = null;
    this.roles = [];
    this.kept = null;
  }

  async #forget() {
    credentials.drop();
    // Rejected if the cookie belongs to another account by now, which stays signed in.
    await forgetCookie().catch(() => {});
    this.#otherTabs.postMessage('look');
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }

  /** The token has ended, by the server or by the clock. */
  expired() {
    if (this.account !== null) {
      credentials.drop();
      this.#end();
      this.#changed();
    }
  }

  /**
   * Signs in with a token; throws the server's problem if it is not valid.
   *
   * @param {string} token
   * @param {Keep} keep
   */
  async withToken(token, keep) {
    const kept = credentials.take(token, keep === KEEP.tab) ? KEEP.tab : KEEP.page;
    try {
      const answer = await getJson('v1/auth/session');
      this.kept = kept;
      this.#note(answer);
    } catch (problem) {
      credentials.drop();
      this.#end();
      throw problem;
    } finally {
      this.#changed();
    }
  }

  /**
   * A SEP-10 challenge to be signed by the account.
   *
   * @param {string} account
   * @returns {Promise<{transaction: string, network_passphrase: string}>}
   */
  challenge(account) {
    return getJson(`v1/auth?account=${encodeURIComponent(account)}`);
  }

  /**
   * Signs in with a signed challenge. If the browser rejects the cookie, the page keeps the token instead.
   *
   * @param {string} transaction
   * @param {Keep} keep
   */
  async withChallenge(transaction, keep) {
    const cookie = keep === KEEP.cookie;
    const { token } = await postJson(`v1/auth${cookie ? '?cookie=true' : ''}`, { transaction });
    if (cookie) {
      credentials.drop();
      const answer = await getJson('v1/auth/session');
      if (answer.signedIn) {
        this.kept = KEEP.cookie;
        this.#note(answer);
        this.#changed();
        this.#otherTabs.postMessage('look');
        return;
      }
    }
    await this.withToken(token, keep);
  }

  async signOut() {
    await this.#forget();
    this.#end();
    this.ended = null;
    this.#changed();
  }
}

export const session = new Session();
