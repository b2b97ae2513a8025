// @ts-check
// Which lines a plot of several nodes has: a screen has room for a few.

/** @import { Column } from './stats.js' */
/** @import { Line } from './plots.js' */

/** @type {Pick<Line, 'colour'|'dash'>[]} */
const LOOKS = [
  { colour: '--accent' },
  { colour: '--teal', dash: [6, 3] },
  { colour: '--warn', dash: [2, 3] },
  { colour: '--violet', dash: [8, 3, 2, 3] },
  { colour: '--bad', dash: [10, 4] },
];

/** @param {Column} column */
const last = (column) => column.at(-1) ?? -1;

/**
 * A line for each node, by name; of more than five the four that have the most now, and the sum of the others.
 *
 * @param {Record<string, Column>} byNode
 * @returns {{lines: Line[], columns: Record<string, Column>}} columns: those that the lines name
 */
export function nodeLines(byNode) {
  const all = Object.keys(byNode);
  const fit = all.length <= LOOKS.length;
  // a node that is gone is the first to go
  const most = fit ? all : all.toSorted((a, b) => last(byNode[b]) - last(byNode[a])).slice(0, LOOKS.length - 1);
  const own = most.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const lines = own.map((name, i) => ({ name: shortName(name), column: name, ...LOOKS[i] }));
  const columns = Object.fromEntries(own.map((name) => [name, byNode[name]]));
  if (!fit) {
    const others = all.filter((name) => !own.includes(name));
    // a name that no node has: theirs are words
    const column = ' others';
    lines.push({ name: `${others.length} others`, column, ...LOOKS[LOOKS.length - 1] });
    columns[column] = sum(others.map((name) => byNode[name]));
  }
  return { lines, columns };
}

/** @param {Column[]} columns @returns {Column} */
const sum = ([first, ...more]) =>
  first.map((value, i) => more.reduce((/** @type {number|null} */ so, column) => (column[i] === null ? so : (so ?? 0) + column[i]), value));

/** Without a name of its own a node has an id, of which the beginning is enough. @param {string} name */
const shortName = (name) => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name) ? name.slice(0, 8) : name);
