import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeElement, fakePage } from './fake-elements.js';

const body = fakePage();
globalThis.addEventListener = () => {};
globalThis.removeEventListener = () => {};
// each custom property is a colour of its own
globalThis.getComputedStyle = () => ({ getPropertyValue: (name) => name });
globalThis.matchMedia = () => new EventTarget();
globalThis.ResizeObserver = class {
  observe() {}

  disconnect() {}
};

/** What the page waits to paint. */
let frames = [];
globalThis.requestAnimationFrame = (paint) => frames.push(paint);
const painted = () => {
  const due = frames;
  frames = [];
  due.forEach((paint) => paint());
  return due.length;
};

/** The plots that were made, in this order, instead of a canvas. */
const drawn = [];
class FakePlot {
  cursor = { idx: null };
  closed = 0;
  draws = 0;

  constructor(options, data, box) {
    Object.assign(this, { options, data, box });
    drawn.push(this);
  }

  setData(data) {
    this.data = structuredClone(data);
    this.draws++;
  }

  destroy() {
    this.closed++;
  }
}
document.head.append = (script) => {
  globalThis.uPlot = FakePlot;
  script.dispatchEvent(new Event('load'));
};

const { open } = await import('../../../webapp/admin/overview.js');
const { Stats } = await import('../../../webapp/admin/stats.js');

const AT = Date.parse('2026-01-31T08:00:00Z') / 1000;

/** No two figures are alike, so that none can stand in another one's place. */
const SAMPLE = {
  version: '4.5.6',
  uptimeSeconds: 93_784,
  ready: true,
  connections: { open: 1234, limit: 5000, byFilter: { all: 101, streams: 202, users: 303, mixed: 404, nothing: 224 }, byNode: { 'node-1': 1234 } },
  flow: {
    eventsPerSecond: 12.34, deliveriesPerSecond: 4567.8, bytesPerSecond: 3_210_000, commandsPerSecond: 7.06,
    commit: { p50Millis: 1.234, p99Millis: 45.6 }, delivery: { p50Millis: 7.891, p99Millis: 1540 },
  },
  lag: { slowestEvents: 88, slowClients: 9 },
  queues: { commands: 21, commandsLimit: 1024, longPolls: 33 },
  log: { first: 1001, last: 123_456, feed: 5, feedLag: 17 },
  ring: { events: 65_536, bytes: 12_400_000 },
  closes: { client_gone: 25, slow_client: 4, drained: 40, token_expired: 0 },
  rejections: { connections_per_address: 6, command_rate: 19 },
  relay: { connected: true, lagMillis: 2.5 },
  indexer: { state: 'following', ledger: 700, tip: 705, lagLedgers: 5, lagSeconds: 26 },
  parts: [
    { name: 'ledger', state: 'well', detail: null },
    { name: 'eventFeed', state: 'degraded', detail: '3 s behind' },
    { name: 'relay', state: 'down', detail: 'no answer' },
  ],
};

/** What the node remembers of the hour: two moments, and what was counted at its beginning. */
const HOUR = {
  time: [AT - 20, AT - 10],
  connections: { all: [90, 150], streams: [201, 260], users: [300, 301], mixed: [410, 420] },
  eventsPerSecond: [2, 20], deliveriesPerSecond: [400, 40_000], commitP50Millis: [0.5, 2.5], commitP99Millis: [30, 60],
  deliveryP50Millis: [5, 9], deliveryP99Millis: [1000, null], slowestEvents: [80, null], slowClients: [3, 4],
  byNode: { 'node-1': [1200, 1300] },
  closes: { client_gone: 10, drained: 50 },
  rejections: { command_rate: 8 },
};

/** The view over the figures of a node that has this hour, and then sends what the test says. */
async function opened(t) {
  const before = globalThis.fetch;
  let node;
  const stream = new ReadableStream({
    start: (it) => {
      node = it;
    },
  });
  globalThis.fetch = async (url) =>
    String(url).endsWith('/history') ? new Response(JSON.stringify(HOUR)) : new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
  drawn.length = 0;
  frames = [];
  const stats = new Stats();
  t.after(() => {
    globalThis.fetch = before;
    stats.stop();
    node.close();
  });
  const root = new FakeElement('div');
  body.replaceChildren(root);
  const close = await open(root, { stats });
  let second = 0;
  /** Another sample has come; it is on the page after the next frame. */
  const sends = async (sample) => {
    const arrived = new Promise((resolve) => {
      const end = stats.subscribe(() => resolve(end()));
    });
    stats.start();
    const text = JSON.stringify({ ...sample, time: new Date((AT + second++) * 1000).toISOString() });
    node.enqueue(new TextEncoder().encode(`event: stats\ndata: ${text}\n\n`));
    await arrived;
  };
  const find = (id) => root.querySelector(`[data-testid="${id}"]`);
  const texts = (element) => element.children.map((child) => child.textContent);
  return {
    root, close, find, sends,
    async shows(sample) {
      await sends(sample);
      painted();
    },
    tiles: () => find('tiles').children.map(texts),
    tile: (id) => texts(find(`tile-${id}`).parentElement).slice(1),
    plots: () => root.querySelectorAll('[data-testid="plot"]'),
    /** By its title: what it draws, and its table. */
    plot(title) {
      const element = root.querySelectorAll('[data-testid="plot"]').find((one) => one.getAttribute('aria-label') === title);
      return { uPlot: drawn.find(({ box }) => box === element.querySelector('.plot-canvas')), rows: element.querySelector('tbody').children.map(texts), element };
    },
    table: (id) => find(id).querySelector('tbody').children.map(texts),
  };
}

test('loads until there are figures, and shows each of them under its own name', async (t) => {
  const view = await opened(t);
  assert.notEqual(view.find('state-loading'), null);
  await view.shows(SAMPLE);
  assert.equal(view.find('state-loading'), null);
  assert.deepEqual(view.tiles(), [
    ['Connections', '1,010', 'of 5,000, and 224 consoles'],
    ['Events', '12.3 /s', '7.1 commands /s'],
    ['Deliveries', '4,568 /s', '3.2 MB/s'],
    ['Slowest client', '88', 'events behind, 9 slow'],
    ['Commands waiting', '21', 'of 1,024, 33 long polls'],
    ['Log head', '123,456', 'from 1,001, feed 17 behind'],
    ['In memory', '65,536', 'events, 12 MB'],
    ['Chain', '5 behind', 'ledger 700 of 705, relay 2.5 ms'],
    ['Up for', '1 d 2 h', 'version 4.5.6'],
  ]);
  const ids = ['connections', 'events', 'deliveries', 'behind', 'queue', 'log', 'ring', 'chain', 'uptime'];
  assert.deepEqual(ids.map(view.tile), view.tiles().map(([, ...rest]) => rest));
});

test('says of each figure that it is not known, instead of one', async (t) => {
  const view = await opened(t);
  await view.shows({
    ...SAMPLE, flow: null, relay: null, indexer: null,
    connections: { ...SAMPLE.connections, byFilter: { all: 1 } },
    lag: { slowestEvents: null, slowClients: 0 },
    log: { first: null, last: null, feed: 5, feedLag: null },
  });
  assert.deepEqual(
    ['connections', 'events', 'deliveries', 'behind', 'log', 'chain'].map(view.tile),
    [
      ['1,234', 'of 5,000, and 0 consoles'],
      ['0 /s', '0 commands /s'],
      ['0 /s', '0 B/s'],
      ['–', 'events behind, 0 slow'],
      ['–', 'the store does not answer'],
      ['not followed', 'one node'],
    ],
  );
});

test('says how far the chain and the relay are', async (t) => {
  const view = await opened(t);
  const chain = async (indexer, relay) => {
    await view.shows({ ...SAMPLE, indexer: indexer && { ...SAMPLE.indexer, ...indexer }, relay });
    return view.tile('chain');
  };
  assert.deepEqual(await chain({ lagLedgers: null, ledger: null, tip: null, state: 'starting' }, null), ['starting', 'ledger – of –']);
  assert.deepEqual(await chain({ lagLedgers: 0 }, { connected: false, lagMillis: 4 }), ['0 behind', 'ledger 700 of 705, relay away']);
  assert.deepEqual(await chain(null, { connected: true, lagMillis: null }), ['not followed', 'relay – ms']);
});

test('says great figures shortly', async (t) => {
  const view = await opened(t);
  const flow = async (deliveriesPerSecond, bytesPerSecond) => {
    await view.shows({ ...SAMPLE, flow: { ...SAMPLE.flow, deliveriesPerSecond, bytesPerSecond } });
    const [said, bytes] = view.tile('deliveries');
    return [said.toUpperCase(), bytes]; // a million is m or M, as the version of Node has it
  };
  assert.deepEqual(await flow(1_234_567, 999), ['1.23M /S', '999 B/s']);
  assert.deepEqual(await flow(100_000, 1000), ['100K /S', '1 kB/s']);
  assert.deepEqual(await flow(99_999.4, 45_600_000_000_000), ['99,999 /S', '45600 GB/s']);
});

test('draws each figure of the last hour in its plot, and says it in numbers', async (t) => {
  const view = await opened(t);
  await view.shows(SAMPLE);
  const line = (name, values, stroke, dash) => ({ name, values, stroke, dash });
  const expected = {
    'Connections by what they follow': {
      large: '1,500',
      lines: [
        line('everything', [90, 150, 101], '--accent'), line('streams', [201, 260, 202], '--teal', [6, 3]),
        line('users', [300, 301, 303], '--warn', [2, 3]), line('both', [410, 420, 404], '--violet', [8, 3, 2, 3]),
      ],
      numbers: [['everything', '101', '90', '150'], ['streams', '202', '201', '260'], ['users', '303', '300', '303'], ['both', '404', '404', '420']],
    },
    'Events and deliveries per second': {
      large: '1,500',
      lines: [line('events', [2, 20, 12.34], '--accent'), line('deliveries', [400, 40_000, 4567.8], '--teal', [6, 3])],
      numbers: [['events', '12.3', '2', '20'], ['deliveries', '4,568', '400', '40,000']],
    },
    'Time to commit': {
      large: '1.5 s',
      lines: [line('median', [0.5, 2.5, 1.234], '--accent'), line('99 in 100', [30, 60, 45.6], '--warn', [6, 3])],
      numbers: [['median', '1.23 ms', '0.5 ms', '2.5 ms'], ['99 in 100', '46 ms', '30 ms', '60 ms']],
    },
    'Time from command to delivery': {
      large: '1.5 s',
      lines: [line('median', [5, 9, 7.891], '--accent'), line('99 in 100', [1000, null, 1540], '--warn', [6, 3])],
      numbers: [['median', '7.89 ms', '5 ms', '9 ms'], ['99 in 100', '1.5 s', '1 s', '1.5 s']],
    },
    'Clients that are behind': {
      large: '1,500',
      lines: [line('events, the slowest', [80, null, 88], '--bad'), line('slow clients', [3, 4, 9], '--violet', [6, 3])],
      numbers: [['events, the slowest', '88', '80', '88'], ['slow clients', '9', '3', '9']],
    },
  };
  assert.deepEqual(view.plots().map((plot) => plot.getAttribute('aria-label')), Object.keys(expected));
  for (const [title, { large, lines, numbers }] of Object.entries(expected)) {
    const { uPlot, rows, element } = view.plot(title);
    assert.equal(element.querySelector('h2').textContent, title);
    const [time, ...values] = uPlot.data;
    assert.deepEqual(time, [AT - 20, AT - 10, AT], title);
    const series = uPlot.options.series.slice(1).map(({ stroke, dash }, i) => line(rows[i][0], values[i], stroke(), dash));
    assert.deepEqual(series, lines, title);
    assert.deepEqual(rows, numbers, title);
    const swatches = element.querySelectorAll('.swatch').map((one) => [`--${one.getAttribute('data-colour')}`, one.getAttribute('data-dash') !== null]);
    assert.deepEqual(swatches, lines.map(({ stroke, dash }) => [stroke, dash !== undefined]), title);
    assert.deepEqual(element.querySelector('thead').querySelectorAll('th').map((head) => head.textContent), ['Now', 'Min', 'Max']);
    const axis = uPlot.options.axes[1];
    assert.deepEqual(axis.values(uPlot, [1500]), [large], title);
    assert.equal(axis.incrs === undefined, large === '1.5 s', `${title}: there is no half of what is counted`);
  }
});

test('says what the mouse points at instead of what is now', async (t) => {
  const view = await opened(t);
  await view.shows(SAMPLE);
  const title = 'Time from command to delivery';
  const { uPlot } = view.plot(title);
  const numbers = (idx) => {
    uPlot.cursor.idx = idx;
    uPlot.options.hooks.setCursor.forEach((hook) => hook(uPlot));
    return view.plot(title).rows.map(([, now]) => now);
  };
  const when = () => view.plot(title).element.querySelector('th').textContent;
  assert.deepEqual(numbers(0), ['5 ms', '1 s']);
  assert.match(when(), /^\d\d:\d\d:40$/);
  assert.deepEqual(numbers(1), ['9 ms', '–']);
  assert.match(when(), /^\d\d:\d\d:50$/);
  assert.deepEqual(numbers(null), ['7.89 ms', '1.5 s']);
  assert.equal(when(), 'Now');
});

test('draws the connections of each node once there are two', async (t) => {
  const view = await opened(t);
  const nodes = (byNode) => view.shows({ ...SAMPLE, connections: { ...SAMPLE.connections, byNode } });
  await nodes({ 'node-1': 1234 });
  assert.equal(view.root.querySelector('.nodes-plot').hidden, true);
  await nodes({ 'node-1': 1230, 'node-2': 77 });
  assert.equal(view.root.querySelector('.nodes-plot').hidden, false);
  assert.equal(view.plots()[1].getAttribute('aria-label'), 'Connections by node');
  const two = view.plot('Connections by node');
  assert.deepEqual(two.rows, [['node-1', '1,230', '1,200', '1,300'], ['node-2', '77', '77', '77']]);
  assert.deepEqual(two.uPlot.data, [[AT - 20, AT - 10, AT, AT + 1], [1200, 1300, 1234, 1230], [null, null, null, 77]]);
  await nodes({ 'node-1': 1229, 'node-2': 78, 'node-3': 5 });
  assert.deepEqual(view.plot('Connections by node').rows.map(([name, now]) => [name, now]), [['node-1', '1,229'], ['node-2', '78'], ['node-3', '5']]);
  assert.equal(two.uPlot.closed, 1);
});

test('counts what ended and what was kept away, the most frequent first', async (t) => {
  const view = await opened(t);
  await view.shows(SAMPLE);
  // drained: what another process has counted before a restart is no part of this one's
  assert.deepEqual(view.table('closes'), [['drained', '0', '40'], ['client gone', '15', '25'], ['slow client', '4', '4']]);
  assert.deepEqual(view.table('rejections'), [['command rate', '11', '19'], ['connections per address', '6', '6']]);
  const heads = (id) => view.find(id).querySelectorAll('th').slice(0, 3).map((head) => head.textContent);
  assert.deepEqual([heads('closes'), heads('rejections')], [['Reason', 'Last hour', 'Since start'], ['Limit', 'Last hour', 'Since start']]);
  const title = (id) => view.find(id).closest('section').querySelector('h2').textContent;
  assert.deepEqual([title('closes'), title('rejections')], ['Connections that ended', 'Kept away by limits']);
  const none = (id) => [view.find(id).hidden, view.find(id).closest('section').querySelector('p').hidden];
  assert.deepEqual([none('closes'), none('rejections')], [[false, true], [false, true]]);
  await view.shows({ ...SAMPLE, closes: { ...SAMPLE.closes, client_gone: 26 }, rejections: { command_rate: 0 } });
  assert.deepEqual(view.table('closes')[1], ['client gone', '16', '26']);
  assert.deepEqual([none('closes'), none('rejections')], [[false, true], [true, false]]);
  assert.equal(view.find('rejections').closest('section').querySelector('p').textContent, 'No limit has kept anybody away.');
});

test('says how each part is', async (t) => {
  const view = await opened(t);
  await view.shows(SAMPLE);
  const ready = () => [view.find('ready').textContent, view.find('ready').dataset.tone];
  const parts = () =>
    view.find('parts').children.map(({ children: [name, how, detail] }) => [name.textContent, how.textContent, how.getAttribute('data-tone'), detail.textContent]);
  assert.deepEqual(ready(), ['ready', 'ok']);
  assert.deepEqual(parts(), [['ledger', 'well', 'ok', ''], ['event feed', 'degraded', 'warn', '3 s behind'], ['relay', 'down', 'bad', 'no answer']]);
  await view.shows({ ...SAMPLE, ready: false, parts: [{ name: 'ledger', state: 'down', detail: 'disk full' }] });
  assert.deepEqual([ready(), parts()], [['not ready', 'bad'], [['ledger', 'down', 'bad', 'disk full']]]);
  await view.shows({ ...SAMPLE, ready: null, parts: [] });
  assert.deepEqual([ready(), parts()], [['does not say', 'warn'], []]);
});

test('draws once a frame, however many samples come, and nothing once it is left', async (t) => {
  const view = await opened(t);
  await view.shows({ ...SAMPLE, connections: { ...SAMPLE.connections, byNode: { 'node-1': 1200, 'node-2': 34 } } });
  assert.equal(drawn.length, 6);
  const draws = () => drawn.map((plot) => plot.draws);
  const before = draws();
  const part = view.find('parts').children[0];
  await view.sends({ ...SAMPLE, uptimeSeconds: 93_785 });
  await view.sends({ ...SAMPLE, uptimeSeconds: 97_384 });
  assert.deepEqual([view.tile('uptime')[0], draws()], ['1 d 2 h', before]);
  assert.equal(painted(), 1);
  assert.deepEqual([view.tile('uptime')[0], draws()], ['1 d 3 h', before.map((count) => count + 1)]);
  // what says the same stays, for a screen reader and for a selection
  assert.equal(view.find('parts').children[0], part);
  view.close();
  await view.sends(SAMPLE);
  assert.equal(painted(), 0);
  assert.deepEqual(drawn.map((plot) => plot.closed), drawn.map(() => 1));
});
