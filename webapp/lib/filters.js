// @ts-check
// Filters of a subscription, and the query for them.

/** @param {string} of @param {string} words */
const names = (of, words) => words.split(' ').map((word) => `${of}.${word}`);

/** The events that a server of this version writes. */
export const EVENT_TYPES = [
  ...names(
    'stream',
    'created topped_up withdrawn paused resumed cancelled completed fee_collected rate_modified closed changed corrected reconciled',
  ),
  ...names(
    'protocol',
    'fee_config_updated admin_transferred initialized changed contract_upgraded history_gap event_quarantined',
  ),
];

/**
 * Which events. Without `types` all.
 *
 * @typedef {object} Filters
 * @property {boolean} [all]
 * @property {string[]} [streams] ids
 * @property {string[]} [users] addresses: sender or recipient
 * @property {string[]} [types]
 * @property {string} [filter] the id of a saved filter, instead of the ones above
 * @property {boolean} [snapshot] begin with the state of the streams
 * @property {number} [heartbeat] seconds
 * @property {boolean} [sandbox] of the server's sandbox, in which nobody is paid
 */

/** @typedef {string|number|boolean|null|undefined} Value null and undefined: it is left out */

/**
 * The query of the subscribe endpoint. Without URLSearchParams, which React Native has only in part.
 *
 * @param {Filters} filters
 * @param {Record<string, Value>} [more]
 */
export function subscribeQuery({ all, streams = [], users = [], types = [], filter, snapshot, heartbeat, sandbox }, more = {}) {
  /** @type {[string, Value][]} */
  const pairs = [
    ['all', all || null],
    ...streams.map((stream) => /** @type {[string, Value]} */ (['streams', stream])),
    ...users.map((user) => /** @type {[string, Value]} */ (['users', user])),
    ['types', types.join() || null],
    ['filter', filter],
    ['snapshot', snapshot || null],
    ['heartbeat', heartbeat],
    ['sandbox', sandbox || null],
    ...Object.entries(more),
  ];
  return pairs
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(/** @type {string} */ (value))}`)
    .join('&');
}
