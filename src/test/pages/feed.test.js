import assert from 'node:assert/strict';
import test from 'node:test';
import { EventFeed } from '../../../webapp/lib/feed.js';
import { ProblemError } from '../../../webapp/lib/problem.js';
import { fakeBrowser, problem, settled } from './fake-browser.js';

const EVERYTHING = { all: true, streams: [], users: [], types: [], lastEventId: '' };
const WORDS = ['connected', 'event', 'snapshot-end', 'reset', 'closing-word', 'another-log'];

/** A feed in a page, with everything it dispatches and asks of its caller. */
function feedIn(t, { filters = EVERYTHING, ...caller } = {}) {
  const page = fakeBrowser(t);
  const asked = [];
  const who = {
    account: null,
    required: false,
    needsTicket: false,
    ticket: () => Promise.reject(new Error('nobody should ask')),
    headers: {},
    look: () => asked.push('look'),
    expired: () => asked.push('expired'),
    ...caller,
  };
  const feed = new EventFeed('v1/events/subscribe', who);
  const states = [];
  const said = [];
  feed.on('state', ({ name, by }) => states.push(by ? `${name} by ${by}` : name));
  for (const word of WORDS) {
    feed.on(word, (detail) => said.push({ word, ...detail }));
  }
  const open = async () => {
    feed.open(filters);
    await settled();
  };
  return { page, feed, who, asked, states, said, open };
}

/** The feed, open and at this position. */
async function openFeedAt(t, position, caller) {
  const parts = feedIn(t, caller);
  await parts.open();
  parts.page.source.greet({ head: position, account: parts.who.account ?? undefined }, String(position));
  return parts;
}

const secondsUntil = (feed) => (feed.state.dueAt - Date.now()) / 1000;

/** A refused source; the feed's request for the reason gets this answer. */
async function refused(parts, answer) {
  parts.page.answer = async (url, init) => {
    parts.page.question = { url, init };
    return answer();
  };
  parts.page.source.refuse();
  await settled();
}

/* ---- connecting ---- */

test('connects, is greeted and passes events on', async (t) => {
  const { page, feed, states, said, open } = feedIn(t);
  assert.equal(feed.state.name, 'closed');
  await open();
  assert.equal(page.source.url.href, 'http://127.0.0.1:1/v1/events/subscribe?all=true');
  page.source.greet({ head: 41 }, '41');
  page.source.say('stream.created', { streamId: '1' }, '42');
  assert.deepEqual(states, ['connecting', 'open']);
  assert.deepEqual(said[0], { word: 'connected', clientId: 'c', head: 41, from: 41, resumed: null, how: 'first' });
  const { id, type, data, text } = said[1];
  assert.deepEqual({ id, type, data, text }, { id: '42', type: 'stream.created', data: { streamId: '1' }, text: '{"streamId":"1"}' });
  assert.equal(feed.lastEventId, '42');
});

test('asks for what the filters say', async (t) => {
  const filters = { all: false, streams: ['1', '2'], users: ['GA'], types: ['stream.paused'], snapshot: true, lastEventId: '7' };
  const { page, open } = feedIn(t, { filters });
  await open();
  assert.equal(page.source.url.search, '?streams=1&streams=2&users=GA&types=stream.paused&snapshot=true&lastEventId=7');
});

test('does not knock before somebody has signed in', async (t) => {
  const { page, feed, open } = feedIn(t, { required: true });
  await open();
  assert.equal(page.sources.length, 0);
  assert.equal(feed.state.reason, 'sign in first');
});

test('goes on after a message that nobody can read, and keeps its position', async (t) => {
  const { page, feed, said } = await openFeedAt(t, 5);
  for (const type of ['message', 'stream.created', 'snapshot_end', 'reset', 'reconnect', 'heartbeat']) {
    page.source.say(type, '{', '6');
  }
  assert.equal(feed.lastEventId, '6');
  page.source.say('stream.created', { streamId: '1' }, '7');
  assert.deepEqual(said.filter(({ word }) => word === 'event').map(({ id }) => id), ['7']);
});

/* ---- resuming ---- */

test('lets the browser come back by itself, and says where from', async (t) => {
  const { page, feed, states, said } = await openFeedAt(t, 41);
  page.source.say('stream.created', {}, '42');
  page.source.lose();
  assert.equal(feed.state.reason, 'connection lost');
  page.source.greet({ head: 50 }, '42');
  assert.deepEqual(states, ['connecting', 'open', 'reconnecting by browser', 'open']);
  assert.equal(page.sources.length, 1);
  const { resumed, how, head } = said.at(-1);
  assert.deepEqual({ resumed, how, head }, { resumed: 42, how: 'browser', head: 50 });
});

test('says what the server said before it closed', async (t) => {
  const { page, feed, said } = await openFeedAt(t, 41);
  page.source.say('reconnect', { reason: 'shutdown' }, '43');
  page.source.lose();
  assert.deepEqual(said.at(-1), { word: 'closing-word', reason: 'shutdown' });
  assert.equal(feed.state.reason, 'server said: shutdown');
  assert.equal(feed.lastEventId, '43');
});

for (const back of ['browser', 'page']) {
  test(`takes no word of a connection for one of the next, by the ${back}`, async (t) => {
    const { page, feed } = await openFeedAt(t, 41);
    page.source.say('reconnect', { reason: 'rotation' });
    if (back === 'page') {
      feed.resume();
      await settled();
    } else {
      page.source.lose();
    }
    page.source.greet({ head: 41 }, '41');
    page.source.lose();
    assert.equal(feed.state.reason, 'connection lost');
  });
}

test('stays away as long as it was told to, whatever the network does', async (t) => {
  const { page, feed } = await openFeedAt(t, 41);
  feed.dropAndResume(5);
  window.dispatchEvent(new Event('online'));
  await page.pass(4);
  assert.equal(page.sources.length, 1);
});

test('comes back after a drop, after the last heartbeat', async (t) => {
  const { page, said, states, feed } = await openFeedAt(t, 41);
  page.source.say('heartbeat', { head: 57 }, '57');
  const dropped = page.source;
  feed.dropAndResume(5);
  assert.equal(dropped.readyState, 2);
  await page.pass(4.9);
  assert.equal(page.sources.length, 1);
  await page.pass(0.2);
  assert.equal(page.source.query.lastEventId, '57');
  page.source.greet({ head: 60 }, '57');
  assert.equal(said.at(-1).how, 'dropped');
  assert.deepEqual(states.slice(2), ['dropped', 'connecting', 'open']);
});

test('opened anew it starts where the filters say, not where it was', async (t) => {
  const { page, open } = await openFeedAt(t, 41, { filters: { ...EVERYTHING, lastEventId: '3' } });
  await open();
  assert.equal(page.source.query.lastEventId, '3');
});

test('a page out of the cache goes on where it was', async (t) => {
  const { page, feed } = await openFeedAt(t, 41);
  feed.close('page was left');
  assert.equal(feed.state.reason, 'page was left');
  feed.resume();
  await settled();
  assert.equal(page.source.query.lastEventId, '41');
});

test('stays closed', async (t) => {
  const { page, feed } = await openFeedAt(t, 41);
  page.source.lose();
  feed.close();
  window.dispatchEvent(new Event('online'));
  await page.pass(3600);
  assert.equal(page.sources.length, 1);
  assert.deepEqual([feed.state.name, feed.state.reason], ['closed', 'closed by you']);
});

/* ---- silence ---- */

test('takes 45 seconds of silence for the end, and resumes', async (t) => {
  const { page, feed, states } = await openFeedAt(t, 41);
  const dead = page.source;
  await page.pass(45);
  assert.equal(page.sources.length, 1);
  await page.pass(5);
  assert.equal(dead.readyState, 2);
  assert.equal(page.source.query.lastEventId, '41');
  assert.deepEqual(states.slice(2), ['reconnecting by page', 'connecting']);
  // events of the dead source are ignored
  dead.say('stream.created', {}, '99');
  dead.lose();
  assert.equal(feed.lastEventId, '41');
  assert.equal(feed.state.name, 'connecting');
});

test('stays as long as something is heard', async (t) => {
  const { page } = await openFeedAt(t, 41);
  for (let i = 0; i < 20; i++) {
    await page.pass(10);
    page.source.say('heartbeat', { head: 41 }, '41');
  }
  assert.equal(page.sources.length, 1);
});

test('waits for three heartbeats of a server that says that it is slow', async (t) => {
  const { page } = await openFeedAt(t, 41);
  page.source.greet({ head: 41, heartbeat: 60 }, '41');
  await page.pass(175);
  assert.equal(page.sources.length, 1);
  await page.pass(15);
  assert.equal(page.sources.length, 2);
});

test('does not wait for ever for a ticket', async (t) => {
  let tickets = 0;
  const { page, open } = feedIn(t, {
    account: 'GA',
    needsTicket: true,
    ticket: () => (tickets++ === 0 ? new Promise(() => {}) : Promise.resolve('second')),
  });
  await open();
  await page.pass(50);
  assert.equal(page.source?.query.ticket, 'second');
});

test('comes back at once when the network does', async (t) => {
  const { page, feed } = await openFeedAt(t, 41);
  await refused({ page }, () => problem(503));
  assert.equal(feed.state.name, 'reconnecting');
  window.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(page.sources.length, 2);
  assert.equal(page.source.query.lastEventId, '41');
});

test('looked at again, it doubts only what was quiet for long', async (t) => {
  const { page } = await openFeedAt(t, 41);
  await page.pass(15);
  document.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(page.sources.length, 1);
  await page.pass(1);
  document.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(page.sources.length, 2);
});

/* ---- snapshots, resets, other logs ---- */

test('has no position before a snapshot is complete', async (t) => {
  const parts = feedIn(t, { filters: { ...EVERYTHING, snapshot: true } });
  await parts.open();
  const { page, feed, said } = parts;
  page.source.greet({ head: 9 }, '');
  page.source.say('stream.snapshot', { streamId: '1' });
  page.source.say('stream.created', { streamId: '2' });
  assert.equal(feed.lastEventId, null);
  assert.equal(said[0].from, 9);
  assert.deepEqual(said.slice(1).map(({ id }) => id), [null, null]);
  page.source.lose();
  feed.resume();
  await settled();
  assert.deepEqual(page.source.query, { all: 'true', snapshot: 'true' });
  page.source.greet({ head: 9 }, '');
  page.source.say('snapshot_end', { head: 11 }, '11');
  assert.deepEqual(said.at(-1), { word: 'snapshot-end', head: 11 });
  assert.equal(feed.lastEventId, '11');
});

test('a state has no position, whatever the source has heard before', async (t) => {
  const { page, said } = await openFeedAt(t, 41);
  page.source.say('stream.snapshot', { streamId: '1' });
  assert.equal(said.at(-1).id, null);
});

test('takes the position of a reset for its own', async (t) => {
  const { page, feed, said } = await openFeedAt(t, 41);
  page.source.say('reset', { reason: 'history_trimmed', oldest: 80, head: 90 }, '90');
  assert.deepEqual(said.at(-1), { word: 'reset', reason: 'history_trimmed', oldest: 80, head: 90, from: 90 });
  assert.equal(feed.lastEventId, '90');
});

test('asks for the snapshot again that a reset has promised', async (t) => {
  const { page, feed, said } = await openFeedAt(t, 41, { filters: { ...EVERYTHING, snapshot: true } });
  page.source.say('reset', { reason: 'unknown_position', oldest: 1, head: 12 }, '');
  assert.equal(said.at(-1).from, 12);
  feed.resume();
  await settled();
  assert.deepEqual(page.source.query, { all: 'true', snapshot: 'true' });
});

test('starts over with another log: its positions mean something else there', async (t) => {
  const { page, feed, said } = await openFeedAt(t, 41, { filters: { ...EVERYTHING, lastEventId: '40' } });
  const before = page.source;
  before.lose();
  before.greet({ log: 'b', head: 3 }, '3');
  assert.deepEqual(said.at(-1), { word: 'another-log', before: 'a', log: 'b' });
  assert.equal(before.readyState, 2);
  assert.equal(feed.state.name, 'reconnecting');
  await page.pass(1);
  assert.deepEqual(page.source.query, { all: 'true' });
  page.source.greet({ log: 'b', head: 3 }, '3');
  assert.equal(said.at(-1).resumed, null);
});

test('opened anew it takes any log', async (t) => {
  const { page, said, open } = await openFeedAt(t, 41);
  await open();
  page.source.greet({ log: 'b', head: 3 }, '3');
  assert.equal(said.at(-1).word, 'connected');
});

/* ---- refusals ---- */

test('asks why it was refused, as who it is and from where it was', async (t) => {
  const parts = await openFeedAt(t, 41, { account: 'GA', headers: { Authorization: 'Bearer x' } });
  await refused(parts, () => problem(400));
  const { url, init } = parts.page.question;
  assert.equal(url.search, '?all=true&lastEventId=41&account=GA');
  assert.deepEqual(init.headers, { Accept: 'text/event-stream', Authorization: 'Bearer x' });
});

test('does not come back from what will not pass', async (t) => {
  const parts = await openFeedAt(t, 41);
  await refused(parts, () => problem(400));
  const { feed, page, asked } = parts;
  assert.equal(feed.state.name, 'closed');
  assert.equal(feed.state.reason, '400 T400: detail of 400');
  assert.ok(feed.state.problem instanceof ProblemError);
  await page.pass(3600);
  assert.equal(page.sources.length, 1);
  assert.deepEqual(asked, []);
});

for (const status of [401, 409]) {
  test(`looks who is signed in after a ${status}, and does not knock again`, async (t) => {
    const parts = await openFeedAt(t, 41);
    await refused(parts, () => problem(status));
    await parts.page.pass(3600);
    assert.equal(parts.feed.state.name, 'closed');
    assert.deepEqual(parts.asked, ['look']);
    assert.equal(parts.page.sources.length, 1);
  });
}

test('waits at least as long as a 503 says', async (t) => {
  const parts = await openFeedAt(t, 41);
  await refused(parts, () => problem(503, 20));
  const { feed, page } = parts;
  assert.equal(feed.state.reason, '503 T503: detail of 503');
  assert.ok(secondsUntil(feed) >= 20 && secondsUntil(feed) <= 21);
  await page.pass(20);
  assert.equal(page.sources.length, 1);
  await page.pass(1);
  assert.equal(page.sources.length, 2);
  assert.equal(page.source.query.lastEventId, '41');
});

test('waits twice as long each time, half a minute at most, and begins anew once it was greeted', async (t) => {
  t.mock.method(Math, 'random', () => 1);
  const parts = await openFeedAt(t, 41);
  const { feed, page } = parts;
  const waits = [];
  for (let i = 0; i < 7; i++) {
    await refused(parts, () => problem(429));
    waits.push(secondsUntil(feed));
    await page.pass(waits.at(-1));
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30]);
  page.source.greet({ head: 41 }, '41');
  await refused(parts, () => problem(503));
  assert.equal(secondsUntil(feed), 1);
});

test('waits also when it is told to wait longer than a timer can', async (t) => {
  const parts = await openFeedAt(t, 41);
  await refused(parts, () => problem(503, 2_592_000));
  await parts.page.pass(3600);
  assert.equal(parts.page.sources.length, 1);
  assert.equal(parts.feed.state.name, 'reconnecting');
});

test('comes back when nobody answers, or the server has changed its mind', async (t) => {
  const parts = await openFeedAt(t, 41);
  await refused(parts, () => Promise.reject(new TypeError('no network')));
  assert.equal(parts.feed.state.reason, 'server not reachable');
  await parts.page.pass(1);
  await refused(parts, () => new Response('data: x\n\n'));
  assert.equal(parts.feed.state.reason, 'refused once, accepts again');
  await parts.page.pass(2);
  assert.equal(parts.page.sources.length, 3);
});

test('an answer that comes after it was closed changes nothing', async (t) => {
  const parts = await openFeedAt(t, 41);
  let answer;
  parts.page.answer = () => new Promise((resolve) => { answer = resolve; });
  parts.page.source.refuse();
  await settled();
  parts.feed.close();
  answer(problem(503));
  await parts.page.pass(3600);
  assert.equal(parts.feed.state.reason, 'closed by you');
  assert.equal(parts.page.sources.length, 1);
});

/* ---- who is signed in ---- */

test('tells the caller when its sign-in has ended', async (t) => {
  const { page, feed, asked } = await openFeedAt(t, 41, { account: 'GA' });
  page.source.say('reconnect', { reason: 'token_expired' }, '42');
  page.source.lose();
  assert.deepEqual(asked, ['expired']);
  assert.equal(feed.state.reason, 'the sign-in has ended');
  assert.equal(feed.lastEventId, '42');
  await page.pass(3600);
  assert.equal(page.sources.length, 1);
});

test('gets another ticket for each connection, which the browser must not use twice', async (t) => {
  let tickets = 0;
  const parts = await openFeedAt(t, 41, {
    account: 'GA',
    needsTicket: true,
    ticket: async () => `t${++tickets}`,
  });
  const { page, states } = parts;
  assert.equal(page.source.query.ticket, 't1');
  page.source.lose();
  assert.equal(page.source.readyState, 2);
  assert.equal(states.at(-1), 'reconnecting by page');
  await page.pass(1);
  assert.deepEqual(page.source.query, { all: 'true', lastEventId: '41', account: 'GA', ticket: 't2' });
});

test('a ticket that is refused ends it or is asked for again, as its status says', async (t) => {
  const problems = [new ProblemError(503, {}, 7), new ProblemError(401, {}, null)];
  const { page, feed, open } = feedIn(t, {
    account: 'GA',
    needsTicket: true,
    ticket: () => Promise.reject(problems.shift()),
  });
  await open();
  assert.equal(feed.state.name, 'reconnecting');
  assert.ok(secondsUntil(feed) >= 7);
  await page.pass(8);
  assert.equal(feed.state.name, 'closed');
  assert.equal(page.sources.length, 0);
});

test('a ticket that comes too late opens nothing', async (t) => {
  let give;
  const { page, feed, open } = feedIn(t, {
    account: 'GA',
    needsTicket: true,
    ticket: () => new Promise((resolve) => { give = resolve; }),
  });
  await open();
  feed.close();
  give('late');
  await settled();
  assert.equal(page.sources.length, 0);
});

test('goes on as the same account where it was', async (t) => {
  const { page, feed, who } = await openFeedAt(t, 41, { account: 'GA' });
  feed.close();
  who.account = 'GA';
  feed.resume();
  await settled();
  assert.deepEqual(page.source.query, { all: 'true', lastEventId: '41', account: 'GA' });
});

test('the position of one account is none of another’s', async (t) => {
  const { page, feed, who } = await openFeedAt(t, 41, { account: 'GA' });
  feed.close();
  who.account = 'GB';
  feed.resume();
  await settled();
  assert.deepEqual(page.source.query, { all: 'true', account: 'GB' });
  page.source.greet({ head: 50, account: 'GB' }, '50');
  assert.equal(feed.lastEventId, '50');
});

test('closes what the server opened for somebody else', async (t) => {
  const { page, feed, said, asked } = await openFeedAt(t, 41, { account: 'GA' });
  page.source.lose();
  page.source.greet({ head: 50, account: 'GB' }, '50');
  assert.equal(feed.state.reason, 'this browser is signed in as another account now');
  assert.deepEqual(asked, ['look']);
  assert.equal(said.filter(({ word }) => word === 'connected').length, 1);
  assert.equal(feed.lastEventId, '41');
  assert.equal(page.source.readyState, 2);
});
