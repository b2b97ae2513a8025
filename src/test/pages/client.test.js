import assert from 'node:assert/strict';
import test from 'node:test';
import { FlowFiEvents, ProblemError } from '../../../webapp/lib/flowfi-events.js';
import { subjectOf } from '../../../webapp/lib/places.js';
import { settled } from './fake-browser.js';
import { fakeServer } from './fake-server.js';

const WORDS = ['connected', 'event', 'snapshot', 'reset', 'reconnect', 'heartbeat', 'problem', 'change'];

/** A client of a fake server, with everything that it says. */
function clientOf(t, options = {}) {
  const server = fakeServer(t);
  const client = new FlowFiEvents({ url: 'http://h:1/', all: true, fetch: server.fetch, ...options });
  const states = [];
  const said = [];
  client.on('status', ({ name, reason }) => states.push(reason ? `${name}: ${reason}` : name));
  for (const word of WORDS) {
    client.on(word, (detail) => said.push([word, detail]));
  }
  const of = (word) => said.filter(([w]) => w === word).map(([, detail]) => detail);
  t.after(() => client.close());
  return { server, client, states, said, of, ids: () => of('event').map(({ id }) => id) };
}

async function openAt(t, position, options) {
  const parts = clientOf(t, options);
  parts.client.open();
  await settled();
  await parts.server.last.greet({ head: position, account: parts.server.last.query.account }, position);
  return parts;
}

/** A client that is read one event after the other; the first one is awaited. */
async function readFrom(t, head, options = {}) {
  const parts = clientOf(t, options);
  const events = parts.client[Symbol.asyncIterator]();
  const first = events.next();
  await settled();
  await parts.server.last.greet({ head }, head);
  return { ...parts, events, first };
}

/** The one position that is stored. */
const storedIn = (storage) => JSON.parse([...storage.kept.values()][0]).position;

const secondsUntil = (client) => (client.status.dueAt - Date.now()) / 1000;

const token = (sub, n = 0) => `h.${Buffer.from(JSON.stringify({ sub, n })).toString('base64url')}.s`;

/* ---- connecting ---- */

test('connects, is greeted and passes events on, also of unknown types', async (t) => {
  const { server, client, states, of, ids } = await openAt(t, 41);
  assert.equal(server.last.url.href, 'http://h:1/v1/events/subscribe?all=true');
  await server.last.say('stream.created', { streamId: '1' }, 42);
  await server.last.say('stream.of_tomorrow', { streamId: '1' }, 43);
  await server.last.say('notice', { message: 'maintenance', severity: 'info', at: '2026-01-01T21:00:00Z' });
  assert.deepEqual(states, ['connecting', 'connecting', 'open']);
  assert.equal(of('connected')[0].hello.head, 41);
  assert.deepEqual(ids(), [42, 43, null]);
  assert.deepEqual(of('event')[0], { id: 42, type: 'stream.created', data: { streamId: '1' }, text: '{"streamId":"1"}' });
  assert.equal(client.position, 43);
  assert.equal(client.log, 'a');
});

test('takes the position out of an id that names its log', async (t) => {
  const { server, client, ids } = await openAt(t, 41);
  await server.last.write('event: x\ndata: {}\nid: 42.k3f9\n\nevent: x\ndata: {}\nid: 42.k3f9\n\nevent: x\ndata: {}\nid: x.k3f9\n\n');
  await server.last.write('event: heartbeat\ndata: {"head":57}\nid: 57.k3f9\n\n');
  assert.deepEqual(ids(), [42, null]);
  assert.equal(client.position, 57);
  await server.last.lose();
  await server.pass(1);
  assert.equal(server.last.query.lastEventId, '57');
});

test('asks for what the options say', async (t) => {
  const { server, client } = clientOf(t, {
    all: false, streams: ['1', '2'], users: ['G A'], types: ['x', 'y'], heartbeat: 5, sandbox: true, after: 7, account: 'GB',
  });
  client.open();
  await settled();
  assert.equal(
    server.last.url.search,
    '?streams=1&streams=2&users=G%20A&types=x%2Cy&heartbeat=5&sandbox=true&lastEventId=7&account=GB',
  );
});

test('asks for a saved filter, and for what came after the beginning', async (t) => {
  const { server, client } = clientOf(t, { all: false, filter: 'f/1', after: 0 });
  client.open();
  await settled();
  assert.equal(server.last.url.search, '?filter=f%2F1&lastEventId=0');
});

test('a listener that throws is reported, and disturbs nobody', async (t) => {
  const reported = [];
  t.mock.method(globalThis, 'queueMicrotask', (thrower) => reported.push(thrower));
  const { server, client, ids } = await openAt(t, 41);
  client.on('stream.created', () => { throw new Error('mine'); });
  await server.last.say('stream.created', {}, 42);
  await server.last.say('stream.created', {}, 43);
  assert.equal(reported.length, 2);
  assert.throws(reported[0], { message: 'mine' });
  assert.deepEqual(ids(), [42, 43]);
});

test('goes on after what nobody can read, and keeps the position', async (t) => {
  const { server, client, of, ids } = await openAt(t, 5);
  for (const type of ['', 'stream.created', 'heartbeat']) {
    await server.last.say(type, '{', 6);
  }
  assert.equal(client.position, 6);
  assert.equal(of('problem').length, 3);
  await server.last.say('stream.created', {}, 7);
  assert.deepEqual(ids(), [7]);
});

test('a listener that was taken back hears nothing', async (t) => {
  const { server, client } = await openAt(t, 5);
  let heard = 0;
  const off = client.on('x', () => heard++);
  await server.last.say('x', {}, 6);
  off();
  await server.last.say('x', {}, 7);
  assert.equal(heard, 1);
});

test('who hears an event finds its position in the client already', async (t) => {
  const { server, client } = await openAt(t, 41);
  const seen = [];
  client.on('event', () => seen.push(client.position));
  await server.last.say('x', {}, 42);
  assert.deepEqual(seen, [42]);
});

/* ---- resuming ---- */

test('resumes after a cut, and what a cut left half is neither told nor counted', async (t) => {
  const { server, client, states, ids } = await openAt(t, 41);
  await server.last.say('stream.created', {}, 42);
  await server.last.write('event: stream.created\ndata: {}\nid: 43\n');
  await server.last.lose();
  assert.equal(states.at(-1), 'reconnecting: connection lost');
  assert.equal(client.position, 42);
  await server.pass(1);
  assert.equal(server.last.query.lastEventId, '42');
  await server.last.greet({ head: 50 }, 42);
  await server.last.say('stream.created', {}, 43);
  assert.deepEqual(ids(), [42, 43]);
});

test('tells nothing twice that comes twice', async (t) => {
  const { server, client, ids } = await openAt(t, 41);
  for (const id of [42, 43, 43, 42, 44]) {
    await server.last.say('stream.created', {}, id);
  }
  assert.deepEqual(ids(), [42, 43, 44]);
  assert.equal(client.position, 44);
});

test('a block without an id does not move the position', async (t) => {
  const { server, client } = await openAt(t, 41);
  await server.last.say('notice', { text: 'x' });
  assert.equal(client.position, 41);
});

test('moves by a block that has nothing but an id', async (t) => {
  const { server, client, ids } = await openAt(t, 41);
  await server.last.write('id: 57\n\n');
  assert.equal(client.position, 57);
  assert.deepEqual(ids(), []);
});

test('moves by heartbeats', async (t) => {
  const { server, client, of } = await openAt(t, 41);
  await server.last.say('heartbeat', { head: 57 }, 57);
  assert.equal(client.position, 57);
  assert.equal(of('heartbeat')[0].head, 57);
});

test('does not go back to the position of a greeting before the reset has said so', async (t) => {
  const { server, client } = await openAt(t, 90);
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 12 }, 12);
  assert.equal(client.position, 90);
  await server.last.say('reset', { reason: 'unknown_position', oldest: 1, head: 12 }, 12);
  assert.equal(client.position, 12);
});

test('closed and opened again it goes on where it was', async (t) => {
  const { server, client } = await openAt(t, 41);
  client.close();
  assert.equal(server.last.open, false);
  await server.pass(3600);
  assert.equal(server.all.length, 1);
  client.open();
  await settled();
  assert.equal(server.last.query.lastEventId, '41');
});

test('nothing comes after close, not even from the same piece', async (t) => {
  const { server, client, ids } = await openAt(t, 41);
  client.on('event', () => client.close());
  await server.last.write('event: x\ndata: {}\nid: 42\n\nevent: x\ndata: {}\nid: 43\n\n');
  assert.deepEqual(ids(), [42]);
  assert.equal(client.position, 42);
});

test('a signal closes it', async (t) => {
  const end = new AbortController();
  const { server, client } = await openAt(t, 41, { signal: end.signal });
  end.abort();
  assert.equal(client.status.name, 'closed');
  assert.equal(server.last.open, false);
  client.open();
  assert.equal(client.status.name, 'closed');
});

test('opened twice it has one connection, and closed before it has any it makes none', async (t) => {
  const { server, client } = clientOf(t);
  client.open().close();
  await settled();
  assert.equal(server.all.length, 0);
  client.open().open();
  await settled();
  client.open();
  await settled();
  assert.equal(server.all.length, 1);
});

test('closed before it has its token it makes no connection', async (t) => {
  let give;
  const { server, client } = clientOf(t, { account: 'GA', token: () => new Promise((resolve) => { give = resolve; }) });
  client.open();
  await settled();
  client.close();
  give('t');
  await settled();
  assert.equal(server.all.length, 0);
});

test('closed it reads no more of a body, also where fetch knows no signal', async (t) => {
  const pieces = [];
  const body = new ReadableStream({ pull: (stream) => new Promise((done) => pieces.push((text) => { stream.enqueue(Buffer.from(text)); done(); })) }, { highWaterMark: 0 });
  const fetch = async () => new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  const { client } = clientOf(t, { fetch, account: null });
  client.open();
  await settled();
  pieces[0]('data: {"type":"connected","log":"a"}\nid: 41\n\n');
  await settled();
  assert.equal(client.position, 41);
  client.close();
  pieces[1]('event: x\ndata: {}\nid: 42\n\n');
  await settled();
  assert.equal(client.position, 41);
  assert.equal(pieces.length, 2);
});

test('is closed with the reason by options that cannot be used, unless it was closed since', async (t) => {
  const { client } = clientOf(t, { storage: memory(), account: null, types: 5 });
  client.open();
  await settled();
  assert.equal(client.status.name, 'closed');
  assert.match(client.status.reason, /types/);
  const types = {
    join() {
      other.close('mine');
      throw new Error('too late');
    },
  };
  const other = new FlowFiEvents({ url: 'http://h:1', all: true, storage: memory(), account: null, types });
  other.open();
  await settled();
  assert.equal(other.status.reason, 'mine');
});

test('leaves no timer behind when it is closed, which would keep a process alive', async (t) => {
  const { server, client } = clientOf(t);
  const names = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];
  const mocks = names.map((name) => t.mock.method(globalThis, name));
  client.open();
  await settled();
  await server.last.fail();
  assert.equal(client.status.name, 'reconnecting');
  client.close();
  await settled();
  const calls = mocks.map(({ mock }) => mock.callCount());
  mocks.forEach(({ mock }) => mock.restore());
  assert.deepEqual(calls, [1, 1, 1, 1]);
});

test('does not use a position of another log that it was given', async (t) => {
  const { server, client, of } = clientOf(t, { after: 41, log: 'before' });
  client.open();
  await settled();
  assert.equal(server.last.query.lastEventId, '41');
  await server.last.greet({ head: 99 }, 41);
  assert.deepEqual(of('reset').map(({ reason, before, log }) => [reason, before, log]), [['another_log', 'before', 'a']]);
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true' });
});

test('resumes after a body that simply ends', async (t) => {
  const { server, states } = await openAt(t, 41);
  await server.last.end();
  assert.equal(states.at(-1), 'reconnecting: connection lost');
  await server.pass(1);
  assert.equal(server.last.query.lastEventId, '41');
});

test('a word of the server with an older position does not move it back', async (t) => {
  const { server, client } = await openAt(t, 41);
  await server.last.say('heartbeat', { head: 41 }, 40);
  assert.equal(client.position, 41);
  await server.last.lose();
  await server.pass(1);
  assert.equal(server.last.query.lastEventId, '41');
});

test('a cut between a greeting and its reset does not hide the reset', async (t) => {
  const { server } = await openAt(t, 90);
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 12 }, 12);
  await server.last.lose();
  await server.pass(1);
  assert.equal(server.last.query.lastEventId, '90');
});

/* ---- waiting ---- */

test('waits as the server says, then longer each time, and begins anew once it was greeted', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const { server, client } = await openAt(t, 41);
  await server.last.write('retry: 4000\n');
  await server.last.lose();
  const waits = [secondsUntil(client)];
  for (let i = 0; i < 4; i++) {
    await server.pass(waits.at(-1));
    await server.last.fail();
    waits.push(secondsUntil(client));
  }
  assert.deepEqual(waits, [4, 8, 16, 30, 30]);
  assert.equal(client.status.reason, 'server not reachable');
  await server.pass(30);
  await server.last.greet({ head: 41 }, 41);
  await server.last.lose();
  assert.equal(secondsUntil(client), 4);
});

test('never comes before the time that the server names', async (t) => {
  t.mock.method(Math, 'random', () => 0);
  const { server, client } = await openAt(t, 41);
  await server.last.write('retry: 4000\n');
  await server.last.lose();
  assert.equal(secondsUntil(client), 4);
});

test('comes apart from others that were told the same', async (t) => {
  const { server, client } = clientOf(t);
  client.open();
  await settled();
  for (const [random, wait] of [[0, 20], [1, 25]]) {
    t.mock.method(Math, 'random', () => random);
    await server.last.refuse(503, 20);
    assert.equal(secondsUntil(client), wait);
    await server.pass(wait);
  }
  assert.equal(server.all.length, 3);
});

test('comes apart from others that were cut at the same time', async (t) => {
  const { server, client } = clientOf(t);
  client.open();
  await settled();
  for (const [random, wait] of [[0, 0.5], [1, 2]]) {
    t.mock.method(Math, 'random', () => random);
    await server.last.fail();
    assert.equal(secondsUntil(client), wait);
    await server.pass(wait);
  }
});

test('waits also when it is told to wait longer than a timer can', async (t) => {
  const { server, client } = clientOf(t);
  client.open();
  await settled();
  await server.last.refuse(503, 2_592_000);
  assert.ok(client.status.dueAt - Date.now() < 2 ** 31);
  await server.pass(3600);
  assert.equal(server.all.length, 1);
});

for (const [what, retryAfter, from, to, headers] of [
  ['in words', 'soon', 0.5, 1],
  ['in the past', 'Tue, 14 Nov 2023 22:13:10 GMT', 0.5, 1],
  ['below zero', '-5', 0.5, 1],
  ['without end', 'Infinity', 0.5, 1],
  ['at a date', 'Tue, 14 Nov 2023 22:13:40 GMT', 20, 25],
  ['at a date of a server whose clock is another', 'Tue, 14 Nov 2023 22:15:30 GMT', 30, 37.5, { Date: 'Tue, 14 Nov 2023 22:15:00 GMT' }],
  ['at a date years from now', 'Wed, 14 Nov 2029 22:13:20 GMT', 3600, 4500],
]) {
  test(`comes back when the server says, ${what}`, async (t) => {
    const { server, client } = clientOf(t);
    client.open();
    await settled();
    // it is 22:13:20 here
    await server.last.refuse(503, retryAfter, headers);
    assert.equal(client.status.name, 'reconnecting');
    const wait = secondsUntil(client);
    assert.ok(wait >= from && wait <= to, `${wait} s`);
  });
}

test('waits no longer than it may, whatever the server says in its stream', async (t) => {
  const { server, client } = await openAt(t, 41, { maxWait: 20_000 });
  await server.last.write('retry: 3600000\n');
  await server.last.lose();
  assert.equal(secondsUntil(client), 20);
});

test('tells what the server says of its refusal, and only the status where that says nothing', async (t) => {
  const answers = [
    Response.json(
      { title: 'T', detail: 'd', errors: [{ parameter: 'users', message: 'm' }] },
      { status: 400, headers: { 'X-Request-ID': 'r1' } },
    ),
    Response.json(null, { status: 404 }),
    new Response('<h1>Forbidden</h1>', { status: 403, headers: { 'Content-Type': 'text/html' } }),
  ];
  const { client } = clientOf(t, { fetch: async () => answers.shift() });
  client.open();
  await settled();
  const { problem } = client.status;
  assert.deepEqual([problem.title, problem.message, problem.requestId], ['T', 'd', 'r1']);
  assert.deepEqual(problem.errors, [{ parameter: 'users', message: 'm' }]);
  for (const message of ['HTTP 404', 'HTTP 403']) {
    client.open();
    await settled();
    assert.equal(client.status.problem.message, message);
  }
});

test('begins with short waits again when it is woken', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const { server, client } = clientOf(t);
  client.open();
  await settled();
  for (const wait of [1, 2, 4]) {
    await server.last.fail();
    assert.equal(secondsUntil(client), wait);
    await server.pass(wait);
  }
  await server.last.fail();
  client.wake();
  await settled();
  await server.last.fail();
  assert.equal(secondsUntil(client), 1);
});

test('waits longer each time for a server that accepts and says nothing', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const { server, client } = clientOf(t);
  client.open();
  await settled();
  for (const wait of [1, 2, 4]) {
    server.last.accept();
    await settled();
    await server.last.lose();
    assert.equal(secondsUntil(client), wait);
    await server.pass(wait);
  }
});

for (const [why, refuse] of Object.entries({
  408: (s) => s.refuse(408),
  425: (s) => s.refuse(425),
  429: (s) => s.refuse(429),
  500: (s) => s.refuse(500),
  'an answer of somebody in between': (s) => s.refuse(200),
  'no answer': (s) => s.fail(),
})) {
  test(`comes back after ${why}`, async (t) => {
    const { server, client, states } = clientOf(t);
    client.open();
    await settled();
    await refuse(server.last);
    assert.equal(client.status.name, 'reconnecting');
    assert.ok(!states.includes('open'));
    await server.pass(1);
    assert.equal(server.all.length, 2);
  });
}

test('does not come back from what will not pass', async (t) => {
  const { server, client } = clientOf(t);
  client.open();
  await settled();
  await server.last.refuse(400);
  assert.equal(client.status.name, 'closed');
  assert.equal(client.status.reason, '400 T400: detail of 400');
  assert.ok(client.status.problem instanceof ProblemError);
  await server.pass(3600);
  assert.equal(server.all.length, 1);
});

test('does not come back where a body cannot be read as it comes', async (t) => {
  const fetch = async () => new Response(null, { headers: { 'Content-Type': 'text/event-stream' } });
  const { client } = clientOf(t, { fetch });
  client.open();
  await settled();
  assert.equal(client.status.name, 'closed');
  assert.match(client.status.problem.message, /does not stream/);
});

/* ---- the server's last word ---- */

test('leaves at once when it is told to, and comes back when it is told to', async (t) => {
  const { server, client, of } = await openAt(t, 41);
  await server.last.write('event: reconnect\nretry: 9000\ndata: {"reason":"shutdown"}\nid: 43\n\n');
  assert.deepEqual(of('reconnect'), [{ reason: 'shutdown', position: 43 }]);
  assert.equal(server.last.open, false);
  assert.equal(client.status.reason, 'server said: shutdown');
  assert.equal(secondsUntil(client), 9);
  await server.pass(9);
  assert.equal(server.last.query.lastEventId, '43');
});

/* ---- silence, sleep ---- */

test('takes 45 seconds of silence for the end, and resumes at once', async (t) => {
  const { server, states } = await openAt(t, 41);
  await server.pass(45);
  assert.equal(server.all.length, 1);
  await server.pass(5);
  assert.equal(server.all[0].open, false);
  assert.equal(server.last.query.lastEventId, '41');
  assert.equal(states.at(-2), 'reconnecting: nothing was heard for too long');
});

test('stays as long as something is heard, even a comment', async (t) => {
  const { server } = await openAt(t, 41);
  for (let i = 0; i < 20; i++) {
    await server.pass(10);
    await server.last.write(':\n');
  }
  assert.equal(server.all.length, 1);
});

test('waits for three heartbeats of a server that says that it is slow', async (t) => {
  const { server } = await openAt(t, 41);
  await server.last.say('', { type: 'connected', log: 'a', head: 41, heartbeat: 60 }, 41);
  await server.pass(175);
  assert.equal(server.all.length, 1);
  await server.pass(10);
  assert.equal(server.all.length, 2);
  // but not for an answer, nor for one that is quick now
  await server.pass(50);
  assert.equal(server.all.length, 3);
  await server.last.greet({ head: 41 }, 41);
  await server.pass(50);
  assert.equal(server.all.length, 4);
});

test('does not wait for ever for an answer, nor for a token', async (t) => {
  let asked = 0;
  const { server, client } = clientOf(t, { account: 'GA', token: () => (asked++ === 0 ? new Promise(() => {}) : token('GA')) });
  client.open();
  await server.pass(50);
  assert.equal(server.all.length, 1);
  await server.pass(50);
  assert.equal(server.all.length, 2);
});

test('woken it does not wait, and doubts only what was quiet for long', async (t) => {
  const { server, client } = await openAt(t, 41);
  await server.pass(15);
  client.wake();
  await settled();
  assert.equal(server.all.length, 1);
  await server.pass(1);
  client.wake();
  await settled();
  assert.equal(server.all.length, 2);
  await server.last.fail();
  client.wake();
  await settled();
  assert.equal(server.all.length, 3);
});

/** What a browser has: things happen to the window, and to the document. */
function pageOf(t) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  Object.assign(globalThis, {
    document,
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
  });
  t.after(() => {
    for (const name of ['document', 'addEventListener', 'removeEventListener']) {
      delete globalThis[name];
    }
  });
  return { window, document };
}

test('a page that is online again or looked at again does not wait, and doubts what was quiet', async (t) => {
  const { window, document } = pageOf(t);
  const { server, client, states } = await openAt(t, 41, { share: 'own' });
  await server.pass(16);
  window.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(server.all.length, 2);
  assert.match(states.join(), /online again/);
  await server.last.greet({ head: 41 }, 41);

  // a page that is hidden has no reason
  await server.pass(16);
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(server.all.length, 2);
  document.visibilityState = 'visible';
  document.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(server.all.length, 3);
  assert.match(states.join(), /visible again/);

  // in the wait for the next try
  await server.last.fail();
  window.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(server.all.length, 4);

  client.close();
  window.dispatchEvent(new Event('online'));
  document.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(server.all.length, 4);
});

for (const [leave, back] of [['pagehide', 'pageshow'], ['freeze', 'resume']]) {
  test(`a page holds no connection from ${leave} to ${back}, and goes on where it was`, async (t) => {
    const { window, document } = pageOf(t);
    const { server, client, ids } = await openAt(t, 41, { share: 'own' });
    const on = leave === 'freeze' ? document : window;
    // as at every load
    on.dispatchEvent(new Event(back));
    await settled();
    assert.equal(server.all.length, 1);
    on.dispatchEvent(new Event(leave));
    await settled();
    assert.equal(server.last.open, false);
    await server.pass(3600);
    client.wake();
    await settled();
    assert.equal(server.all.length, 1);
    on.dispatchEvent(new Event(back));
    await settled();
    assert.equal(server.all.length, 2);
    assert.equal(server.last.query.lastEventId, '41');
    await server.last.greet({ head: 42 }, 41);
    await server.last.say('x', {}, 42);
    assert.deepEqual(ids(), [42]);
    // a page that is shown and goes on is back once
    window.dispatchEvent(new Event('pageshow'));
    document.dispatchEvent(new Event('resume'));
    await settled();
    assert.equal(server.all.length, 2);
    client.close();
    on.dispatchEvent(new Event(leave));
    on.dispatchEvent(new Event(back));
    await settled();
    assert.equal(server.all.length, 2);
  });
}

/* ---- snapshots ---- */

const stream = (version, more = {}) => ({
  streamId: '1', version, ratePerSecond: '5', depositedAmount: '1000', withdrawnAmount: '0', startTime: 1_699_999_900,
  status: 'ACTIVE', pausedAt: null, totalPausedDuration: 0, claimableAmount: '1', ...more,
});

test('has no position and no state before a snapshot is complete', async (t) => {
  const { server, client, of } = clientOf(t, { snapshot: true });
  client.open();
  await settled();
  await server.last.greet({ head: 9 });
  await server.last.say('stream.snapshot', stream(3));
  await server.last.say('stream.withdrawn', { streamId: '1', version: 4, withdrawnAmount: '20' });
  assert.equal(client.position, null);
  assert.equal(client.state.streams.size, 0);
  assert.deepEqual(of('change'), []);
  await server.last.lose();
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true', snapshot: 'true' });
  await server.last.greet({ head: 9 });
  await server.last.say('stream.snapshot', stream(4, { withdrawnAmount: '20' }));
  await server.last.say('snapshot_end', { head: 11 }, 11);
  assert.equal(client.state.complete, true);
  assert.equal(client.state.streams.get('1').version, 4);
  assert.equal(client.state.streams.get('1').claimable, 485n);
  assert.equal(of('snapshot')[0].position, 11);
  await server.pass(3);
  assert.equal(client.state.streams.get('1').claimable, 500n);
  await server.last.lose();
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true', snapshot: 'true', lastEventId: '11' });
  // the server goes on from there, and the state with it
  await server.last.greet({ head: 12 }, 11);
  await server.last.say('stream.withdrawn', { streamId: '1', version: 5, withdrawnAmount: '120' }, 12);
  assert.equal(client.state.complete, true);
  assert.equal(client.state.streams.get('1').claimable, 405n);
  // it was true of the moment of the snapshot
  assert.equal(client.state.streams.get('1').claimableAmount, undefined);
});

test('keeps the state current, a new object for each change', async (t) => {
  const { server, client, of } = clientOf(t, { snapshot: true });
  client.open();
  await settled();
  await server.last.greet({ head: 9 });
  await server.last.say('snapshot_end', { head: 9 }, 9);
  const empty = client.state;
  await server.last.say('stream.created', { ...stream(1), timestamp: 1_699_999_900 }, 10);
  const before = client.state.streams.get('1');
  await server.last.say('stream.paused', { streamId: '1', version: 2, pausedAt: 1_699_999_950, timestamp: 1_699_999_950 }, 11);
  assert.notEqual(client.state, empty);
  assert.notEqual(client.state.streams.get('1'), before);
  assert.equal(client.state.streams.get('1').claimable, 250n);
  assert.deepEqual(of('change'), [null, '1', '1']);
});

test('a reset empties the state; the snapshot that follows is asked for again if it is cut', async (t) => {
  const { server, client } = clientOf(t, { snapshot: true });
  client.open();
  await settled();
  await server.last.greet({ head: 41 });
  await server.last.say('stream.snapshot', stream(3));
  await server.last.say('snapshot_end', { head: 41 }, 41);
  await server.last.lose();
  await server.pass(1);
  // the server resumes, or resets and sends a snapshot: only if it is asked for one
  assert.deepEqual(server.last.query, { all: 'true', snapshot: 'true', lastEventId: '41' });
  await server.last.greet({ head: 90 });
  assert.equal(client.state.streams.size, 1);
  await server.last.say('reset', { reason: 'history_trimmed', oldest: 80, head: 90 }, '');
  assert.deepEqual([client.state.streams.size, client.state.complete], [0, false]);
  await server.last.say('', { type: 'connected', log: 'a', head: 90 });
  await server.last.say('stream.snapshot', stream(4));
  assert.equal(client.position, null);
  await server.last.lose();
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true', snapshot: 'true' });
  await server.last.greet({ head: 91 });
  await server.last.say('stream.snapshot', stream(5));
  await server.last.say('snapshot_end', { head: 91 }, 91);
  assert.equal(client.state.complete, true);
  assert.equal(client.state.streams.get('1').version, 5);
  assert.equal(client.position, 91);
});

test('counts by the clock of the server, unless this one is about right', async (t) => {
  const { server, client } = clientOf(t, { snapshot: true });
  client.open();
  await settled();
  // it is 22:13:20 here
  await server.last.greet({ head: 9 }, undefined, { Date: 'Tue, 14 Nov 2023 22:13:29 GMT' });
  await server.last.say('stream.snapshot', stream(3));
  await server.last.say('snapshot_end', { head: 9 }, 9);
  assert.equal(client.now(), 1_700_000_009);
  assert.equal(client.state.streams.get('1').claimable, 545n);
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 9 }, 9, { Date: 'Tue, 14 Nov 2023 22:13:20 GMT' });
  assert.equal(client.now(), 1_700_000_001);
});

/* ---- other logs ---- */

test('starts over with another log: its positions mean something else there', async (t) => {
  const { server, client, of } = await openAt(t, 41);
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ log: 'b', head: 99 }, 41);
  await server.last.write('event: x\ndata: {}\nid: 42\n\n');
  assert.deepEqual(of('reset').map(({ reason, before, log }) => [reason, before, log]), [['another_log', 'a', 'b']]);
  assert.equal(of('event').length, 0);
  assert.equal(client.log, 'b');
  assert.equal(client.status.name, 'reconnecting');
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true' });
  await server.last.greet({ log: 'b', head: 99 }, 99);
  assert.equal(client.position, 99);
  assert.equal(client.log, 'b');
});

/* ---- who ---- */

test('sends the token, and asks for a new one for every connection', async (t) => {
  let n = 0;
  const asked = [];
  const { server } = await openAt(t, 41, { account: 'GA', token: (ask) => { asked.push(ask.renew); return `t${++n}`; } });
  assert.equal(server.last.headers.Authorization, 'Bearer t1');
  await server.last.lose();
  await server.pass(1);
  assert.equal(server.last.headers.Authorization, 'Bearer t2');
  assert.deepEqual(asked, [false, false]);
});

test('names the account of the token, which the server must confirm', async (t) => {
  const { server } = await openAt(t, 41, { token: token('GA') });
  assert.equal(server.last.query.account, 'GA');
});

test('is who its token says, also if nobody was expected', async (t) => {
  const { server, client } = clientOf(t, { token: token('GA'), account: null });
  client.open();
  await settled();
  assert.equal(server.all.length, 1);
  assert.equal(server.last.query.account, 'GA');
});

test('a token that has ended is renewed, at once, and once', async (t) => {
  const asked = [];
  const { server, client } = await openAt(t, 41, { account: 'GA', token: ({ renew }) => { asked.push(renew); return 't'; } });
  await server.last.say('reconnect', { reason: 'token_expired' }, 42);
  assert.deepEqual(asked, [false, true]);
  assert.equal(server.last.query.lastEventId, '42');
  await server.last.refuse(401);
  assert.equal(client.status.name, 'closed');
  assert.equal(client.status.problem.status, 401);
  assert.equal(server.all.length, 2);
});

test('a 401 is answered with a new token', async (t) => {
  const asked = [];
  const { server, client } = clientOf(t, { account: 'GA', token: ({ renew }) => { asked.push(renew); return 't'; } });
  client.open();
  await settled();
  await server.last.refuse(401);
  assert.deepEqual(asked, [false, true]);
  await server.last.greet({ head: 3, account: 'GA' }, 3);
  await server.last.lose();
  await server.pass(1);
  await server.last.refuse(401);
  assert.deepEqual(asked, [false, true, false, true]);
});

test('a 401 without a token that could be renewed closes it', async (t) => {
  const { server, client } = clientOf(t, { account: null });
  client.open();
  await settled();
  await server.last.refuse(401);
  assert.equal(client.status.problem?.status, 401);
  assert.equal(server.all.length, 1);
});

test('what the account may not do it may not with a new token', async (t) => {
  const asked = [];
  const { server, client } = clientOf(t, { account: 'GA', token: ({ renew }) => asked.push(renew) && 't' });
  client.open();
  await settled();
  await server.last.refuse(403);
  assert.equal(client.status.problem?.status, 403);
  assert.deepEqual(asked, [false]);
});

test('sends a token that it cannot read', async (t) => {
  const { server, client } = await openAt(t, 41, { token: 'not a JWT' });
  assert.equal(server.last.headers.Authorization, 'Bearer not a JWT');
  assert.deepEqual(server.last.query, { all: 'true' });
  assert.equal(client.position, 41);
});

test('a ticket that is refused is followed by a new one, once', async (t) => {
  const asked = [];
  const { server, client } = clientOf(t, { account: 'GA', ticket: async ({ renew }) => `t${asked.push(renew)}` });
  client.open();
  await settled();
  assert.equal(server.last.query.ticket, 't1');
  await server.last.refuse(401);
  assert.deepEqual(asked, [false, true]);
  assert.equal(server.last.query.ticket, 't2');
  await server.last.refuse(401);
  assert.equal(client.status.problem?.status, 401);
  assert.equal(server.all.length, 2);
});

test('sends the cookie as it is told to', async (t) => {
  const inits = [];
  const fetch = async (url, init) => inits.push(init) && new Promise(() => {});
  const { client } = clientOf(t, { fetch, account: null, credentials: 'include' });
  client.open();
  await settled();
  assert.deepEqual(inits.map(({ credentials, cache }) => [credentials, cache]), [['include', 'no-store']]);
});

test('reads the account of a token whatever the characters of its code', async (t) => {
  const account = 'G>>>???';
  const coded = token(account);
  assert.match(coded, /-/);
  assert.match(coded, /_/);
  const { server } = await openAt(t, 41, { token: coded });
  assert.equal(server.last.query.account, account);
  assert.equal(subjectOf(token(undefined)), null);
});

test('without a token that could be renewed, the end of the sign-in closes it', async (t) => {
  const { server, client } = await openAt(t, 41);
  await server.last.say('reconnect', { reason: 'token_expired' }, 42);
  assert.equal(client.status.problem.status, 401);
  assert.equal(client.position, 42);
  client.open();
  await settled();
  assert.equal(server.last.query.lastEventId, '42');
});

test('waits with a token that cannot be had now, and says why', async (t) => {
  const answers = [() => { throw new Error('the wallet is locked'); }, () => 't'];
  const { server, client } = clientOf(t, { account: 'GA', token: () => answers.shift()() });
  client.open();
  await settled();
  assert.equal(client.status.reason, 'the wallet is locked');
  await server.pass(1);
  assert.equal(server.all.length, 1);
});

for (const [thrown, reason] of [
  [new TypeError('wallet is undefined'), 'wallet is undefined'],
  [{ message: 'the wallet is locked' }, 'the wallet is locked'],
  ['no wallet', 'no wallet'],
  [undefined, 'undefined'],
  [new ProblemError(0, { detail: 'no answer' }), 'server not reachable'],
]) {
  test(`asks again for a token, whatever was thrown instead: ${reason}`, async (t) => {
    const answers = [() => Promise.reject(thrown), () => 't'];
    const { server, client } = clientOf(t, { account: 'GA', token: () => answers.shift()() });
    client.open();
    await settled();
    assert.deepEqual([client.status.name, client.status.reason], ['reconnecting', reason]);
    await server.pass(1);
    assert.equal(server.last.headers.Authorization, 'Bearer t');
  });
}

test('the position of one account is none of another’s', async (t) => {
  let account = 'GA';
  const { server, client, of } = await openAt(t, 41, { account: () => account });
  await server.last.lose();
  account = 'GB';
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true', account: 'GB' });
  assert.equal(server.all.length, 2);
  assert.equal(of('reset')[0].reason, 'another_account');
  client.close();
  account = 'GA';
  client.open();
  await settled();
  assert.deepEqual(server.last.query, { all: 'true', account: 'GA' });
});

test('closes what the server opened for somebody else', async (t) => {
  const { server, client, of } = await openAt(t, 41, { account: 'GA' });
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 50, account: 'GB' }, 41);
  assert.equal(client.status.problem.status, 409);
  assert.equal(of('connected').length, 1);
  assert.equal(server.last.open, false);
});

test('the account of a cookie is the one that the server has greeted', async (t) => {
  const { server, client } = clientOf(t);
  client.open();
  await settled();
  await server.last.greet({ head: 1, account: 'GA' }, 1);
  await server.last.lose();
  await server.pass(1);
  assert.equal(server.last.query.account, 'GA');
  client.close();
  client.open();
  await settled();
  assert.deepEqual(server.last.query, { all: 'true', lastEventId: '1', account: 'GA' });
  await server.last.greet({ head: 1, account: 'GB' }, 1);
  assert.equal(client.status.problem?.status, 409);
});

test('the account of a ticket is the one that the server has greeted', async (t) => {
  const { server, client } = clientOf(t, { ticket: async () => 't' });
  client.open();
  await settled();
  await server.last.greet({ head: 1, account: 'GA' }, 1);
  await server.last.lose();
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true', lastEventId: '1', account: 'GA', ticket: 't' });
  await server.last.greet({ head: 1, account: 'GB' }, 1);
  assert.equal(client.status.problem?.status, 409);
});

test('who had the cookie when it was opened before is not who has it now', async (t) => {
  const server = fakeServer(t);
  const storage = memory();
  const sessions = [];
  const session = () => new Promise((resolve) => sessions.push((account) => resolve(Response.json({ account }))));
  const fetch = (url, init) => (new URL(url).pathname === '/v1/auth/session' ? session() : server.fetch(url, init));
  const client = new FlowFiEvents({ url: 'http://h:1', all: true, storage, fetch });
  t.after(() => client.close());
  const resets = [];
  client.on('reset', ({ reason }) => resets.push(reason));
  client.open().close();
  client.open();
  await settled();
  sessions[1]('GB');
  await settled();
  await server.last.greet({ head: 41, account: 'GB' }, 41);
  sessions[0]('GA');
  await settled();
  await server.last.say('x', {}, 42);
  assert.deepEqual(resets, []);
  assert.deepEqual([...storage.kept.values()], ['{"log":"a","position":42}']);
});

test('a token of another account does not go on where the one before was', async (t) => {
  const storage = memory();
  const { server, client } = await openAt(t, 41, { storage, account: 'GA' });
  client.close();
  const tokens = [token('GA'), ...Array(3).fill(token('GB'))];
  const next = new FlowFiEvents({ url: 'http://h:1', all: true, fetch: server.fetch, storage, token: () => tokens.shift() });
  t.after(() => next.close());
  next.open();
  await settled();
  await settled();
  assert.deepEqual(server.all.slice(1).map(({ query }) => query), [{ all: 'true', account: 'GB' }]);
});

/* ---- storage ---- */

function memory() {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

test('writes a position once', async (t) => {
  let written = 0;
  const storage = { ...memory(), setItem: () => written++ };
  const { server } = await openAt(t, 41, { storage, account: null });
  await server.last.say('x', {}, 42);
  for (let i = 0; i < 3; i++) {
    await server.last.say('heartbeat', { head: 42 }, 42);
  }
  assert.equal(written, 2);
});

test('stores no position where it begins with the state', async (t) => {
  const storage = memory();
  const { server, client } = await openAt(t, undefined, { storage, account: null, snapshot: true });
  await server.last.say('snapshot_end', { head: 9 }, 9);
  assert.equal(client.position, 9);
  assert.equal(storage.kept.size, 0);
});

test('a page that is loaded again resumes, for this account, filter and ledger only', async (t) => {
  const storage = memory();
  const { server, client } = await openAt(t, 41, { storage, account: 'GA' });
  await server.last.say('x', {}, 42);
  client.close();
  const again = async (options) => {
    const next = new FlowFiEvents({ url: 'http://h:1', all: true, fetch: server.fetch, storage, account: 'GA', ...options });
    next.open();
    await settled();
    next.close();
    return server.last.query.lastEventId;
  };
  assert.equal(await again({}), '42');
  assert.equal(await again({ account: 'GB' }), undefined);
  assert.equal(await again({ all: false, users: ['GA'] }), undefined);
  assert.equal(await again({ url: 'http://other/' }), undefined);
  assert.equal(await again({ snapshot: true }), undefined);
  assert.equal(await again({ sandbox: true }), undefined);
});

test('the places of two accounts stay apart when one follows the other', async (t) => {
  const storage = memory();
  let account = 'GA';
  const { server, client } = await openAt(t, 41, { storage, account: () => account });
  const [placeOfA] = storage.kept.keys();
  account = 'GB';
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 90, account: 'GB' }, 90);
  assert.match(storage.getItem(placeOfA), /41/);
  await server.last.say('x', {}, 91);
  assert.equal(storage.kept.size, 2);
  account = 'GA';
  await server.last.lose();
  await server.pass(1);
  assert.deepEqual(server.last.query, { all: 'true', lastEventId: '41', account: 'GA' });
  client.close();
});

test('a stored position of another log is not used in this one', async (t) => {
  const storage = memory();
  const first = await openAt(t, 41, { storage, account: null });
  first.client.close();
  const next = new FlowFiEvents({ url: 'http://h:1', all: true, fetch: first.server.fetch, storage, account: null });
  const resets = [];
  next.on('reset', ({ reason }) => resets.push(reason));
  next.open();
  await settled();
  await first.server.last.greet({ log: 'b', head: 90 }, 41);
  assert.deepEqual(resets, ['another_log']);
  assert.equal(storage.kept.size, 0);
  next.close();
});

test('does not move a stored position back that another tab has reached', async (t) => {
  const storage = memory();
  const { server } = await openAt(t, 41, { storage, account: null });
  const [key] = storage.kept.keys();
  storage.setItem(key, '{"log":"a","position":50}');
  await server.last.say('x', {}, 42);
  assert.match(storage.getItem(key), /50/);
  await server.last.say('x', {}, 51);
  assert.match(storage.getItem(key), /51/);
});

test('goes on where it was also if nobody could say at first who has the cookie', async (t) => {
  const storage = memory();
  const first = await openAt(t, 41, { storage, account: 'GA' });
  first.client.close();
  const { server } = first;
  const sessions = [() => Promise.reject(new TypeError('fetch failed')), async () => Response.json({ account: 'GA' })];
  const fetch = (url, init) => (new URL(url).pathname === '/v1/auth/session' ? sessions.shift()() : server.fetch(url, init));
  const next = new FlowFiEvents({ url: 'http://h:1', all: true, storage, fetch });
  const heard = [];
  next.on('event', ({ id }) => heard.push(id));
  next.open();
  await settled();
  await server.last.greet({ head: 90, account: 'GA' }, 90);
  await settled();
  assert.deepEqual(server.last.query, { all: 'true', lastEventId: '41', account: 'GA' });
  await server.last.greet({ head: 91, account: 'GA' }, 41);
  await server.last.say('x', {}, 42);
  assert.deepEqual(heard, [42]);
  assert.match([...storage.kept.values()].join(), /"position":42/);
  next.close();
});

test('keeps the place of an account that only the server knows', async (t) => {
  const storage = memory();
  const { server, client } = clientOf(t, { storage, ticket: async () => 't' });
  client.open();
  await settled();
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  await settled();
  assert.equal(server.all.length, 2);
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  await server.last.say('x', {}, 42);
  assert.deepEqual([...storage.kept.values()], ['{"log":"a","position":42}']);
  assert.equal(server.all.length, 2);
});

test('begins where it is told to, and not where the storage says', async (t) => {
  const storage = memory();
  const first = await openAt(t, 41, { storage, account: null });
  first.client.close();
  const { server } = first;
  const [key] = storage.kept.keys();
  storage.setItem(key, '{"log":"before","position":50}');
  const next = new FlowFiEvents({ url: 'http://h:1', all: true, fetch: server.fetch, storage, account: null, after: 7 });
  t.after(() => next.close());
  next.open();
  await settled();
  assert.equal(server.last.query.lastEventId, '7');
  // a higher number of another log is not ahead
  await server.last.greet({ head: 8 }, 7);
  await server.last.say('x', {}, 8);
  assert.equal(storage.getItem(key), '{"log":"a","position":8}');
});

test('an error of the server does not say that nobody has the cookie', async (t) => {
  const storage = memory();
  const server = fakeServer(t);
  const asked = [];
  const session = async ({ credentials }) => {
    asked.push(credentials);
    return Response.json({ title: 'Draining' }, { status: 503 });
  };
  const fetch = (url, init) => (new URL(url).pathname === '/v1/auth/session' ? session(init) : server.fetch(url, init));
  const client = new FlowFiEvents({ url: 'http://h:1', all: true, storage, fetch, credentials: 'include' });
  t.after(() => client.close());
  const resets = [];
  client.on('reset', ({ reason }) => resets.push(reason));
  client.open();
  await settled();
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  await settled();
  assert.equal(server.last.query.account, 'GA');
  assert.equal(client.status.problem, undefined);
  assert.deepEqual(resets, []);
  assert.deepEqual(asked, ['include', 'include']);
});

test('a storage with something else in it is as good as an empty one', async (t) => {
  const storage = { ...memory(), getItem: () => '{' };
  const { server, of } = await openAt(t, 41, { storage, account: null });
  await server.last.say('x', {}, 42);
  assert.deepEqual(server.all.map(({ query }) => query), [{ all: 'true' }]);
  assert.ok(of('problem').length > 0);
});

test('goes on without a storage that is full or forbidden, and says so', async (t) => {
  const storage = { ...memory(), setItem() { throw new Error('full'); } };
  const { server, of, ids } = await openAt(t, 41, { storage, account: null });
  await server.last.say('x', {}, 42);
  assert.deepEqual(ids(), [42]);
  assert.equal(of('problem')[0].message, 'full');
});

/* ---- one after the other ---- */

test('gives one event after the other, and stores a position only when it was handled', async (t) => {
  const storage = memory();
  const { server, client, events, first } = await readFrom(t, 41, { storage, account: null });
  await server.last.write('event: x\ndata: {}\nid: 42\n\nevent: x\ndata: {}\nid: 43\n\n');
  assert.equal((await first).value.id, 42);
  const stored = () => storedIn(storage);
  assert.equal(stored(), 41);
  assert.equal((await events.next()).value.id, 43);
  assert.equal(stored(), 42);
  await events.return();
  assert.equal(client.position, 43);
  // who has left handles nothing any more
  await server.last.say('x', {}, 44);
  assert.equal(stored(), 44);
});

test('makes the connection wait for a reader that is behind, and loses nothing', async (t) => {
  const { server, client, events, first } = await readFrom(t, 0);
  const block = (id) => `event: x\ndata: {}\nid: ${id}\n\n`;
  await server.last.write(Array.from({ length: 1500 }, (_, i) => block(i + 1)).join(''));
  await server.last.write(block(1501));
  assert.equal(client.position, 1500);
  // it is not silence if we do not listen
  await server.pass(100);
  assert.equal(server.all.length, 1);
  const got = [(await first).value.id];
  while (got.length < 1501) {
    got.push((await events.next()).value.id);
  }
  assert.deepEqual(got, Array.from({ length: 1501 }, (_, i) => i + 1));
});

test('ends the loop when it is closed, and throws in it what will not pass', async (t) => {
  const { server, client } = clientOf(t);
  const events = client[Symbol.asyncIterator]();
  const next = events.next();
  await settled();
  client.close();
  assert.equal((await next).done, true);
  const other = client[Symbol.asyncIterator]().next();
  await settled();
  await Promise.all([server.last.refuse(403), assert.rejects(other, { status: 403 })]);
});

test('what one account has not handled yet says nothing of the place of another', async (t) => {
  const storage = memory();
  let account = 'GA';
  const { server, client } = clientOf(t, { storage, account: () => account });
  const events = client[Symbol.asyncIterator]();
  const first = events.next();
  await settled();
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  const [placeOfA] = storage.kept.keys();
  await server.last.write('event: x\ndata: {}\nid: 42\n\nevent: x\ndata: {}\nid: 43\n\n');
  await first;
  account = 'GB';
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 90, account: 'GB' }, 90);
  const placeOfB = () => [...storage.kept].filter(([key]) => key !== placeOfA).map(([, place]) => JSON.parse(place).position);
  assert.deepEqual(placeOfB(), []);
  assert.equal((await events.next()).value.id, 43);
  assert.deepEqual(placeOfB(), []);
  const next = events.next();
  await settled();
  assert.deepEqual(placeOfB(), [90]);
  assert.match(storage.getItem(placeOfA), /41/);
  await server.last.say('x', {}, 91);
  assert.equal((await next).value.id, 91);
  await events.return();
});

test('stores the lower position of a reset when what was before it is handled', async (t) => {
  const storage = memory();
  const { server, events, first } = await readFrom(t, 90, { storage, account: null });
  await server.last.say('x', {}, 91);
  await server.last.say('x', {}, 92);
  await first;
  await server.last.say('reset', { reason: 'unknown_position', oldest: 1, head: 12 }, 12);
  const stored = () => storedIn(storage);
  assert.equal(stored(), 90);
  assert.equal((await events.next()).value.id, 92);
  assert.equal(stored(), 90);
  const next = events.next();
  await settled();
  assert.equal(stored(), 12);
  await server.last.say('x', {}, 13);
  assert.equal((await next).value.id, 13);
  await events.return();
});

test('a heartbeat while an event is handled does not say that it was', async (t) => {
  const storage = memory();
  const { server, events, first } = await readFrom(t, 41, { storage, account: null });
  await server.last.say('x', {}, 42);
  await first;
  await server.last.say('heartbeat', { head: 50 }, 50);
  const stored = () => storedIn(storage);
  assert.equal(stored(), 41);
  const next = events.next();
  await settled();
  assert.equal(stored(), 50);
  await server.last.say('x', {}, 51);
  await next;
  await events.return();
});

test('stores what the slowest of its readers has handled', async (t) => {
  const storage = memory();
  const { server, client } = clientOf(t, { storage, account: null });
  const readers = [client[Symbol.asyncIterator](), client[Symbol.asyncIterator]()];
  const firsts = readers.map((reader) => reader.next());
  await settled();
  await server.last.greet({ head: 41 }, 41);
  await server.last.write('event: x\ndata: {}\nid: 42\n\nevent: x\ndata: {}\nid: 43\n\n');
  await Promise.all(firsts);
  const stored = () => storedIn(storage);
  assert.equal((await readers[1].next()).value.id, 43);
  assert.equal(stored(), 41);
  assert.equal((await readers[0].next()).value.id, 43);
  assert.equal(stored(), 42);
  const more = readers[0].next();
  await settled();
  assert.equal(stored(), 42);
  client.close();
  assert.equal((await more).done, true);
  await readers[1].return();
});

test('waits for the slowest of its readers', async (t) => {
  const { server, client } = clientOf(t);
  const readers = [client[Symbol.asyncIterator](), client[Symbol.asyncIterator]()];
  const firsts = readers.map((reader) => reader.next());
  await settled();
  await server.last.greet({ head: 0 }, 0);
  const block = (id) => `event: x\ndata: {}\nid: ${id}\n\n`;
  await server.last.write(Array.from({ length: 1001 }, (_, i) => block(i + 1)).join(''));
  await Promise.all(firsts);
  await server.last.write(block(1002));
  assert.equal(client.position, 1001);
  const read = async (reader, until) => {
    for (let id = 1; id < until; ) {
      id = (await reader.next()).value.id;
    }
  };
  await read(readers[1], 1001);
  const more = readers[1].next();
  await settled();
  assert.equal(client.position, 1001);
  await server.pass(100);
  assert.equal(server.all.length, 1);
  await read(readers[0], 1001);
  assert.equal((await readers[0].next()).value.id, 1002);
  assert.equal((await more).value.id, 1002);
  await Promise.all(readers.map((reader) => reader.return()));
});

test('a reader that leaves holds nothing up', async (t) => {
  const { server, client, events, first } = await readFrom(t, 0);
  const block = (id) => `event: x\ndata: {}\nid: ${id}\n\n`;
  await server.last.write(Array.from({ length: 1001 }, (_, i) => block(i + 1)).join(''));
  await server.last.write(block(1002));
  await first;
  assert.equal(client.position, 1001);
  await events.return();
  await settled();
  assert.equal(client.position, 1002);
});

test('a connection that has waited for a reader is not silent', async (t) => {
  const { server, events, first } = await readFrom(t, 0);
  await server.last.write(Array.from({ length: 1001 }, (_, i) => `event: x\ndata: {}\nid: ${i + 1}\n\n`).join(''));
  await first;
  await server.pass(100);
  await events.return();
  await settled();
  await server.pass(10);
  assert.equal(server.all.length, 1);
  // but it may be from now on
  await server.pass(40);
  assert.equal(server.all.length, 2);
});
