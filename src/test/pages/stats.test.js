import assert from 'node:assert/strict';
import test from 'node:test';

// The environment of the modules in a page.
globalThis.document = { baseURI: 'http://127.0.0.1:1/admin/', documentElement: { dataset: { root: '../' } } };
globalThis.addEventListener = () => {};
globalThis.removeEventListener = () => {};
const { Stats } = await import('../../../webapp/admin/stats.js');
const { credentials } = await import('../../../webapp/shared/credentials.js');
const { nodeLines } = await import('../../../webapp/admin/node-lines.js');

const AT = Date.parse('2026-01-31T08:00:00Z') / 1000;

const sample = (second, byNode) => ({
  time: new Date((AT + second) * 1000).toISOString(),
  connections: { byFilter: { all: 1, streams: 2, users: 3, mixed: 4 }, byNode },
  flow: null,
  lag: { slowestEvents: null, slowClients: 0 },
});

const hour = (seconds, byNode) => ({
  time: seconds.map((second) => AT + second),
  connections: { all: seconds.map(() => 1) },
  byNode,
  closes: {},
  rejections: {},
});

/** A server that has this hour and then sends these samples; the stream stays open. */
function serve(t, history, ...samples) {
  const before = globalThis.fetch;
  globalThis.fetch = async (url) => {
    if (String(url).endsWith('/history')) {
      return new Response(JSON.stringify(history));
    }
    const text = samples.map((one) => `event: stats\ndata: ${JSON.stringify(one)}\n\n`).join('');
    const body = new ReadableStream({
      start: (it) => {
        it.enqueue(new TextEncoder().encode(text));
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  };
  t.after(() => {
    globalThis.fetch = before;
  });
}

/** Follows until so many samples have come. */
async function followed(t, stats, count) {
  t.after(() => stats.stop());
  await new Promise((resolve) => {
    let left = count;
    stats.subscribe(() => --left === 0 && resolve());
    stats.start();
  });
  return stats.history();
}

test('goes on from the hour of the node, with columns of one length', async (t) => {
  serve(t, hour([0, 5], { a: [null, 7] }), sample(5, { a: 7 }), sample(6, { a: 8, b: 1 }), sample(7, { b: 2 }));
  const { time, columns, byNode } = await followed(t, new Stats(), 3);

  // the sample of second 5 was in the hour already
  assert.deepEqual(time, [AT, AT + 5, AT + 6, AT + 7]);
  assert.deepEqual(columns.all, [1, 1, 1, 1]);
  assert.deepEqual(columns.users, [null, null, 3, 3]);
  assert.deepEqual(byNode, { a: [null, 7, 8, null], b: [null, null, 1, 2] });
});

test('begins anew after silence, and leaves a gap for what it did not see', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const hours = [hour([0, 5], { a: [1, 1] }), hour([100], { a: [1] })];
  const streams = [];
  const before = globalThis.fetch;
  t.after(() => {
    globalThis.fetch = before;
  });
  globalThis.fetch = async (url, { signal }) => {
    if (String(url).endsWith('/history')) {
      return new Response(JSON.stringify(hours.shift()));
    }
    const body = new ReadableStream({
      start: (it) => {
        streams.push(it);
        signal.addEventListener('abort', () => it.error(signal.reason));
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  };
  const until = async (isSo) => {
    for (let i = 0; i < 1000 && !isSo(); i++) {
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    assert.ok(isSo(), String(isSo));
  };
  const stats = new Stats();
  t.after(() => stats.stop());
  stats.start();
  await until(() => streams.length === 1);
  streams[0].enqueue(new TextEncoder().encode(`event: stats\ndata: ${JSON.stringify(sample(6, { a: 1 }))}\n\n`));
  await until(() => stats.link === 'live');

  t.mock.timers.tick(9_999);
  await new Promise((resolve) => { setImmediate(resolve); });
  assert.equal(stats.link, 'live');
  t.mock.timers.tick(1);
  await until(() => stats.link === 'offline');
  t.mock.timers.tick(15_000);
  await until(() => streams.length === 2);
  const { time, columns, byNode } = stats.history();
  assert.deepEqual(time, [AT, AT + 5, AT + 6, AT + 6 + 0.001, AT + 100]);
  assert.deepEqual([columns.all, byNode.a], [[1, 1, 1, null, 1], [1, 1, 1, null, 1]]);
});

test('asks no more once it is refused, and says so to the page', async (t) => {
  for (const status of [401, 403, 409]) {
    const before = globalThis.fetch;
    let asked = 0;
    globalThis.fetch = async () => {
      asked++;
      return new Response('{"title":"No"}', { status, headers: { 'Content-Type': 'application/problem+json' } });
    };
    const told = new Promise((resolve) => { credentials.addEventListener('refused', resolve, { once: true }); });
    const stats = new Stats();
    stats.start();
    await told;
    await new Promise((resolve) => { setImmediate(resolve); });
    assert.deepEqual([stats.link, asked], ['refused', 1], String(status));
    stats.stop();
    globalThis.fetch = before;
  }
});

test('keeps an hour, and forgets a node that was not there in it', async (t) => {
  serve(t, hour([0, 5], { a: [7, 7], b: [1, 1] }), sample(3600, { b: 2 }), sample(3606, { b: 3 }));
  const { time, columns, byNode } = await followed(t, new Stats(), 2);

  assert.deepEqual(time, [AT + 3600, AT + 3606]);
  assert.equal(columns.all.length, 2);
  assert.deepEqual(byNode, { b: [2, 3] });
});

test('has a line for each node, and few of them', () => {
  const few = nodeLines({ 'node-10': [1], 'node-2': [9] });
  assert.deepEqual(few.lines.map(({ name }) => name), ['node-2', 'node-10']);
  assert.equal(new Set(few.lines.map(({ colour }) => colour)).size, 2);

  const most = nodeLines({ a: [0], b: [0], c: [0], d: [0], e: [0] });
  assert.deepEqual(most.lines.map(({ name }) => name), ['a', 'b', 'c', 'd', 'e']);

  const many = nodeLines({ a: [0, 1], b: [0, 2], c: [0, 3], d: [0, 4], e: [null, 5], f: [9, null], g: [null, null] });
  assert.deepEqual(many.lines.map(({ name }) => name), ['b', 'c', 'd', 'e', '3 others']);
  assert.deepEqual(many.columns[many.lines[4].column], [9, 1]);

  const id = '2f1c6f0e-6a3f-4d0e-9a57-0c9f4f6f3c11';
  assert.deepEqual(nodeLines({ [id]: [1] }).lines.map(({ name, column }) => [name, column]), [['2f1c6f0e', id]]);
});
