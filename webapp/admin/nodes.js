// @ts-check
// The nodes that serve the log, and what is done with the one that answers.
import { el, setText } from '../shared/dom.js';
import { count, facts, smallTable, some, span, time } from './parts.js';
import { refreshing } from './refresh.js';
import { thisNode } from './this-node.js';

/** @import { Fact } from './parts.js' */
/** @import { Context } from './views.js' */

/**
 * @typedef {object} ListedNode
 * @property {string} id
 * @property {string} [name]
 * @property {boolean} self
 * @property {string} version
 * @property {string} since
 * @property {number} reportedMillisAgo
 * @property {number} activeConnections
 * @property {number} maxConnections
 * @property {number} head
 * @property {number} lag
 */

/** A node reports every two seconds. */
const LATE_MS = 5000;

/** A node that is so far behind is not only between two reports. */
const BEHIND = 1000;

const HEADS = ['Node', 'State', 'Version', 'Since', 'Connections', 'Position', 'Behind', 'Last report'];
const OF_SEVERAL = 'A node that has not reported for 10 s is left out.';
const ALONE =
  'This node has its log for itself. With DATABASE_URL several nodes serve one log, and NODE_NAME gives each a name.';

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, context) {
  const all = facts('nodes-facts');
  const table = smallTable('Nodes of this log', HEADS, 'nodes-table');
  const note = el('p', { class: 'muted small' });
  /** @type {() => Promise<void>} */
  let refresh = async () => {};
  const own = thisNode(context, () => refresh());
  const shown = refreshing({
    root,
    context,
    every: 3000,
    load: async (signal) => {
      const [list, drain] = await Promise.all(['nodes', 'drain'].map((what) => context.api(`v1/admin/${what}`, { signal })));
      return { ...list, drain };
    },
    content: [all.element, table.element, note, own.element],
    show: ({ head, nodes, drain }) => {
      all.show(factsOf(head, nodes));
      table.show(nodes.map(row));
      own.show({ name: nameOf(nodes), drain, alone: nodes.length < 2 });
      setText(note, nodes.length > 1 ? OF_SEVERAL : ALONE);
    },
  });
  refresh = shown.now;
  return shown.close;
}

/** @param {ListedNode[]} nodes */
function nameOf(nodes) {
  const self = nodes.find((node) => node.self);
  return self?.name ?? self?.id.slice(0, 8) ?? 'this one';
}

/**
 * @param {number} head
 * @param {ListedNode[]} nodes
 * @returns {Fact[]}
 */
function factsOf(head, nodes) {
  const open = nodes.reduce((sum, node) => sum + node.activeConnections, 0);
  const most = nodes.reduce((sum, node) => sum + node.maxConnections, 0);
  return [
    ['Nodes', nodes.length],
    ['Connections', `${count(open)} of ${count(most)}`],
    ['Head of the log', head],
    ['Farthest behind', some(Math.max(0, ...nodes.map((node) => node.lag)), 'event')],
    ['Versions', [...new Set(nodes.map((node) => node.version))].join(', ')],
  ];
}

/** @param {ListedNode} node */
function row(node) {
  return [
    el(
      'span',
      {},
      el('strong', { text: node.name ?? 'without a name' }),
      node.self ? ' · this one' : '',
      el('br'),
      el('code', { class: 'small muted', title: node.id, text: node.id.slice(0, 8) }),
    ),
    state(node),
    node.version,
    time(node.since),
    `${count(node.activeConnections)} of ${count(node.maxConnections)}`,
    node.head,
    node.lag,
    node.reportedMillisAgo < 1000 ? 'now' : `${span(node.reportedMillisAgo / 1000)} ago`,
  ];
}

/** @param {ListedNode} node */
function state(node) {
  const [tone, words] =
    node.reportedMillisAgo > LATE_MS ? ['warn', 'silent'] : node.lag > BEHIND ? ['warn', 'behind'] : ['ok', 'live'];
  return el('span', { class: 'pill', 'data-tone': tone, text: words });
}
