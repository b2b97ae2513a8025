// The client over the browser's own EventSource.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FlowFiEvents } from '../../../webapp/lib/flowfi-events.js';
import '../../../webapp/lib/event-source.js';
import '../../../webapp/lib/streams.js';
import { fakeBrowser, problem, settled } from './fake-browser.js';

async function openAt(t, position, options) {
  const page = fakeBrowser(t);
  const client = new FlowFiEvents({ url: 'http://h:1/', all: true, eventSource: true, share: 'own', ...options });
  const states = [];
  const events = [];
  client.on('status', ({ name }) => states.push(name));
  client.on('event', ({ id }) => events.push(id));
  client.open();
  await settled();
  page.source.greet({ head: position, account: page.source.query.account }, position === undefined ? '' : String(position));
  t.after(() => client.close());
  return { page, client, states, events };
}

test('hears all types that the server writes, and those that were named', async (t) => {
  const { page, client, events } = await openAt(t, 41, { types: ['stream.of_tomorrow'] });
  page.source.say('stream.created', {}, '42');
  page.source.say('stream.of_tomorrow', {}, '43');
  page.source.say('heartbeat', { head: 57 }, '57');
  // it shows the id of the block before it
  page.source.say('notice', { text: 'x' });
  assert.deepEqual(events, [42, 43, null]);
  assert.equal(client.position, 57);
});

test('lets the browser reconnect by itself, which knows the wait', async (t) => {
  const { page, states } = await openAt(t, 41);
  page.source.lose();
  assert.equal(states.at(-1), 'reconnecting');
  page.source.greet({ head: 50 }, '41');
  assert.equal(states.at(-1), 'open');
  assert.equal(page.sources.length, 1);
});

test('gets another ticket for each connection, which the browser must not use twice', async (t) => {
  let tickets = 0;
  const { page } = await openAt(t, 41, { account: 'GA', ticket: async () => `t${++tickets}` });
  assert.equal(page.source.query.ticket, 't1');
  page.source.lose();
  await page.pass(0);
  assert.equal(page.source.readyState, 2);
  await page.pass(1);
  assert.deepEqual(page.source.query, { all: 'true', lastEventId: '41', account: 'GA', ticket: 't2' });
});

test('makes a ticket of a token', async (t) => {
  const page = fakeBrowser(t);
  const asked = [];
  page.answer = async (url, { method, headers, credentials }) => {
    asked.push([url.pathname, method, headers.Authorization, credentials]);
    return Response.json({ ticket: 't' });
  };
  const who = { account: 'GA', token: 'x', credentials: 'omit' };
  const client = new FlowFiEvents({ url: 'http://h:1/', all: true, eventSource: true, share: 'own', ...who });
  client.open();
  await settled();
  assert.deepEqual(asked, [['/v1/auth/ticket', 'POST', 'Bearer x', 'omit']]);
  assert.equal(page.source.query.ticket, 't');
  client.close();
});

test('renews a token that gets no ticket', async (t) => {
  const page = fakeBrowser(t);
  page.answer = async (url, { headers }) =>
    headers.Authorization === 'Bearer new' ? Response.json({ ticket: 't' }) : problem(401);
  const token = ({ renew }) => (renew ? 'new' : 'old');
  const client = new FlowFiEvents({ url: 'http://h:1/', all: true, eventSource: true, share: 'own', account: 'GA', token });
  client.open();
  await settled();
  await settled();
  assert.equal(page.source?.query.ticket, 't');
  client.close();
});

test('asks why it was refused, as who it is and from where it was', async (t) => {
  const { page, client } = await openAt(t, 41);
  page.answer = async (url) => {
    page.asked = url.search;
    return problem(503, 20);
  };
  page.source.refuse();
  await settled();
  assert.equal(page.asked, '?all=true');
  assert.equal(client.status.reason, '503 T503: detail of 503');
  assert.ok(client.status.dueAt - Date.now() >= 20_000);
});

test('stays on a request that is accepted after a refusal', async (t) => {
  const { page, client, events } = await openAt(t, 41);
  const utf8 = new TextEncoder();
  page.answer = async () =>
    new Response(
      new ReadableStream({
        start: (body) => body.enqueue(utf8.encode('data: {"type":"connected","log":"a"}\nid: 41\n\nevent: x\ndata: {}\nid: 42\n\n')),
      }),
      { headers: { 'Content-Type': 'text/event-stream' } },
    );
  page.source.refuse();
  await settled();
  await settled();
  assert.deepEqual(events, [42]);
  assert.equal(client.status.name, 'open');
});

test('waits for a server that stops, whose own word on it cannot be read', async (t) => {
  const { page, client } = await openAt(t, 41);
  page.source.say('reconnect', { reason: 'shutdown' }, '43');
  await settled();
  assert.equal(page.source.readyState, 2);
  assert.ok(client.status.dueAt - Date.now() >= 8000);
});

test('takes 45 seconds of silence for the end, and hears no more of what it has left', async (t) => {
  const { page, client, events } = await openAt(t, 41);
  const dead = page.source;
  await page.pass(50);
  assert.equal(dead.readyState, 2);
  assert.equal(page.source.query.lastEventId, '41');
  dead.say('stream.created', {}, '99');
  dead.lose();
  assert.deepEqual(events, []);
  assert.equal(client.position, 41);
  assert.equal(client.status.name, 'connecting');
});

test('leaves the connection while a reader is behind, and goes on from what it has', async (t) => {
  const { page, client } = await openAt(t, 0);
  const events = client[Symbol.asyncIterator]();
  const first = events.next();
  for (let id = 1; id <= 1001; id++) {
    page.source.say('stream.created', {}, String(id));
  }
  await first;
  const left = page.source;
  assert.equal(left.readyState, 2);
  left.say('stream.created', {}, '1002');
  await page.pass(100);
  assert.equal(page.sources.length, 1);
  const got = [1];
  while (got.at(-1) < 1000) {
    got.push((await events.next()).value.id);
  }
  const next = events.next();
  await settled();
  await settled();
  assert.equal(page.sources.length, 2);
  assert.equal(page.source.query.lastEventId, '1000');
  page.source.greet({ head: 1001 }, '1000');
  page.source.say('stream.created', {}, '1001');
  assert.equal((await next).value.id, 1001);
  assert.equal(got.length, 1000);
  await events.return();
});

test('begins with a state, and with another one after a reset, and takes no position from before', async (t) => {
  const { page, client } = await openAt(t, undefined, { snapshot: true, account: null });
  const state = (version) => ({
    streamId: '1', version, ratePerSecond: '5', depositedAmount: '1000', withdrawnAmount: '0', startTime: 1_699_999_900,
    status: 'ACTIVE', pausedAt: null, totalPausedDuration: 0, claimableAmount: '1',
  });
  const seen = () => [client.state.complete, client.state.streams.get('1')?.version, client.position];
  page.source.say('stream.snapshot', state(3));
  page.source.say('snapshot_end', { head: 9 }, '9');
  assert.deepEqual(seen(), [true, 3, 9]);
  page.source.say('reset', { reason: 'unknown_position', oldest: 1, head: 5 }, '');
  assert.deepEqual(seen(), [false, undefined, null]);
  page.source.say('message', { type: 'connected', log: 'a', head: 5 }, '');
  page.source.say('stream.snapshot', state(2));
  page.source.say('snapshot_end', { head: 5 }, '5');
  assert.deepEqual(seen(), [true, 2, 5]);
  const words = [];
  client.on('stream.snapshot', ({ id }) => words.push(id));
  page.source.say('stream.snapshot', state(4));
  assert.deepEqual(words, [null]);
});

test('does not come back for a reader that reads on when it is closed', async (t) => {
  const { page, client } = await openAt(t, 0);
  const events = client[Symbol.asyncIterator]();
  const first = events.next();
  for (let id = 1; id <= 1000; id++) {
    page.source.say('stream.created', {}, String(id));
  }
  await first;
  client.close();
  let read = 1;
  while (!(await events.next()).done) {
    read++;
  }
  await settled();
  assert.equal(read, 1000);
  assert.equal(page.sources.length, 1);
});

test('sends the cookie to another origin only when it is told to', async (t) => {
  const { page } = await openAt(t, 41, { credentials: 'include' });
  assert.equal(page.source.withCredentials, true);
  const client = new FlowFiEvents({ url: 'http://h:1/', all: true, eventSource: true, share: 'own' });
  t.after(() => client.close());
  client.open();
  await settled();
  assert.equal(page.sources.length, 2);
  assert.equal(page.source.withCredentials, false);
});
