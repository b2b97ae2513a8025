// @ts-check
// What the user chose, kept in the address bar: a link opens the same view elsewhere.

/** @param {string} text */
export const splitList = (text) => text.split(/[\s,]+/).filter(Boolean);

/**
 * What the form says. Without `types` all; `lastEventId` is a position as text, alone or with its log; empty: from now; `heartbeat` is a number of
 * seconds as text, empty: what is usual.
 *
 * @typedef {object} Filters
 * @property {boolean} all
 * @property {string[]} streams ids
 * @property {string[]} users addresses: sender or recipient
 * @property {string[]} types
 * @property {boolean} snapshot begin with the state of the streams
 * @property {string} lastEventId
 * @property {string} heartbeat
 */

/** @typedef {Filters & {connect: boolean, away: string, burst: string, rate: string}} Settings */

/**
 * Reads the settings of a query string; without any filter everything is shown.
 *
 * @param {string} search
 * @returns {Settings}
 */
export function readSettings(search) {
  const query = new URLSearchParams(search);
  /** @param {string} name */
  const list = (name) => query.getAll(name).flatMap(splitList);
  const streams = list('streams');
  const users = list('users');
  return {
    all: query.has('all') ? query.get('all') === 'true' : streams.length + users.length === 0,
    streams,
    users,
    types: list('types'),
    snapshot: query.get('snapshot') === 'true',
    lastEventId: query.get('lastEventId') ?? '',
    heartbeat: query.get('heartbeat') ?? '',
    connect: query.get('connect') === 'true',
    away: query.get('away') ?? '5',
    burst: query.get('burst') ?? '20',
    rate: query.get('rate') ?? '10',
  };
}

/** @param {Settings} settings */
export function writeSettings(settings) {
  const query = new URLSearchParams();
  query.set('all', String(settings.all));
  for (const name of /** @type {const} */ (['streams', 'users', 'types'])) {
    if (settings[name].length > 0) {
      query.set(name, settings[name].join(','));
    }
  }
  for (const name of /** @type {const} */ (['snapshot', 'connect'])) {
    if (settings[name]) {
      query.set(name, 'true');
    }
  }
  const usually = { lastEventId: '', heartbeat: '', away: '5', burst: '20', rate: '10' };
  for (const name of /** @type {(keyof typeof usually)[]} */ (Object.keys(usually))) {
    if (settings[name] !== usually[name]) {
      query.set(name, settings[name]);
    }
  }
  return `?${query.toString().replaceAll('%2C', ',')}`;
}
