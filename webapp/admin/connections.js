// @ts-check
// Who is connected: to all nodes, if they know each other's addresses, else to this one.
import { shortKey } from '../shared/amounts.js';
import { el, setText } from '../shared/dom.js';
import { asked, confirmed } from './confirm.js';
import { button, count, field, some, span } from './parts.js';
import { refreshing } from './refresh.js';
import { virtualTable } from './table.js';

/** @import { ProblemError } from '../lib/problem.js' */
/** @import { Context } from './views.js' */

/**
 * @typedef {object} Connection
 * @property {string} clientId
 * @property {string} [account]
 * @property {string} address
 * @property {{all: boolean, streams: string[], users: string[], types: string[]}} filter
 * @property {number} [cursor]
 * @property {number} [lag]
 * @property {string} since
 * @property {number} ageSeconds
 * @property {number} bytes
 * @property {string} node
 */

/** @typedef {{node: string, name?: string, reason: string}} MissingNode */

/** @typedef {{connections: Connection[], total: number, missing?: MissingNode[]}} List */

/** At most so many are loaded: those that are the furthest behind. */
const MOST = 10_000;

const LONGEST_MESSAGE = 400;
const LIST = 'v1/admin/connections';

/** @param {Connection['filter']} filter */
export function filterText({ all, streams, users, types }) {
  const parts = [
    all ? 'everything' : '',
    streams.length > 0 ? `${streams.length === 1 ? 'stream' : 'streams'} ${streams.join(', ')}` : '',
    users.join(', '),
    types.length > 0 ? `only ${types.join(', ')}` : '',
  ];
  return parts.filter(Boolean).join(' · ');
}

/** @param {number|undefined} value */
const number = (value) => (value === undefined ? '–' : count(value));

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, context) {
  /** @type {Map<string, string>} names of nodes by their ids */
  const names = new Map();
  /** @param {string} id */
  const nameOf = (id) => names.get(id) ?? id.slice(0, 8);
  let scope = 'cluster';
  let paused = false;

  const search = el('input', { type: 'search', placeholder: 'client, account, address, filter, node', 'aria-label': 'Search connections', 'data-testid': 'search' });
  const pause = button('Pause', () => setPaused(!paused), { 'aria-pressed': 'false', 'data-testid': 'pause' });
  const tellAll = button('Message all …', () => void tell(null), { 'data-testid': 'message-all' });
  const summary = el('p', { class: 'small muted', role: 'status', 'data-testid': 'summary' });
  const missing = el('div', { class: 'stale', role: 'status', hidden: true, 'data-testid': 'missing' });

  /** @type {import('./table.js').TableOptions<Connection>} */
  const options = {
    caption: 'Connections',
    key: (row) => row.clientId,
    empty: 'Nobody is connected. Whoever subscribes to events appears here.',
    columns: [
      { name: 'client', label: 'Client', width: 6, value: (row) => row.clientId },
      { name: 'account', label: 'Account', width: 6, value: (row) => row.account, text: (row) => shortKey(row.account) || '–' },
      { name: 'address', label: 'Address', width: 7, value: (row) => row.address },
      { name: 'filter', label: 'Filter', width: 8, value: (row) => filterText(row.filter), text: (row) => filterText({ ...row.filter, users: row.filter.users.map(shortKey) }) || 'nothing: statistics' },
      { name: 'cursor', label: 'Cursor', width: 5, numeric: true, value: (row) => row.cursor, text: (row) => number(row.cursor) },
      { name: 'lag', label: 'Lag', width: 4.5, numeric: true, value: (row) => row.lag, text: (row) => number(row.lag) },
      { name: 'age', label: 'Age', width: 6, numeric: true, value: (row) => row.ageSeconds, text: (row) => span(row.ageSeconds) },
      { name: 'bytes', label: 'Bytes', width: 6.5, numeric: true, value: (row) => row.bytes, text: (row) => number(row.bytes) },
      { name: 'node', label: 'Node', width: 5, value: (row) => nameOf(row.node) },
    ],
    actions: [
      { label: 'Message', name: (row) => `Message ${row.clientId}`, act: (row) => void tell(row) },
      { label: 'Close', name: (row) => `Close ${row.clientId}`, act: (row) => void end(row), danger: true },
    ],
  };
  const table = virtualTable(options);
  table.sort('lag', 'descending');
  search.addEventListener('input', () => table.filter(search.value));

  const refresh = refreshing({
    root,
    context,
    load: async (signal) => (paused ? null : load(signal)),
    content: [el('div', { class: 'table-tools' }, search, pause, tellAll), missing, summary, table.element],
    show: (list) => list && show(list),
  });

  /** @param {boolean} wanted */
  function setPaused(wanted) {
    paused = wanted;
    pause.setAttribute('aria-pressed', String(paused));
    if (!paused) {
      void refresh.now();
    }
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<List>}
   */
  async function load(signal) {
    const list = await ofAll(signal);
    if (list.connections.some(({ node }) => !names.has(node))) {
      const stats = await context.api('v1/events/stats?scope=cluster', { signal });
      for (const { id, name } of /** @type {{id: string, name?: string}[]} */ (stats.cluster.nodes)) {
        names.set(id, name ?? id.slice(0, 8));
      }
    }
    return list;
  }

  /**
   * Of this node alone, if the others cannot be asked.
   *
   * @param {AbortSignal} signal
   * @returns {Promise<List>}
   */
  async function ofAll(signal) {
    const path = `${LIST}?sort=lag&limit=${MOST}&scope=`;
    try {
      return await context.api(path + scope, { signal });
    } catch (failure) {
      if (scope === 'node' || /** @type {Partial<ProblemError>} */ (failure).status !== 409) {
        throw failure;
      }
      scope = 'node';
      return context.api(path + scope, { signal });
    }
  }

  /** @param {List} list */
  function show({ connections, total, missing: nodes = [] }) {
    table.show(connections);
    // other numbers of connections leave out those that only show statistics, as this page's own
    const consoles = connections.filter(({ filter }) => filterText(filter) === '').length;
    const shown =
      total > connections.length
        ? `The ${count(connections.length)} furthest behind of ${some(total, 'connection')}`
        : `${some(total - consoles, 'connection')}${consoles > 0 ? ` and ${some(consoles, 'console')}` : ''}`;
    const where = scope === 'node' ? ', of this node only: the others have no NODE_URL' : '';
    setText(summary, `${shown}${where}.`);
    missing.hidden = nodes.length === 0;
    const reasons = nodes.map(({ node, name, reason }) => `${name ?? nameOf(node)}: ${reason}`);
    setText(missing, `Not in this list are the connections of ${reasons.join('; ')}.`);
  }

  /** @param {Connection} row */
  async function end({ clientId, node }) {
    const yes = await confirmed({
      title: 'Close this connection?',
      consequence: `${clientId} on ${nameOf(node)} is told to reconnect. Most clients do, from where they are, and miss nothing. One that must stay away has to be blocked by other means.`,
      action: 'Close it',
    });
    if (!yes) {
      return;
    }
    try {
      await context.api(`${LIST}/${encodeURIComponent(clientId)}`, { method: 'DELETE' });
      context.notices.done('Closed', `${clientId} was told to reconnect.`);
      void refresh.now();
    } catch (failure) {
      context.notices.problem('The connection was not closed', failure);
    }
  }

  /** @param {Connection|null} to null tells everybody */
  async function tell(to) {
    const message = el('textarea', { rows: 3, maxlength: LONGEST_MESSAGE, required: true, 'data-testid': 'notice-message' });
    const severity = el('select', { 'data-testid': 'notice-severity' }, ...['info', 'warning', 'critical'].map((word) => el('option', { text: word })));
    const whom = to === null ? 'everybody who is connected to any node' : to.clientId;
    const yes = await asked({
      title: to === null ? 'Message everybody' : 'Message one client',
      body: [
        el('p', { class: 'muted', text: `Goes once, as event: notice, to ${whom}. It is not kept: who connects later does not get it.` }),
        field(`Message, at most ${LONGEST_MESSAGE} characters on one line`, message),
        field('Severity', severity),
      ],
      action: 'Send it',
      ready: () => message.value.trim() !== '',
    });
    if (!yes) {
      return;
    }
    try {
      const body = { message: message.value.trim().replace(/\s+/g, ' '), severity: severity.value, ...(to && { clientId: to.clientId }) };
      const sent = await context.api('v1/admin/notices', { method: 'POST', body });
      const nodes = /** @type {MissingNode[]} */ (sent.missing ?? []);
      const without = nodes.length > 0 ? ` Not reached: ${nodes.map(({ node, name }) => name ?? nameOf(node)).join(', ')}.` : '';
      context.notices.done('Sent', `It went to ${some(sent.connections, 'connection')}.${without}`);
    } catch (failure) {
      context.notices.problem('The message was not sent', failure);
    }
  }

  return () => refresh.close();
}
