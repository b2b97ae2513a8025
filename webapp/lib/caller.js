// @ts-check
// Who subscribes.

/**
 * What a feed has to know of who subscribes, asked anew for every connection. The page's session is one; `ANYBODY` is who need not sign in.
 *
 * @typedef {object} Caller
 * @property {string|null} account who is signed in, as far as the page knows; null: nobody
 * @property {boolean} required whether a sign-in has to come first
 * @property {boolean} needsTicket whether the credentials are such as an EventSource cannot send
 * @property {() => Promise<string>} ticket a ticket for one connection; throws a ProblemError
 * @property {Record<string, string>} headers the credentials, for where headers can be sent
 * @property {() => unknown} look the server takes the caller for somebody else, or for nobody
 * @property {() => unknown} expired the server says that the sign-in has ended
 */

/** @type {Caller} */
export const ANYBODY = Object.freeze({
  account: null,
  required: false,
  needsTicket: false,
  ticket: () => Promise.reject(new Error('there is no ticket for nobody')),
  headers: {},
  look() {},
  expired() {},
});
