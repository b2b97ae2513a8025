import assert from 'node:assert/strict';
import test from 'node:test';
import { asMillis, CommandTimes } from '../../../webapp/test/latency.js';

test('measures the commands of this page only', () => {
  const times = new CommandTimes();
  times.sent('a');
  assert.equal(times.arrived('b', performance.now(), false), null);
  assert.equal(times.arrived(undefined, performance.now(), false), null);
  assert.ok(times.arrived('a', performance.now() + 40, false) >= 40);
  assert.equal(times.count, 1);
});

test('counts a command with two events once', () => {
  const times = new CommandTimes();
  times.sent('a');
  times.arrived('a', performance.now(), false);
  times.arrived('a', performance.now(), false);
  assert.equal(times.count, 1);
});

test('takes the wait in the log for no latency', () => {
  const times = new CommandTimes();
  times.sent('a');
  assert.equal(times.arrived('a', performance.now() + 60_000, true), null);
  assert.equal(times.arrived('a', performance.now() + 60_000, false), null);
  assert.equal(times.quantile(0.5), null);
});

test('keeps the latest 500 samples', () => {
  const times = new CommandTimes();
  for (let i = 0; i < 501; i++) {
    times.sent(`r${i}`);
    times.arrived(`r${i}`, performance.now() + (i === 0 ? 100_000 : 1), false);
  }
  assert.equal(times.count, 500);
  assert.ok(times.quantile(1) < 100_000);
});

test('writes milliseconds', () => {
  assert.equal(asMillis(null), '–');
  assert.equal(asMillis(9.96), '10.0 ms');
  assert.equal(asMillis(123.6), '124 ms');
});
