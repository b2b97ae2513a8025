import assert from 'node:assert/strict';
import test from 'node:test';
import { Watchdog } from '../../../webapp/lib/watchdog.js';

function quiet(t, seconds, heartbeat) {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  let silences = 0;
  const watchdog = new Watchdog(() => silences++);
  watchdog.expect(heartbeat);
  watchdog.start();
  t.mock.timers.tick(seconds * 1000);
  watchdog.stop();
  return silences;
}

test('waits for three quarters of a minute', (t) => assert.equal(quiet(t, 45, 0), 0));
test('then says that nobody is there', (t) => assert.equal(quiet(t, 50, 0), 1));
test('waits for three heartbeats of a server that says little', (t) => assert.equal(quiet(t, 85, 30), 0));
test('takes what is no number for no word at all', (t) => assert.equal(quiet(t, 50, 'x'), 1));
test('but not for more', (t) => assert.equal(quiet(t, 95, 30), 1));
