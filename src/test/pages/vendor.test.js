// Other people's files that the pages serve: unchanged, as npm has them.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';

/** Of the files in the package uplot 1.6.32. */
const UPLOT = {
  'LICENSE.txt': '8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd',
  'uPlot.iife.min.d.ts': 'af44374f6e808be4f7f3fa5888b9c7574dca9f8a15a66d54b6763535802c8080',
  'uPlot.iife.min.js': '19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f',
  'uPlot.min.css': 'df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04',
};

test('uPlot is as it was published', () => {
  const folder = new URL('../../../webapp/admin/vendor/uplot/', import.meta.url);
  assert.deepEqual(readdirSync(folder).sort(), [...Object.keys(UPLOT), 'README.txt'].sort());
  for (const [name, digest] of Object.entries(UPLOT)) {
    assert.equal(createHash('sha256').update(readFileSync(new URL(name, folder))).digest('hex'), digest, name);
  }
});
