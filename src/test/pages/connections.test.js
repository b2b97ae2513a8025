import assert from 'node:assert/strict';
import test from 'node:test';

// The environment of the module in a page.
globalThis.document = Object.assign(new EventTarget(), { baseURI: 'http://h:1/admin/', visibilityState: 'visible' });
const { filterText } = await import('../../../webapp/admin/connections.js');

test('says what a connection is sent', () => {
  const none = { all: false, streams: [], users: [], types: [] };
  const key = 'GBTSE4RMW65WAJUVUPWDNPPWPS3IAS32BNNKSHMWAQ7HWSMHQWJ2AQS6';
  assert.equal(filterText({ ...none, all: true }), 'everything');
  assert.equal(filterText({ ...none, streams: ['7'] }), 'stream 7');
  assert.equal(filterText({ ...none, streams: ['7', '8'], types: ['stream.paused'] }), 'streams 7, 8 · only stream.paused');
  // whole, so that one can search for it
  assert.equal(filterText({ ...none, users: [key] }), key);
});
