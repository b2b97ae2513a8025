// @ts-check
// What the node does, at a glance: numbers, plots of the last hour, what ended and was kept away, and its parts.
import { el, onceAFrame, setText } from '../shared/dom.js';
import { nodeLines } from './node-lines.js';
import { renew, some, span } from './parts.js';
import { loadPlots, Plot } from './plots.js';
import { loading } from './states.js';

/** @import { Context } from './views.js' */
/** @import { History, Sample } from './stats.js' */
/** @import { default as UPlot } from './vendor/uplot/uPlot.iife.min.js' */
/** @import { Line } from './plots.js' */

const compact = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en-GB');

/** @param {number} value */
function number(value) {
  if (Math.abs(value) >= 100_000) {
    return compact.format(value);
  }
  return whole.format(Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value));
}

/** @param {number} ms */
function millis(ms) {
  if (ms >= 1000) {
    return `${Math.round(ms / 100) / 10} s`;
  }
  return `${ms < 10 ? Math.round(ms * 100) / 100 : Math.round(ms)} ms`;
}

/** @param {number} bytes */
function size(bytes) {
  const units = ['B', 'kB', 'MB', 'GB'];
  let i = 0;
  for (; bytes >= 1000 && i < units.length - 1; i++) {
    bytes /= 1000;
  }
  return `${bytes < 10 && i > 0 ? Math.round(bytes * 10) / 10 : Math.round(bytes)} ${units[i]}`;
}

/** @typedef {{title: string, lines: Line[], format: (value: number) => string}} PlotOf */

/**
 * @param {string} title
 * @param {'commit'|'delivery'} what
 * @returns {PlotOf}
 */
const times = (title, what) => ({
  title,
  format: millis,
  lines: [
    { name: 'median', column: `${what}P50Millis`, colour: '--accent' },
    { name: '99 in 100', column: `${what}P99Millis`, colour: '--warn', dash: [6, 3] },
  ],
});

/** @type {PlotOf[]} */
const PLOTS = [
  {
    title: 'Connections by what they follow',
    format: number,
    lines: [
      { name: 'everything', column: 'all', colour: '--accent' },
      { name: 'streams', column: 'streams', colour: '--teal', dash: [6, 3] },
      { name: 'users', column: 'users', colour: '--warn', dash: [2, 3] },
      { name: 'both', column: 'mixed', colour: '--violet', dash: [8, 3, 2, 3] },
    ],
  },
  {
    title: 'Events and deliveries per second',
    format: number,
    lines: [
      { name: 'events', column: 'eventsPerSecond', colour: '--accent' },
      { name: 'deliveries', column: 'deliveriesPerSecond', colour: '--teal', dash: [6, 3] },
    ],
  },
  times('Time to commit', 'commit'),
  times('Time from command to delivery', 'delivery'),
  {
    title: 'Clients that are behind',
    format: number,
    lines: [
      { name: 'events, the slowest', column: 'slowestEvents', colour: '--bad' },
      { name: 'slow clients', column: 'slowClients', colour: '--violet', dash: [6, 3] },
    ],
  },
];

/**
 * Those who only watch these statistics, as this page does: they are nobody's clients, and have a limit of their own.
 *
 * @param {Sample} connections
 * @returns {number}
 */
const consoles = ({ byFilter }) => byFilter.nothing ?? 0;

/** @type {{id: string, name: string, value: (sample: Sample) => string, note: (sample: Sample) => string}[]} */
const TILES = [
  {
    id: 'connections',
    name: 'Connections',
    value: ({ connections }) => number(connections.open - consoles(connections)),
    note: ({ connections }) => `of ${number(connections.limit)}, and ${some(consoles(connections), 'console')}`,
  },
  {
    id: 'events',
    name: 'Events',
    value: ({ flow }) => `${number(flow?.eventsPerSecond ?? 0)} /s`,
    note: ({ flow }) => `${number(flow?.commandsPerSecond ?? 0)} commands /s`,
  },
  {
    id: 'deliveries',
    name: 'Deliveries',
    value: ({ flow }) => `${number(flow?.deliveriesPerSecond ?? 0)} /s`,
    note: ({ flow }) => `${size(flow?.bytesPerSecond ?? 0)}/s`,
  },
  {
    id: 'behind',
    name: 'Slowest client',
    value: ({ lag }) => (lag.slowestEvents === null ? '–' : number(lag.slowestEvents)),
    note: ({ lag }) => `events behind, ${number(lag.slowClients)} slow`,
  },
  {
    id: 'queue',
    name: 'Commands waiting',
    value: ({ queues }) => number(queues.commands),
    note: ({ queues }) => `of ${number(queues.commandsLimit)}, ${number(queues.longPolls)} long polls`,
  },
  {
    id: 'log',
    name: 'Log head',
    value: ({ log }) => (log.last === null ? '–' : whole.format(log.last)),
    note: ({ log }) => (log.first === null ? 'the store does not answer' : `from ${whole.format(log.first)}, feed ${number(log.feedLag)} behind`),
  },
  {
    id: 'ring',
    name: 'In memory',
    value: ({ ring }) => number(ring.events),
    note: ({ ring }) => `events, ${size(ring.bytes)}`,
  },
  {
    id: 'chain',
    name: 'Chain',
    value: ({ indexer }) => (indexer === null ? 'not followed' : indexer.lagLedgers === null ? indexer.state : `${number(indexer.lagLedgers)} behind`),
    note: ({ indexer, relay }) =>
      [
        indexer === null ? '' : `ledger ${indexer.ledger ?? '–'} of ${indexer.tip ?? '–'}`,
        relay === null ? '' : relay.connected ? `relay ${relay.lagMillis ?? '–'} ms` : 'relay away',
      ]
        .filter(Boolean)
        .join(', ') || 'one node',
  },
  { id: 'uptime', name: 'Up for', value: ({ uptimeSeconds }) => span(uptimeSeconds), note: ({ version }) => `version ${version}` },
];

/** @type {Record<string, string>} */
const TONES = { well: 'ok', degraded: 'warn', down: 'bad' };

/** @param {string} code */
const words = (code) => code.replaceAll('_', ' ');

/** @param {string} camel */
const partName = (camel) => camel.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function tiles() {
  const shown = TILES.map(({ id, name, value, note }) => {
    const dd = el('dd', { 'data-testid': `tile-${id}` });
    const small = el('dd', { class: 'tile-note' });
    return {
      element: el('div', { class: 'fact' }, el('dt', { text: name }), dd, small),
      /** @param {Sample} sample */
      show(sample) {
        setText(dd, value(sample));
        setText(small, note(sample));
      },
    };
  });
  return {
    element: el('dl', { class: 'facts tiles', 'data-testid': 'tiles' }, ...shown.map(({ element }) => element)),
    /** @param {Sample} sample */
    show: (sample) => shown.forEach((tile) => tile.show(sample)),
  };
}

/**
 * Counts since the start and in the last hour, the most frequent first.
 *
 * @param {string} title
 * @param {string} what the first column
 * @param {string} none
 * @param {string} testId
 */
function counts(title, what, none, testId) {
  const body = el('tbody');
  const table = el(
    'table',
    { class: 'counts', 'data-testid': testId },
    el('caption', { class: 'visually-hidden', text: title }),
    el('thead', {}, el('tr', {}, ...[what, 'Last hour', 'Since start'].map((text) => el('th', { scope: 'col', text })))),
    body,
  );
  const nothing = el('p', { class: 'muted', text: none });
  let shown = '';
  return {
    element: el('section', { class: 'panel', 'aria-label': title }, el('h2', { text: title }), nothing, table),
    /**
     * @param {Record<string, number>} now
     * @param {Record<string, number>} before
     */
    show(now, before) {
      const some = Object.entries(now)
        .filter(([, count]) => count > 0)
        .sort(([, a], [, b]) => b - a);
      const state = JSON.stringify([some, before]);
      if (state === shown) {
        return;
      }
      shown = state;
      nothing.hidden = some.length > 0;
      table.hidden = some.length === 0;
      renew(
        body,
        some.map(([code, count]) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row', text: words(code) }),
            // what another process has counted is no part of this one's
            el('td', { text: whole.format(count - Math.min(count, before[code] ?? 0)) }),
            el('td', { text: whole.format(count) }),
          ),
        ),
      );
    },
  };
}

function health() {
  const list = el('ul', { class: 'parts', 'data-testid': 'parts' });
  const pill = el('span', { class: 'pill push', 'data-testid': 'ready' });
  let shown = '';
  return {
    element: el('section', { class: 'panel', 'aria-label': 'Health' }, el('div', { class: 'panel-head' }, el('h2', { text: 'Health' }), pill), list),
    /** @param {Sample} sample */
    show({ ready, parts }) {
      const state = JSON.stringify([ready, parts]);
      if (state === shown) {
        return;
      }
      shown = state;
      pill.dataset.tone = ready === null ? 'warn' : ready ? 'ok' : 'bad';
      setText(pill, ready === null ? 'does not say' : ready ? 'ready' : 'not ready');
      renew(
        list,
        /** @type {Sample[]} */ (parts).map(({ name, state: how, detail }) =>
          el('li', {}, el('span', { text: partName(name) }), el('span', { class: 'pill', 'data-tone': TONES[how], text: how }), el('span', { class: 'detail muted', text: detail ?? '' })),
        ),
      );
    },
  };
}

/**
 * The connections of each node. A node alone has no such plot.
 *
 * @param {typeof UPlot} uPlot
 */
function nodesPlot(uPlot) {
  const element = el('div', { class: 'nodes-plot', hidden: true });
  /** @type {Plot|null} */
  let plot = null;
  let names = '';
  return {
    element,
    /** @param {History} history */
    show({ time, byNode }) {
      const { lines, columns } = nodeLines(byNode);
      element.hidden = lines.length < 2;
      const now = JSON.stringify(lines);
      if (now !== names) {
        names = now;
        plot?.close();
        plot = element.hidden ? null : new Plot(uPlot, 'Connections by node', lines, number, true);
        element.replaceChildren(...(plot === null ? [] : [plot.element]));
      }
      plot?.show({ time, columns });
    },
    close: () => plot?.close(),
  };
}

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, { stats }) {
  root.replaceChildren(loading());
  const uPlot = await loadPlots();
  const top = tiles();
  const plots = PLOTS.map(({ title, lines, format }) => new Plot(uPlot, title, lines, format, format === number));
  const [first, ...more] = plots.map(({ element }) => element);
  const nodes = nodesPlot(uPlot);
  const parts = health();
  const closes = counts('Connections that ended', 'Reason', 'None has ended yet.', 'closes');
  const rejections = counts('Kept away by limits', 'Limit', 'No limit has kept anybody away.', 'rejections');
  const content = [
    top.element,
    el('div', { class: 'plots' }, first, nodes.element, ...more, parts.element, closes.element, rejections.element),
  ];
  const show = () => {
    const sample = stats.latest;
    if (sample === null) {
      return;
    }
    if (top.element.parentNode === null) {
      root.replaceChildren(...content);
    }
    top.show(sample);
    parts.show(sample);
    closes.show(sample.closes, stats.anHourAgo.closes);
    rejections.show(sample.rejections, stats.anHourAgo.rejections);
    for (const plot of [...plots, nodes]) {
      plot.show(stats.history());
    }
  };
  const soon = onceAFrame(show);
  show();
  const end = stats.subscribe(soon);
  return () => {
    end();
    [...plots, nodes].forEach((plot) => plot.close());
  };
}
