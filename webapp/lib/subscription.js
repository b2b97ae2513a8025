// @ts-check
// Filters of a subscription, and the URL for them.

/** The events that a server of this version writes. */
export const EVENT_TYPES = [
  'stream.created',
  'stream.topped_up',
  'stream.withdrawn',
  'stream.paused',
  'stream.resumed',
  'stream.cancelled',
  'stream.completed',
  'stream.fee_collected',
  'protocol.fee_config_updated',
  'protocol.admin_transferred',
  'protocol.initialized',
];

/**
 * Which events, and from which position. Without `types` all; `lastEventId` is a position as text, empty: from now.
 *
 * @typedef {object} Filters
 * @property {boolean} all
 * @property {string[]} streams ids
 * @property {string[]} users addresses: sender or recipient
 * @property {string[]} types
 * @property {boolean} [snapshot] begin with the state of the streams
 * @property {string} lastEventId
 */

/**
 * The query of the subscribe endpoint for these filters.
 *
 * @param {Filters} filters
 * @param {string|null} [resumeAfter] a position: it replaces the one in the filters, and no snapshot is needed
 */
export function subscribeQuery(filters, resumeAfter = null) {
  const query = new URLSearchParams();
  if (filters.all) {
    query.set('all', 'true');
  }
  for (const stream of filters.streams) {
    query.append('streams', stream);
  }
  for (const user of filters.users) {
    query.append('users', user);
  }
  if (filters.types.length > 0) {
    query.set('types', filters.types.join(','));
  }
  if (resumeAfter !== null) {
    query.set('lastEventId', resumeAfter);
  } else {
    if (filters.snapshot) {
      query.set('snapshot', 'true');
    }
    if (filters.lastEventId !== '') {
      query.set('lastEventId', filters.lastEventId);
    }
  }
  return query;
}

/**
 * The URL to subscribe at; `ticket` names the caller, because there is no header. With `account` the server accepts no
 * other account: all tabs share the cookie, and another tab may have signed in as another account.
 *
 * @param {URL} endpoint
 * @param {Filters} filters
 * @param {string|null} [resumeAfter]
 * @param {string|null} [ticket]
 * @param {string|null} [account]
 */
export function subscribeUrl(endpoint, filters, resumeAfter = null, ticket = null, account = null) {
  const query = subscribeQuery(filters, resumeAfter);
  if (account !== null) {
    query.set('account', account);
  }
  if (ticket !== null) {
    query.set('ticket', ticket);
  }
  const url = new URL(endpoint);
  url.search = query.toString();
  return url.href;
}
