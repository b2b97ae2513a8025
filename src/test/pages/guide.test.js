// The programs that docs/streaming-guide.md prints, the loop with tickets of docs/authentication.md, and the page without
// a library of docs/examples, run as they are. The page of getting-started.md and the other files of docs/examples are
// run against a real server elsewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { FakeEventSource, fakeBrowser, problem, settled } from './fake-browser.js';
import { fakeServer } from './fake-server.js';

const programs = (document) =>
  [
    ...readFileSync(new URL(`../../../docs/${document}`, import.meta.url), 'utf8').matchAll(/^```js\n(.*?)^```$/gms),
  ].map(([, code]) => code);
const printed = programs('streaming-guide.md');

/** The names that a program expects from the page or service around it. */
function run(code, names) {
  const lib = new URL('../../../webapp/lib/', import.meta.url).href;
  const body = code.replace(/^import (\{.*\}) from '\/lib\/(.*)';$/gm, `const $1 = await import('${lib}$2');`);
  const AsyncFunction = (async () => {}).constructor;
  return new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
}

function globally(t, names) {
  for (const [name, value] of Object.entries(names)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
}

/** The addresses in the documents are those of the page. */
class Relative extends FakeEventSource {
  constructor(url) {
    super(new URL(url, 'http://h:1/page.html'));
  }
}

test('all programs of the guide are run here', () => {
  assert.equal(printed.length, 3);
});

test('a page with our client shows payments, states and how it stands', async (t) => {
  const server = fakeServer(t);
  globally(t, { fetch: server.fetch, location: { href: 'http://h:1/wallet.html' } });
  const calls = [];
  const renewals = [];
  const done = run(printed[0], {
    address: 'GALICE',
    myToken: (renew) => (renewals.push(renew), `token-${renewals.length}`),
    show: (amount) => calls.push(['show', amount]),
    draw: (streams) => calls.push(['draw', streams.length ?? streams.size]),
    say: (name) => calls.push(['say', name]),
  });
  await done;
  await settled();
  assert.equal(server.last.url.origin + server.last.url.pathname, 'http://h:1/v1/events/subscribe');
  assert.equal(server.last.query.users, 'GALICE');
  assert.equal(server.last.query.snapshot, 'true');
  assert.equal(server.last.headers.Authorization, `Bearer token-${renewals.length}`);
  await server.last.greet({ head: 5 });
  await server.last.say('snapshot_end', { head: 5 }, 5);
  await server.last.say('stream.withdrawn', { streamId: '1', amount: '170141183460469231731687303715884105727' }, 6);
  assert.deepEqual(
    calls.filter(([what]) => what === 'show'),
    [['show', 170141183460469231731687303715884105727n]],
  );
  assert.ok(calls.some(([what]) => what === 'draw'));
  assert.ok(calls.some(([what, name]) => what === 'say' && name === 'open'));
  assert.ok(renewals.every((renew) => !renew));
  await server.last.lose();
  await server.pass(10);
  assert.equal(server.last.query.lastEventId ?? server.last.headers['Last-Event-ID'], '6');
  await server.last.refuse(401);
  await server.pass(10);
  assert.equal(renewals.at(-1), true);
});

test('a service books one event after the other, and goes on where it was', async (t) => {
  const server = fakeServer(t);
  globally(t, { fetch: server.fetch });
  const booked = [];
  let release;
  void run(printed[1], {
    FlowFiEvents: (await import('../../../webapp/lib/flowfi-events.js')).FlowFiEvents,
    token: () => 'secret',
    after: 41,
    log: 'a',
    book: ({ id }) => {
      booked.push(id);
      return new Promise((resolve) => (release = resolve));
    },
  });
  await settled();
  assert.equal(server.last.url.origin, 'https://events.example.com');
  assert.equal(server.last.query.all, 'true');
  assert.equal(server.last.query.lastEventId ?? server.last.headers['Last-Event-ID'], '41');
  await server.last.greet({ head: 43 }, '41.a');
  await server.last.say('stream.created', { streamId: '1' }, '42.a');
  await server.last.say('stream.paused', { streamId: '1' }, '43.a');
  assert.deepEqual(booked, [42]); // the second waits until the first is booked
  release();
  await settled();
  assert.deepEqual(booked, [42, 43]);
});

test("a page with the browser's own EventSource", async (t) => {
  const page = fakeBrowser(t);
  const shown = [];
  let reloads = 0;
  const happened = new EventTarget();
  await run(printed[2], {
    address: 'GALICE',
    EventSource: Relative,
    addEventListener: happened.addEventListener.bind(happened),
    show: (amount) => shown.push(amount),
    reloadEverything: () => reloads++,
    console: { info: () => {} },
  });
  assert.deepEqual(page.source.query, { users: 'GALICE' });
  page.source.greet({}, '41.a');
  page.source.say('stream.withdrawn', { amount: '170141183460469231731687303715884105727' }, '42.a');
  assert.deepEqual(shown, [170141183460469231731687303715884105727n]);

  // a message that says nothing neither ends the page nor moves its position
  page.source.say('stream.withdrawn', '', '');
  // the browser reconnects by itself, so the page does not
  page.source.lose();
  await page.pass(20);
  assert.equal(page.sources.length, 1);

  // for good: the page comes back from its position, and later each time
  page.source.refuse();
  await page.pass(1);
  assert.equal(page.sources.length, 2);
  assert.equal(page.source.query.lastEventId, '42.a');
  page.source.refuse();
  await page.pass(0.9);
  assert.equal(page.sources.length, 2);
  await page.pass(1.1);
  assert.equal(page.sources.length, 3);

  // silence; the connection that was given up is closed, and says nothing any more
  page.source.greet({}, '42.a');
  const silent = page.source;
  await page.pass(51);
  assert.equal(page.sources.length, 4);
  assert.equal(silent.readyState, FakeEventSource.CLOSED);
  silent.say('stream.withdrawn', { amount: '7' }, '50.a');
  assert.equal(shown.length, 1);
  page.source.greet({}, '42.a');
  for (let i = 0; i < 10; i++) {
    await page.pass(10);
    page.source.say('heartbeat', { head: 43 }, '43.a');
  }
  assert.equal(page.sources.length, 4);

  // the network is back
  happened.dispatchEvent(new Event('online'));
  assert.equal(page.sources.length, 5);
  assert.equal(page.source.query.lastEventId, '43.a');

  // the page is visible again after a while
  await page.pass(16);
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(page.sources.length, 6);

  // only a reset empties the position
  page.source.say('reset', { reason: 'history_trimmed' }, '');
  assert.equal(reloads, 1);
  page.source.refuse();
  await page.pass(31);
  assert.equal('lastEventId' in page.source.query, false);
});

test('a page with tickets gets another one for each connection', async (t) => {
  const page = fakeBrowser(t);
  const asked = [];
  let status = 200;
  let signedIn = 0;
  const shown = [];
  let reloads = 0;
  const happened = new EventTarget();
  await run(programs('authentication.md').find((code) => code.includes('/v1/auth/ticket')), {
    token: 'secret',
    EventSource: Relative,
    fetch: async (path, { method, headers }) => {
      asked.push([path, method, headers.Authorization]);
      if (status === 0) throw new TypeError('not reachable');
      return status === 200 ? Response.json({ ticket: `t${asked.length}` }) : problem(status);
    },
    addEventListener: happened.addEventListener.bind(happened),
    show: ({ amount }) => shown.push(amount),
    signIn: () => signedIn++,
    reloadEverything: () => reloads++,
    console: { info: () => {} },
  });
  await settled();
  assert.deepEqual(asked, [['/v1/auth/ticket', 'POST', 'Bearer secret']]);
  assert.deepEqual(page.source.query, { all: 'true', ticket: 't1' });
  page.source.greet({}, '41.a');
  page.source.say('stream.withdrawn', { amount: '7' }, '42.a');
  page.source.say('stream.withdrawn', '', '');
  assert.deepEqual(shown, ['7']);

  // the browser would send the used ticket again
  const first = page.source;
  first.lose();
  await page.pass(2);
  assert.equal(first.readyState, FakeEventSource.CLOSED);
  assert.deepEqual(page.source.query, { all: 'true', ticket: 't2', lastEventId: '42.a' });
  first.say('stream.withdrawn', { amount: '8' }, '50.a');
  assert.deepEqual(shown, ['7']);

  // silence
  page.source.greet({}, '42.a');
  await page.pass(52);
  assert.deepEqual(page.source.query, { all: 'true', ticket: 't3', lastEventId: '42.a' });
  page.source.greet({}, '42.a');

  // the network is back: not even a connection that says something is waited for
  happened.dispatchEvent(new Event('online'));
  await settled();
  assert.deepEqual(page.source.query, { all: 'true', ticket: 't4', lastEventId: '42.a' });
  page.source.greet({}, '42.a');

  // the page is visible again after a while; while it is hidden, or was heard of, there is no reason
  const looked = () => document.dispatchEvent(new Event('visibilitychange'));
  const connections = page.sources.length;
  await page.pass(14);
  looked();
  await page.pass(2);
  document.visibilityState = 'hidden';
  looked();
  await settled();
  assert.equal(page.sources.length, connections);
  document.visibilityState = 'visible';
  looked();
  await settled();
  assert.equal(page.sources.length, connections + 1);
  page.source.greet({}, '42.a');

  // no ticket: later, or never with this token
  for (status of [503, 0]) {
    const before = page.sources.length;
    page.source.lose();
    await page.pass(40);
    assert.equal(page.sources.length, before);
    status = 200;
    await page.pass(40);
    assert.equal(page.sources.length, before + 1);
    page.source.greet({}, '42.a');
  }
  status = 401;
  page.source.lose();
  await page.pass(2);
  assert.equal(signedIn, 1);
  assert.equal(reloads, 0);
});

test("the example page with the browser's own EventSource", async (t) => {
  const page = fakeBrowser(t);
  const happened = new EventTarget();
  const status = {};
  let lines = [];
  const elements = {
    '#status': status,
    '#events': { prepend: ({ textContent }) => lines.unshift(textContent), replaceChildren: () => (lines = []) },
  };
  Object.assign(document, { querySelector: (name) => elements[name], createElement: () => ({}) });
  await run(readFileSync(new URL('../../../docs/examples/plain.js', import.meta.url), 'utf8'), {
    location: { search: '?users=GALICE' },
    EventSource: Relative,
    addEventListener: happened.addEventListener.bind(happened),
  });
  const created = (id) => page.source.say('stream.created', { streamId: '1' }, id);
  assert.deepEqual(page.source.query, { users: 'GALICE', lastEventId: '0' });
  page.source.greet({}, '40.a');
  created('41.a');
  created('41.a');
  // what says nothing neither ends the page nor moves its position, and neither does what has no id
  page.source.say('stream.created', '', '');
  page.source.say('heartbeat', { head: 41 }, '');
  assert.deepEqual(lines, ['41 stream.created of stream 1']);
  assert.equal(status.textContent, 'open');

  // silence; the connection that was given up is closed, and says nothing any more
  const silent = page.source;
  await page.pass(51);
  assert.equal(page.sources.length, 2);
  assert.deepEqual(page.source.query, { users: 'GALICE', lastEventId: '41.a' });
  assert.equal(silent.readyState, FakeEventSource.CLOSED);
  silent.say('stream.created', { streamId: '1' }, '50.a');
  assert.equal(lines.length, 1);
  page.source.greet({}, '41.a');
  for (let i = 0; i < 10; i++) {
    await page.pass(10);
    page.source.say('heartbeat', { head: 43 }, '43.a');
  }
  assert.equal(page.sources.length, 2);

  // the network is back, or somebody looks: only what was quiet is doubted, and only if somebody looks
  const doubt = () => {
    happened.dispatchEvent(new Event('online'));
    document.dispatchEvent(new Event('visibilitychange'));
  };
  await page.pass(14);
  doubt();
  await page.pass(2);
  document.visibilityState = 'hidden';
  doubt();
  assert.equal(page.sources.length, 2);
  document.visibilityState = 'visible';
  happened.dispatchEvent(new Event('online'));
  assert.equal(page.sources.length, 3);
  assert.equal(page.source.query.lastEventId, '43.a');
  page.source.greet({}, '43.a');
  await page.pass(16);
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(page.sources.length, 4);

  // the browser waits for its next try: not any longer
  page.source.lose();
  assert.equal(status.textContent, 'connection lost');
  await page.pass(20);
  assert.equal(page.sources.length, 4);
  happened.dispatchEvent(new Event('online'));
  assert.equal(page.sources.length, 5);

  // for good: the page comes back, and later each time, until it is greeted
  page.source.greet({}, '43.a');
  page.source.refuse();
  assert.match(status.textContent, /^refused: another try in [345] s$/);
  await page.pass(5);
  assert.equal(page.sources.length, 6);
  page.source.refuse();
  await page.pass(4.9);
  assert.equal(page.sources.length, 6);
  await page.pass(5.1);
  assert.equal(page.sources.length, 7);
  page.source.greet({}, '43.a');
  page.source.refuse();
  await page.pass(5);
  assert.equal(page.sources.length, 8);

  // a reset empties the page, and everything comes again
  page.source.greet({}, '43.a');
  page.source.say('reset', { reason: 'history_trimmed' }, '60.a');
  assert.deepEqual(lines, []);
  await page.pass(5);
  assert.equal(page.sources.length, 9);
  assert.equal(page.source.query.lastEventId, '0');
});
