import assert from 'node:assert/strict';
import test from 'node:test';
import { claimable } from '../../../webapp/lib/claimable.js';
import { Streams } from '../../../webapp/lib/streams.js';

const created = {
  streamId: '1', sender: 'GA', recipient: 'GB', tokenAddress: 'C', origin: 'api', version: 1,
  ratePerSecond: '3', depositedAmount: '1000', startTime: 100, timestamp: 90, reference: 'r',
};

function after(...events) {
  const streams = new Streams(2);
  for (const [type, data] of events) {
    streams.take('event', { type: `stream.${type}`, data: { streamId: '1', timestamp: 200, ...data } });
  }
  return streams.known.get('1');
}

test('a created stream is what the server would answer', () => {
  assert.deepEqual(after(['created', created]), {
    streamId: '1', sender: 'GA', recipient: 'GB', tokenAddress: 'C', ratePerSecond: '3', depositedAmount: '1000',
    withdrawnAmount: '0', startTime: 100, endTime: 434, lastUpdateTime: 90, status: 'ACTIVE', pausedAt: null,
    totalPausedDuration: 0, version: 1, origin: 'api',
  });
});

test('follows every kind of change', () => {
  const changes = [
    ['topped_up', { version: 2, newDepositedAmount: '9007199254740993' }],
    ['withdrawn', { version: 3, withdrawnAmount: '20' }],
    ['paused', { version: 4, pausedAt: 95, timestamp: 95 }],
    ['resumed', { version: 5, timestamp: 130 }],
    ['cancelled', { version: 6, amountWithdrawn: '60' }],
  ];
  const { depositedAmount, withdrawnAmount, totalPausedDuration, status, version } = after(['created', created], ...changes);
  // a pause counts from the start where it began before
  assert.deepEqual([depositedAmount, withdrawnAmount, totalPausedDuration, status, version],
    ['9007199254740993', '60', 30, 'CANCELLED', 6]);
  assert.equal(after(['created', created], ['completed', { version: 2 }]).status, 'COMPLETED');
  assert.equal(after(['created', created], ['paused', { version: 2, pausedAt: 150 }]).endTime, null);
});

test('does not take an event twice, nor an older state', () => {
  const paused = ['paused', { version: 2, pausedAt: 120 }];
  assert.equal(after(['created', created], paused, ['paused', { version: 2, pausedAt: 125 }]).pausedAt, 120);
  assert.equal(after(['created', created], paused, ['snapshot', created]).status, 'PAUSED');
});

test('knows a stream no more whose event it has missed', () => {
  assert.equal(after(['created', created], ['withdrawn', { version: 3, withdrawnAmount: '20' }]), undefined);
});

test('a reset in the middle of a snapshot leaves nothing of it', () => {
  const streams = new Streams(2);
  streams.take('connected', { position: null });
  streams.take('event', { type: 'stream.snapshot', data: created });
  streams.take('reset', { position: null });
  assert.deepEqual([streams.known.size, streams.complete], [0, false]);
});

test('the end of a snapshot that never began empties nothing', () => {
  const streams = new Streams(2);
  streams.take('event', { type: 'stream.created', data: created });
  assert.equal(streams.take('snapshot', { position: 9 }), undefined);
  assert.equal(streams.known.size, 1);
});

test('a stream whose end has come pays nothing more', () => {
  for (const end of [['completed', { version: 2 }], ['cancelled', { version: 2, amountWithdrawn: '60' }]]) {
    assert.equal(claimable(after(['created', created], end), 10_000), 0n);
  }
});

test('an event without a stream changes none', () => {
  const streams = new Streams(2);
  assert.equal(streams.take('event', { type: 'protocol.initialized', data: {} }), undefined);
});

test('drops the stream whose change is the longest ago', () => {
  const streams = new Streams(2);
  for (const streamId of ['1', '2', '1', '3']) {
    const version = streams.known.has(streamId) ? 2 : 1;
    const type = version === 1 ? 'stream.created' : 'stream.paused';
    streams.take('event', { type, data: { ...created, streamId, version, pausedAt: 120 } });
  }
  assert.deepEqual([...streams.known.keys()], ['1', '3']);
});

const onChain = { ...created, origin: 'chain', reference: undefined, transactionHash: 'ab', ledger: 5, transactionIndex: 1 };

function chainAfter(...events) {
  return after(['created', onChain], ...events.map(([type, data]) => [type, { sender: 'GA', recipient: 'GB', origin: 'chain', ...data }]));
}

test('a stream of the chain accrues as the contract computes it', () => {
  assert.equal(chainAfter().accruesFrom, 100);
  const s = chainAfter(
    ['withdrawn', { version: 2, withdrawnAmount: '300', timestamp: 200 }],
    ['paused', { version: 3, pausedAt: 210, timestamp: 210 }],
    ['resumed', { version: 4, timestamp: 250 }],
  );
  assert.deepEqual([s.accruesFrom, s.totalPausedDuration, s.endTime], [240, 40, 474]);
  assert.equal(claimable(s, 260), 60n);
  assert.equal(claimable(s, 10_000), 700n);
  const faster = chainAfter(['rate_modified', { version: 2, newRatePerSecond: '10', accruesFrom: 150 }]);
  assert.deepEqual([faster.endTime, claimable(faster, 151)], [250, 10n]);
});

test('follows a stream of the chain to another recipient', () => {
  const { sender, recipient } = chainAfter(['topped_up', { version: 2, sender: 'GC', recipient: 'GD', newDepositedAmount: '2000' }]);
  assert.deepEqual([sender, recipient], ['GC', 'GD']);
});

test('less than nothing is never claimable', () => {
  const early = { ...after(['created', created]), withdrawnAmount: '500' };
  assert.equal(claimable(early, 110), 0n);
  assert.equal(claimable({ ...early, withdrawnAmount: '1001' }, 10_000), 0n);
});

test('nothing is said of the future of a stream that is not modelled', () => {
  const s = chainAfter(['changed', { version: 2, name: 'dispute_requested', data: {} }]);
  assert.deepEqual([s.modelled, s.endTime, claimable(s, 300)], [false, null, null]);
  const allowance = after(['created', { ...onChain, ratePerSecond: '0', depositedAmount: '0', modelled: false }]);
  assert.deepEqual([allowance.endTime, claimable(allowance, 300)], [null, null]);
});

test('takes the state that an event of the chain tells', () => {
  const state = { tokenAddress: 'C', ratePerSecond: '3', depositedAmount: '1000', withdrawnAmount: '7', startTime: 100,
    status: 'CANCELLED', pausedAt: null, totalPausedDuration: 0, accruesFrom: 100, modelled: true, verified: false,
    asOfLedger: 0 };
  const s = chainAfter(['resumed', { version: 2, state }]);
  assert.deepEqual([s.status, s.withdrawnAmount, s.verified, 'asOfLedger' in s], ['CANCELLED', '7', false, false]);
  // also without the state before it
  assert.equal(after(['corrected', { origin: 'chain', sender: null, recipient: 'GB', version: 9, replaced: false, state }]).version, 9);
  assert.equal(after(['created', created], ['corrected', { origin: 'api', version: 2, replaced: true }]), undefined);
});
