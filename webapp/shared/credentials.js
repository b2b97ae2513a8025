// @ts-check
// The bearer token of this page. It is kept in memory, and in the tab's own storage only if the user chooses that. It
// is only sent in a header: never in a URL, log or message.

const KEPT = 'flowfi.token';

class Credentials extends EventTarget {
  /** @type {string|null} */
  #token = null;

  /** @type {string|null} the account that this page shows; the server rejects another account's credentials */
  account = null;

  constructor() {
    super();
    try {
      this.#token = sessionStorage.getItem(KEPT);
    } catch {
      // No storage allowed: then no token was stored.
    }
  }

  get present() {
    return this.#token !== null;
  }

  get token() {
    return this.#token;
  }

  /**
   * The header with the credentials. Without a token the browser may still have the login cookie.
   *
   * @returns {Record<string, string>}
   */
  get proof() {
    return this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` };
  }

  /**
   * The same, for commands: all tabs share the cookie, and another tab may have signed in as another account.
   *
   * @returns {Record<string, string>}
   */
  get headers() {
    return this.account === null ? this.proof : { ...this.proof, 'FlowFi-Account': this.account };
  }

  /**
   * Takes a token; returns whether it could be stored for the tab, if requested.
   *
   * @param {string} token
   * @param {boolean} keepForTab
   */
  take(token, keepForTab) {
    this.drop();
    this.#token = token;
    if (!keepForTab) {
      return false;
    }
    try {
      sessionStorage.setItem(KEPT, token);
      return true;
    } catch {
      return false;
    }
  }

  drop() {
    this.#token = null;
    try {
      sessionStorage.removeItem(KEPT);
    } catch {
      // Nothing can have been stored.
    }
  }

  /** The server rejected our credentials: everything that shows the session must read it again. */
  refused() {
    this.dispatchEvent(new Event('refused'));
  }
}

export const credentials = new Credentials();
