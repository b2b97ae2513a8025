// @ts-check
// The views of the console, by the name in the address (#/connections). Each is loaded when it is first opened.

/** @import { Stats } from './stats.js' */
/** @import { request } from '../shared/api.js' */
/** @import { Notices } from '../shared/notices.js' */
/** @import { session } from '../shared/session.js' */

/**
 * What a view gets.
 *
 * @typedef {object} Context
 * @property {typeof request} api a request with the credentials: JSON in, JSON out, or a ProblemError
 * @property {typeof session} session
 * @property {Notices} notices
 * @property {Stats} stats the latest figures, and those of the last hour
 * @property {(hash: string) => void} go opens another view: '#/streams', '#/streams/42'
 * @property {string[]} rest what follows the name of the view in the address, decoded: ['42']
 */

/**
 * What a view's module exports. It fills `root`; what it returns takes away its timers, requests and listeners.
 *
 * @typedef {object} View
 * @property {(root: HTMLElement, context: Context) => Promise<() => void>} open
 */

/**
 * @typedef {object} Route
 * @property {string} title
 * @property {() => Promise<View>} load
 */

/** @type {Record<string, Route>} */
export const VIEWS = {
  overview: { title: 'Overview', load: () => import('./overview.js') },
  connections: { title: 'Connections', load: () => import('./connections.js') },
  streams: { title: 'Streams', load: () => import('./streams.js') },
  events: { title: 'Events', load: () => import('./events.js') },
  audit: { title: 'Audit', load: () => import('./audit.js') },
  indexer: { title: 'Indexer', load: () => import('./indexer.js') },
  nodes: { title: 'Nodes', load: () => import('./nodes.js') },
};

const FIRST = 'overview';

/**
 * The view that an address names, and what follows its name. An address that names none is the first view's.
 *
 * @param {string} hash
 */
export function routeOf(hash) {
  const [name = '', ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (!Object.hasOwn(VIEWS, name)) {
    return { name: FIRST, rest: [] };
  }
  return { name, rest: rest.filter((part) => part !== '').map(decoded) };
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
