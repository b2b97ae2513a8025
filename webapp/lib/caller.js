// @ts-check
// The caller of a feed.

/**
 * What a feed must know about its caller, read again for every connection. The page's session is one; `ANYBODY` needs
 * no sign-in.
 *
 * @typedef {object} Caller
 * @property {string|null} account the signed-in account, as far as the page knows; null: none
 * @property {boolean} required whether a sign-in is needed first
 * @property {boolean} needsTicket whether an EventSource cannot send the credentials
 * @property {() => Promise<string>} ticket a ticket for one connection; throws a ProblemError
 * @property {Record<string, string>} headers the credentials, for requests that can send headers
 * @property {() => unknown} look the server sees another caller, or none: called so that the session is read again
 * @property {() => unknown} expired called when the server says that the sign-in has ended
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
