import assert from 'node:assert/strict';
import test from 'node:test';
import { settled } from './fake-browser.js';
import { fakeServer } from './fake-server.js';

// The environment of the module in a page.
globalThis.document = Object.assign(new EventTarget(), { baseURI: 'http://h:1/test-client.html', visibilityState: 'visible' });
const { LiveFeed, subscribeUrl } = await import('../../../webapp/test/live-feed.js');

const EVERYTHING = { all: true, streams: [], users: [], types: [], snapshot: false, lastEventId: '', heartbeat: '' };
const WORDS = ['connected', 'event', 'snapshot-end', 'reset', 'closing-word', 'another-log'];

async function openAt(t, position, caller = {}, filters = EVERYTHING) {
  const server = fakeServer(t);
  const asked = [];
  const who = {
    account: null, required: false, token: null,
    look: () => asked.push('look'), expired: () => asked.push('expired'), ...caller,
  };
  const feed = new LiveFeed(who, server.fetch);
  const said = [];
  const states = [];
  feed.on('state', ({ name }) => states.push(name));
  for (const word of WORDS) {
    feed.on(word, (detail) => said.push([word, detail]));
  }
  feed.open(filters);
  await settled();
  await server.last?.greet({ head: position, account: who.account ?? undefined }, position);
  t.after(() => feed.close());
  return { server, feed, who, asked, said, states };
}

test('says from where a connection begins, and how it came about', async (t) => {
  const { server, feed, said } = await openAt(t, 41);
  assert.deepEqual(said[0], ['connected', { clientId: 'c', head: 41, from: 41, resumed: null, how: 'first' }]);
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 50 }, 41);
  assert.deepEqual([said[1][1].resumed, said[1][1].how], [41, 'page']);
  feed.dropAndResume(5);
  assert.equal(server.last.open, false);
  await server.pass(4.9);
  assert.equal(server.all.length, 2);
  await server.pass(0.2);
  await server.last.greet({ head: 50 }, 41);
  assert.equal(said[2][1].how, 'dropped');
});

test('says when an event has arrived', async (t) => {
  const { server, said } = await openAt(t, 41);
  await server.last.say('x', {}, 42);
  const { id, receivedAt, at } = said[1][1];
  assert.equal(id, 42);
  assert.equal(receivedAt, Date.now());
  assert.ok(at > 0);
});

test('does not knock before somebody has signed in', async (t) => {
  const { server, feed } = await openAt(t, 41, { required: true });
  assert.equal(server.all.length, 0);
  assert.equal(feed.state.reason, 'sign in first');
});

test('tells its caller that the sign-in has ended, and goes on after the next', async (t) => {
  const { server, feed, asked } = await openAt(t, 41, { account: 'GA', token: 'x' });
  await server.last.say('reconnect', { reason: 'token_expired' }, 42);
  assert.deepEqual(asked, ['expired']);
  assert.deepEqual([feed.state.name, feed.state.reason, feed.state.problem], ['closed', 'the sign-in has ended', undefined]);
  feed.resume();
  await settled();
  assert.deepEqual(server.last.query, { all: 'true', lastEventId: '42', account: 'GA' });
});

for (const status of [401, 409]) {
  test(`looks who is signed in after a ${status}`, async (t) => {
    const { server, feed, asked } = await openAt(t, 41);
    await server.last.lose();
    await server.pass(1);
    await server.last.refuse(status);
    assert.deepEqual(asked, ['look']);
    assert.equal(feed.state.problem.status, status);
  });
}

test('closes what was opened for somebody else, and looks', async (t) => {
  const { server, feed, asked } = await openAt(t, 41, { account: 'GA' });
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 50, account: 'GB' }, 41);
  assert.deepEqual(asked, ['look']);
  assert.equal(feed.state.reason, 'this browser is signed in as another account now');
});

test('opened anew it starts where the filters say, not where it was', async (t) => {
  const { server, feed } = await openAt(t, 41, {}, { ...EVERYTHING, lastEventId: '3' });
  assert.equal(server.last.query.lastEventId, '3');
  feed.open({ ...EVERYTHING, lastEventId: 'elsewhere' });
  await settled();
  assert.equal(server.last.query.lastEventId, 'elsewhere');
});

test('starts where the id of an event says, if the log is the same', async (t) => {
  const { server, said, feed } = await openAt(t, 41, {}, { ...EVERYTHING, lastEventId: '3.a' });
  assert.equal(server.last.query.lastEventId, '3');
  assert.equal(feed.position, 3);
  feed.open({ ...EVERYTHING, lastEventId: '3.b' });
  await settled();
  await server.last.greet({ log: 'a', head: 41 }, 3);
  assert.deepEqual(said.at(-1), ['another-log', { before: 'b', log: 'a' }]);
});

test('says of another log that it is one', async (t) => {
  const { server, said } = await openAt(t, 41);
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ log: 'b', head: 3 }, 41);
  assert.deepEqual(said.at(-1), ['another-log', { before: 'a', log: 'b' }]);
});

test('writes the URL of a subscription', () => {
  const filters = { ...EVERYTHING, snapshot: true, lastEventId: '7' };
  assert.equal(subscribeUrl(filters), 'http://h:1/v1/events/subscribe?all=true&snapshot=true&lastEventId=7');
  assert.equal(subscribeUrl({ ...EVERYTHING, heartbeat: '5' }), 'http://h:1/v1/events/subscribe?all=true&heartbeat=5');
  assert.equal(subscribeUrl(filters, 9), 'http://h:1/v1/events/subscribe?all=true&lastEventId=9');
});
