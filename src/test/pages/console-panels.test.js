import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// The environment of the modules in a page.
globalThis.document = { baseURI: 'http://127.0.0.1:1/admin/', documentElement: { dataset: { root: '../' } } };
const { MOST_ROWS, Tail, placeOf } = await import('../../../webapp/admin/events.js');
const { placesOf, searching } = await import('../../../webapp/admin/stream-search.js');
const { drainConsequence } = await import('../../../webapp/admin/this-node.js');
const { consequenceOf, replayConsequence, replayWords } = await import('../../../webapp/admin/indexer-words.js');
const { whatOf } = await import('../../../webapp/admin/audit.js');
const { query, span } = await import('../../../webapp/admin/parts.js');

const row = (position) => ({ position, type: 'stream.paused', at: 1, data: {} });
const positions = (tail) => tail.rows().map((one) => one.position);

test('shows the newest events first, and no more than so many', () => {
  const tail = new Tail();
  for (let position = 1; position <= 5 * MOST_ROWS + 1; position++) {
    tail.add(row(position));
  }
  assert.equal(tail.rows().length, MOST_ROWS);
  assert.deepEqual(positions(tail).slice(0, 2), [5 * MOST_ROWS + 1, 5 * MOST_ROWS]);
});

test('keeps no event in memory that it will not show again, paused or not', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (const paused of [false, true]) {
    const tail = new Tail();
    const old = (() => {
      const first = row(1);
      tail.add(first);
      return new WeakRef(first);
    })();
    tail.clear();
    if (paused) {
      tail.pause();
    }
    const gone = (() => {
      const first = row(2);
      tail.add(first);
      return new WeakRef(first);
    })();
    for (let position = 3; position <= 3 * MOST_ROWS; position++) {
      tail.add(row(position));
    }
    // what a job has made stays until its end
    await new Promise((resolve) => { setImmediate(resolve); });
    collect();
    assert.deepEqual([old.deref(), gone.deref()], [undefined, undefined], paused ? 'paused' : 'live');
    assert.equal(tail.paused, paused);
  }
});

test('stands still while it is paused, and misses nothing that it may keep', () => {
  const tail = new Tail();
  tail.add(row(1));
  tail.pause();
  tail.add(row(2));
  tail.add(row(3));
  assert.deepEqual([positions(tail), tail.waiting, tail.paused], [[1], 2, true]);
  tail.resume();
  assert.deepEqual([positions(tail), tail.waiting, tail.paused], [[3, 2, 1], 0, false]);
  tail.pause();
  tail.clear();
  assert.deepEqual([positions(tail), tail.paused], [[], false]);
});

test('knows a position from a time', () => {
  assert.deepEqual(placeOf('42'), { after: 41 });
  assert.deepEqual(placeOf(' #1 '), { after: 0 });
  assert.deepEqual(placeOf('2026-11-29T17:30:00Z'), { since: '2026-11-29T17:30:00.000Z' });
  assert.deepEqual(placeOf('2026-11-29 17:30'), { since: new Date(2026, 10, 29, 17, 30).toISOString() });
  for (const other of ['', 'now', '-3', '1e9', '42.k3f9', '17:30', '2026-13-45', '1234567890123456']) {
    assert.equal(placeOf(other), null, other);
  }
});

test('says what a reset leads to', () => {
  for (const needsReset of [false, true]) {
    assert.match(consequenceOf(120, 119, false, needsReset), /read on from ledger 120\. Nothing is left out/);
    assert.match(consequenceOf(130, 119, true, needsReset), /^Ledgers 120 to 129 \(10\) are left out.*history_gap.*unverified/);
    assert.match(consequenceOf(130, 119, false, needsReset), /^Ledgers 120 to 129 \(10\) are left out.*The server refuses that/);
    assert.match(consequenceOf(5, null, false, needsReset), /read on from ledger 5\. Nothing is left out/);
  }
  assert.match(consequenceOf(100, 119, true, false), /^Ledgers 100 to 119 are read once more.*what was missing is added at its end\.$/);
  assert.match(consequenceOf(119, 119, false, false), /^Ledgers 119 to 119 are read once more.*what was missing is added at its end\.$/);
});

test('says of a reset that ends a fault what the server makes of ledgers that were read before', () => {
  assert.match(consequenceOf(119, 119, false, true), /^Ledgers 119 to 119 are read once more\. .*may be wrong.* The server refuses that unless/);
  assert.match(consequenceOf(100, 119, true, true), /^Ledgers 100 to 119 are read once more\. .*may be wrong.*history_gap.*unverified/);
});

test('says what a replay leads to and how far it is', () => {
  assert.match(replayConsequence(100, 119), /^20 ledgers, up to 119, are read once more\. .*subscribers hear it now/);
  assert.match(replayConsequence(119, 119), /^1 ledger, up to 119, is read once more/);
  assert.match(replayConsequence(120, 119), /^The server refuses that/);
  assert.match(replayConsequence(5, null), /^The server refuses that/);
  const replay = { fromLedger: 1000, atLedger: 1500, throughLedger: 2000, applied: 2, known: 1200, unreadable: 0, running: true };
  assert.equal(replayWords(null), '');
  assert.equal(replayWords(replay), 'The replay at ledger 1,500 of 1,000 to 2,000: 2 events were missing, 1,200 were known.');
  assert.equal(
    replayWords({ ...replay, running: false, applied: 1, known: 1, unreadable: 1000, error: 'No node has them' }),
    'The replay of 1,000 to 2,000 has ended: 1 event was missing, 1 was known, 1,000 cannot be read. No node has them',
  );
});

test('looks beyond what was loaded for what a search names exactly, once the typing rests', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const key = `G${'A'.repeat(55)}`;
  const asked = [];
  const found = [];
  const failed = [];
  const answers = { 'v1/streams/42': { streamId: '42' } };
  const api = async (place) => {
    asked.push(place);
    if (place === 'v1/streams/43') {
      throw Object.assign(new Error('no'), { status: 404 });
    }
    return answers[place] ?? { streams: [{ streamId: place.includes('sender') ? '1' : '2' }] };
  };
  const search = searching(api, (streams) => found.push(...streams.map(({ streamId }) => streamId)), (failure) => failed.push(failure));
  const rests = async () => {
    t.mock.timers.tick(400);
    await new Promise((resolve) => { setImmediate(resolve); });
  };
  search.typed('4');
  search.typed('42');
  await rests();
  assert.deepEqual([asked, found], [['v1/streams/42'], ['42']]);
  search.typed('43');
  await rests();
  search.typed(`${key} `);
  await rests();
  assert.deepEqual([found, failed], [['42', '1', '2'], []]);
  search.typed('42');
  t.mock.timers.tick(400);
  search.typed('active'); // before the answer has come
  await rests();
  assert.deepEqual(found, ['42', '1', '2']);
  search.typed('44');
  search.close();
  await rests();
  assert.equal(asked.length, 5);
  assert.deepEqual(placesOf('paused'), []);
});

test('says what it leads to that a node is taken out of the traffic', () => {
  const drain = { state: 'serving', since: null, connections: 1 };
  assert.match(drainConsequence({ name: 'a', drain, alone: false }), /^Node a is not ready .* 1 connection of it is told .* other nodes take its clients/);
  assert.match(drainConsequence({ name: 'a', drain: { ...drain, connections: 1200 }, alone: true }), /1,200 connections of it are told .* nowhere else to go/);
  assert.match(drainConsequence({ name: 'a', drain: { ...drain, connections: 0 }, alone: true }), /it has no clients/);
});

test('says what an entry of the audit log says', () => {
  assert.equal(
    whatOf({ kind: 'command', method: 'POST', path: '/v1/admin/indexer/reset', status: 409, details: { ledger: '7' } }),
    'POST /v1/admin/indexer/reset · 409 · ledger 7',
  );
  assert.equal(whatOf({ kind: 'subscribed', filter: 'all=true', after: 41 }), 'all=true · from 42 on');
  assert.equal(whatOf({ kind: 'subscribed', filter: 'all=true' }), 'all=true · left before the greeting');
  assert.equal(
    whatOf({ kind: 'unsubscribed', filter: 'all=true', through: 1000, reason: 'slow_client' }),
    'all=true · was sent up to 1,000 · slow client',
  );
  assert.equal(whatOf({ kind: 'subscribed', filter: 'all=true', after: 0, sandbox: true }), 'sandbox · all=true · from 1 on');
  assert.equal(whatOf({ kind: 'unsubscribed', filter: 'all=true' }), 'all=true · was sent nothing · the client left');
});

test('writes queries and times', () => {
  assert.equal(query({ a: '', b: null, c: undefined }), '');
  assert.equal(query({ since: '2026-01-31T08:00:00+01:00', limit: 0 }), '?since=2026-01-31T08%3A00%3A00%2B01%3A00&limit=0');
  assert.deepEqual(
    [-1, 0, 59.9, 60, 89, 3599, 3600, 5400, 86_399, 86_400, 200_000].map(span),
    ['0 s', '0 s', '59 s', '1 min 0 s', '1 min 29 s', '59 min 59 s', '1 h 0 min', '1 h 30 min', '23 h 59 min', '1 d 0 h', '2 d 7 h'],
  );
});
