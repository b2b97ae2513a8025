import assert from 'node:assert/strict';
import test from 'node:test';
import { CommandTimes } from '../../../webapp/test/latency.js';
import { Measurements } from '../../../webapp/test/measurements.js';

const EVERYTHING = { all: true, types: [] };

function following(from, scope = EVERYTHING) {
  const measurements = new Measurements(new CommandTimes());
  measurements.begin(scope);
  measurements.connected({ clientId: 'c', from, head: from, resumed: null, how: 'first' });
  return measurements;
}

const event = (id, data = {}) => ({ id, type: 'stream.created', data, text: '', receivedAt: 0, at: performance.now() });
const said = ({ gaps }) => `${gaps.verdict().tone}: ${gaps.verdict().word}`;

test('counts what arrives and where it is', () => {
  const measurements = following(5);
  measurements.arrived(event(6));
  measurements.arrived(event(7));
  assert.deepEqual([measurements.received, measurements.lastSeq, said(measurements)], [2, 7, 'ok: no gaps']);
});

test('a state has no position', () => {
  const measurements = following(5);
  assert.equal(measurements.arrived(event(null, { streamId: '1', version: 3 })), null);
  assert.deepEqual([measurements.received, measurements.lastSeq], [1, null]);
});

test('counts as replayed what was in the log when it came back, and measures the rest only', () => {
  const measurements = following(5);
  measurements.times.sent('before');
  measurements.times.sent('after');
  measurements.connected({ clientId: 'd', from: 5, head: 6, resumed: 5, how: 'dropped' });
  assert.equal(measurements.arrived(event(6, { reference: 'before' })), null);
  assert.ok(measurements.arrived(event(7, { reference: 'after' })) >= 0);
  assert.deepEqual(measurements.resume, { after: 5, head: 6, how: 'dropped', replayed: 1 });
  assert.equal(measurements.times.count, 1);
});

test('emptied it counts from nothing, and still misses what is missing', () => {
  const measurements = following(5);
  measurements.arrived(event(6));
  measurements.clear();
  assert.deepEqual([measurements.received, measurements.lastSeq], [0, 6]);
  measurements.arrived(event(8));
  assert.equal(said(measurements), 'bad: 1 missing');
});

test('starts over with the subscription it has: in another log nothing follows', () => {
  const measurements = following(5);
  measurements.arrived(event(6));
  measurements.startOver();
  measurements.connected({ clientId: 'd', from: 1, head: 1, resumed: null, how: 'page' });
  assert.deepEqual([measurements.received, measurements.lastSeq, measurements.resume], [0, null, null]);
  measurements.arrived(event(3));
  assert.equal(said(measurements), 'bad: 1 missing');
});

test('somebody else starts over with less', () => {
  const measurements = following(5);
  measurements.startOver({ all: false, types: [] });
  measurements.arrived(event(9));
  measurements.arrived(event(30));
  assert.equal(said(measurements), 'ok: no gaps');
});
