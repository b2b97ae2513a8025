import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { EVENT_TYPES } from '../../../webapp/lib/filters.js';

// The description is made of the server's code, and the build compares the two.
const described = JSON.parse(readFileSync(new URL('../../../webapp/openapi.json', import.meta.url), 'utf8'));

test('the client names each type of event that the server writes, in its order', () => {
  assert.deepEqual(EVENT_TYPES, described.components.schemas.EventType.enum);
});
