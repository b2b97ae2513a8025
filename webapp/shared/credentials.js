// @ts-check
// The bearer token of this page. It is kept in memory, and in the tab's own storage only if the person asks for that;
// it goes into a header and nowhere else: no URL, no log, no message.

const KEPT = 'flowfi.token';

class Credentials extends EventTarget {
  /** @type {string|null} */
  #token = null;

  /** @type {string|null} the account that this page shows; the server refuses what comes with another's credentials */
  account = null;

  constructor() {
    super();
    try {
      this.#token = sessionStorage.getItem(KEPT);
    } catch {
      // No storage allowed: then none was kept.
    }
  }

  get present() {
    return this.#token !== null;
  }

  /**
   * The header that says who asks. Without a token the browser may still have the login cookie.
   *
   * @returns {Record<string, string>}
   */
  get proof() {
    return this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` };
  }

  /**
   * The same, for whoever acts: all tabs share the cookie, and another may have signed in as somebody else.
   *
   * @returns {Record<string, string>}
   */
  get headers() {
    return this.account === null ? this.proof : { ...this.proof, 'FlowFi-Account': this.account };
  }

  /**
   * Takes a token; answers whether it could be kept for the tab, if that was asked for.
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
      // Nothing can have been kept.
    }
  }

  /** The server did not take what we have: whoever shows who is signed in must look again. */
  refused() {
    this.dispatchEvent(new Event('refused'));
  }
}

export const credentials = new Credentials();
