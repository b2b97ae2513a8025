import assert from 'node:assert/strict';
import test from 'node:test';
import { GapCheck } from '../../../webapp/test/gaps.js';

const everything = () => new GapCheck({ all: true, types: [] });
const mine = () => new GapCheck({ all: false, types: [] });
const said = (gaps) => `${gaps.verdict().tone}: ${gaps.verdict().word}`;

test('is content with every position in turn', () => {
  const gaps = everything();
  gaps.connected(10);
  gaps.event(11, {});
  gaps.event(12, {});
  assert.equal(said(gaps), 'ok: no gaps');
});

test('sees the position that is missing, also the first one', () => {
  const gaps = everything();
  gaps.connected(10);
  gaps.event(13, {});
  assert.equal(said(gaps), 'bad: 2 missing');
  assert.equal(gaps.verdict().detail, 'First: #10 was followed by #13.');
});

test('sees an event that comes twice', () => {
  const gaps = mine();
  gaps.event(11, { streamId: '1', version: 1 });
  gaps.event(11, { streamId: '1', version: 1 });
  assert.equal(said(gaps), 'bad: 1 repeated or out of order');
});

test('counts the versions of a stream where positions belong to others', () => {
  const gaps = mine();
  gaps.event(11, { streamId: '1', version: 1 });
  gaps.event(15, { streamId: '2', version: 7 });
  gaps.event(19, { streamId: '1', version: 4 });
  assert.equal(said(gaps), 'bad: 2 missing');
});

test('takes the versions of a snapshot as known', () => {
  const gaps = mine();
  gaps.snapshot({ streamId: '1', version: 3 });
  gaps.snapshotEnd(20);
  gaps.event(25, { streamId: '1', version: 5 });
  assert.equal(said(gaps), 'bad: 1 missing');
});

test('asks only for rising positions where types are left out', () => {
  const gaps = new GapCheck({ all: true, types: ['stream.paused'] });
  gaps.event(3, { streamId: '1', version: 2 });
  gaps.event(9, { streamId: '1', version: 8 });
  assert.equal(said(gaps), 'ok: no gaps');
});

test('starts over after a reset, and says so', () => {
  const gaps = everything();
  gaps.connected(5);
  gaps.reset(90);
  gaps.event(91, {});
  assert.equal(said(gaps), 'warn: no gaps since the reset');
});
