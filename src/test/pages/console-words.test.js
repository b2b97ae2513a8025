import assert from 'node:assert/strict';
import test from 'node:test';

/** As much of an element as the words need. */
class Node {
  constructor(text = '') {
    this.textContent = text;
  }
  setAttribute() {}
  append(...more) {
    this.textContent += more.map((child) => child.textContent ?? child).join('');
  }
}
// The environment of the modules in a page.
globalThis.document = {
  baseURI: 'http://127.0.0.1:1/admin/', documentElement: { dataset: { root: '../' } }, createElement: () => new Node(),
};
const { driftWords, leadOf } = await import('../../../webapp/admin/indexer-words.js');
const { COLUMNS, factsOf } = await import('../../../webapp/admin/stream-cells.js');
const { extremes } = await import('../../../webapp/admin/plots.js');
const { timeText } = await import('../../../webapp/admin/parts.js');
const { routeOf } = await import('../../../webapp/admin/views.js');
const { summary } = await import('../../../webapp/shared/event-summary.js');

/** Digits are grouped by thin no-break spaces. */
const plain = (text) => String(text).replaceAll('\u202f', ' ');

test('knows the view that an address names, and what follows its name', () => {
  assert.deepEqual(routeOf('#/streams/42'), { name: 'streams', rest: ['42'] });
  assert.deepEqual(routeOf('#events/stream/7/'), { name: 'events', rest: ['stream', '7'] });
  assert.deepEqual(routeOf('#/audit/a%2Fb/%zz'), { name: 'audit', rest: ['a/b', '%zz'] });
  for (const other of ['', '#', '#/', '#/none/1', '#/toString', '#/constructor']) {
    assert.deepEqual(routeOf(other), { name: 'overview', rest: [] }, other);
  }
});

test('says of every type of event what it came to, to the last digit', () => {
  const big = '9007199254740993';
  const said = (type, data) => plain(summary(type, data));
  assert.equal(said('stream.created', { ratePerSecond: '1000', depositedAmount: big }), '1 000/s of 9 007 199 254 740 993');
  assert.equal(said('stream.topped_up', { amount: '5', newDepositedAmount: '1005' }), '+5 → 1 005');
  assert.equal(said('stream.withdrawn', { amount: '20', withdrawnAmount: '70' }), '20, in all 70');
  assert.equal(said('stream.cancelled', { refundedAmount: '30', amountWithdrawn: '70' }), 'refund 30, paid 70');
  assert.equal(said('stream.completed', { totalWithdrawn: big }), 'paid 9 007 199 254 740 993');
  assert.equal(said('stream.fee_collected', { feeAmount: '3' }), 'fee 3');
  assert.equal(said('stream.rate_modified', { oldRatePerSecond: '3', newRatePerSecond: '4' }), '3/s → 4/s');
  assert.equal(said('stream.changed', { name: 'dispute_requested' }), 'dispute_requested');
  assert.equal(said('protocol.changed', { name: 'paused' }), 'paused');
  assert.equal(said('stream.snapshot', { status: 'PAUSED', withdrawnAmount: '7', depositedAmount: '1000' }), 'PAUSED, 7 of 1 000');
  assert.equal(said('stream.paused', { pausedAt: 7 }), '');
});

/** Claimable until it was paused, so that the time of the test does not matter. */
const paused = {
  streamId: '18446744073709551615', sender: 'GA', recipient: null, tokenAddress: 'C', status: 'PAUSED', ratePerSecond: '3',
  depositedAmount: '1000', withdrawnAmount: '20', startTime: 100, pausedAt: 200, totalPausedDuration: 0, endTime: null,
  lastUpdateTime: 200, origin: 'api',
};
const cell = (name, stream) => {
  const column = COLUMNS.find((one) => one.name === name);
  return [column.value(stream), plain(column.text ? column.text(stream) : '')];
};
const fact = (name, stream) => {
  const [, value] = factsOf(stream).find(([one]) => one === name);
  return plain(value?.textContent ?? value);
};

test('shows of a stream what was paid, what is claimable, and where it comes from', () => {
  // by numbers, not by digits: 9 comes before 10
  assert.deepEqual(cell('id', paused), [18446744073709551615n, '18446744073709551615']);
  assert.equal(cell('claimable', paused)[0], 280n);
  assert.equal(cell('progress', paused)[0], 0.02);
  assert.deepEqual(cell('rate', paused), [3n, '3']);
  assert.deepEqual(cell('deposited', paused), [1000n, '1 000']);
  assert.equal(cell('recipient', paused)[1], 'not known');
  assert.equal(fact('Claimable now', paused), '280');
  assert.equal(fact('Paid', paused), '20');
  assert.equal(fact('Used up', paused), 'not while it rests');
  assert.equal(fact('Used up', { ...paused, status: 'COMPLETED' }), 'all was paid');
  assert.equal(fact('Used up', { ...paused, status: 'CANCELLED' }), 'it was cancelled');
  assert.equal(fact('Used up', { ...paused, status: 'ACTIVE' }), 'not known');
});

test('shows no amount of a stream of the chain that is not modelled', () => {
  const chain = { ...paused, origin: 'chain', modelled: false };
  assert.equal(cell('claimable', chain)[0], null);
  assert.equal(fact('Claimable now', chain), 'not known: not modelled');
  assert.deepEqual(
    [paused, { ...chain, modelled: true }, chain, { ...chain, verified: false }].map((stream) => cell('origin', stream)[0]),
    ['API', 'chain', 'chain, not modelled', 'chain, unverified'],
  );
});

test('says how far the chain was read, and that nothing was for too long', () => {
  const state = { standsStill: false, scannedLedger: 1190, lagLedgers: 0, contractUpgrade: null };
  assert.equal(leadOf(state), 'Read up to ledger 1,190.');
  assert.equal(leadOf({ ...state, lagLedgers: 1 }), 'Read up to ledger 1,190, 1 ledger behind.');
  assert.match(leadOf({ ...state, contractUpgrade: { alarm: true, ledger: 890 } }), /code was changed in ledger 890/);
  assert.doesNotMatch(leadOf({ ...state, contractUpgrade: { alarm: false, ledger: 890 } }), /code was changed/);
  assert.equal(leadOf({ ...state, standsStill: true, standsStillSeconds: 75 }), 'No ledger was read for 1 min 15 s.');
  assert.equal(leadOf({ ...state, scannedLedger: null, lagLedgers: null }), '');
});

test('says what the comparison with the chain has found', () => {
  const drift = { running: false, ended: null, compared: 0, later: 0, error: null, followedBy: null, drifts: [] };
  assert.match(driftWords(drift), /^No round has ended yet/);
  assert.match(driftWords({ ...drift, error: 'no node' }), /ended early: no node$/);
  assert.match(driftWords({ ...drift, running: true, compared: 2 }), /under way: 2 open streams .* as they should be/);
  const ended = { ...drift, ended: new Date(Date.now() - 60_500).toISOString(), compared: 3 };
  assert.match(driftWords(ended), /^The last round, 1 min 0 s ago, compared 3 open streams\. All of them are as they should be\.$/);
  assert.doesNotMatch(driftWords({ ...ended, drifts: [{}] }), /as they should be/);
  assert.match(driftWords({ ...ended, later: 1 }), /1 stream had changed meanwhile/);
  assert.doesNotMatch(driftWords({ ...ended, compared: 0 }), /as they should be/);
  assert.match(driftWords({ ...ended, error: 'no node' }), /as they should be\. It ended early: no node$/);
  assert.match(driftWords({ ...ended, followedBy: { id: 'x', name: 'node-2' } }), /^Node node-2 compares/);
  assert.match(driftWords({ ...ended, followedBy: { id: 'x' } }), /^Node x compares/);
});

test('knows the least and the most of what is known', () => {
  assert.deepEqual(extremes([null, 7, 0, null, 3]), [0, 7]);
  assert.deepEqual(extremes([null, null]), [null, null]);
});

test('shows a time that is none as the number that it is', () => {
  assert.equal(timeText(1e15), '1000000000000000 s');
  assert.match(timeText(1_769_846_400), /2026/);
});
