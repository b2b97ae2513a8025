import assert from 'node:assert/strict';
import test from 'node:test';
import { claimable, groupDigits, parties, share, shortKey } from '../../../webapp/shared/amounts.js';

const stream = {
  status: 'ACTIVE',
  ratePerSecond: '5',
  depositedAmount: '1000',
  withdrawnAmount: '20',
  startTime: 100,
  pausedAt: null,
  totalPausedDuration: 0,
};

test('counts what was streamed, less what was withdrawn', () => {
  assert.equal(claimable(stream, 150), 230n);
});

test('is never below nothing and never above the deposit', () => {
  assert.equal(claimable(stream, 50), 0n);
  assert.equal(claimable(stream, 103), 0n);
  assert.equal(claimable(stream, 99999), 980n);
});

test('stands still while a stream is paused', () => {
  assert.equal(claimable({ ...stream, status: 'PAUSED', pausedAt: 140, totalPausedDuration: 10 }, 99999), 130n);
});

test('pays nothing out of a stream that has ended', () => {
  assert.equal(claimable({ ...stream, status: 'CANCELLED' }, 150), 0n);
  assert.equal(claimable({ ...stream, status: 'COMPLETED' }, 150), 0n);
});

test('keeps every digit of an amount that no double can hold', () => {
  const large = { ...stream, ratePerSecond: '9007199254740993', depositedAmount: '170141183460469231731687303715884105727' };
  assert.equal(claimable({ ...large, startTime: 0, withdrawnAmount: '0' }, 3), 27021597764222979n);
  assert.equal(groupDigits('9007199254740993'), '9\u202f007\u202f199\u202f254\u202f740\u202f993');
});

test('draws no bar for an empty deposit', () => {
  assert.equal(share('5', '0'), 0);
  assert.equal(share('1', '3'), 0.3333);
});

test('names who pays whom, and says which of them the chain has not told yet', () => {
  assert.equal(parties({ sender: 'GABCDEFGH', recipient: 'CABCDEFGH' }), 'GABCDEFGH → CABCDEFGH');
  assert.equal(parties({ sender: 'GABCDEFGH', recipient: null }, shortKey), 'GABC…EFGH → ?');
  assert.equal(parties({ sender: null, recipient: 'CABCDEFGH' }, shortKey), '? → CABC…EFGH');
  assert.equal(parties({ sender: null, recipient: null }), '');
  assert.equal(parties({}), '');
});
