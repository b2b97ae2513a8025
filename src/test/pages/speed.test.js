// Whether speed.mjs measures, and judges. How long it takes is not looked at here.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const SPEED = fileURLToPath(new URL('speed.mjs', import.meta.url));

const FIGURES = /^(raw|client) +p50 -?\d+\.\d{3} ms +p99 -?\d+\.\d{3} ms +of (\d+)$/gm;

function speed(...options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SPEED, '200', '1000', ...options], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return { status, figures: [...stdout.matchAll(FIGURES)].map(([, way, count]) => `${way} of ${count}`) };
}

test('the same events are measured raw and in the client', () => {
  assert.deepEqual(speed('--print'), { status: 0, figures: ['raw of 200', 'client of 200'] });
});

test('what is slower than the limit fails, and only that', () => {
  assert.equal(speed('--at-most=-60000').status, 1);
  assert.equal(speed('--at-most=60000').status, 0);
});
