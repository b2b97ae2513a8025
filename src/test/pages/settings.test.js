import assert from 'node:assert/strict';
import test from 'node:test';
import { readSettings, writeSettings } from '../../../webapp/test/settings.js';

test('shows everything where nothing is asked for', () => {
  assert.equal(readSettings('').all, true);
  assert.equal(readSettings('?streams=1').all, false);
  assert.equal(readSettings('?all=false').all, false);
});

test('reads lists by comma and by repetition', () => {
  assert.deepEqual(readSettings('?streams=1,2&streams=3').streams, ['1', '2', '3']);
});

test('writes what it reads', () => {
  for (const search of ['?all=true', '?all=false&streams=1,2&types=stream.paused&snapshot=true&connect=true&lastEventId=7&heartbeat=5&away=9']) {
    assert.equal(writeSettings(readSettings(search)), search);
  }
});
