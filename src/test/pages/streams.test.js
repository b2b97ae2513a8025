import assert from 'node:assert/strict';
import test from 'node:test';
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
