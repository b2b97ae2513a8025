import assert from 'node:assert/strict';
import test from 'node:test';
import { settled } from './fake-browser.js';
import { fakeServer } from './fake-server.js';

// A page that somebody has opened for the sandbox.
globalThis.document = Object.assign(new EventTarget(), {
  baseURI: 'http://h:1/app/test-client.html?sandbox=true',
  visibilityState: 'visible',
});
globalThis.BroadcastChannel = class extends EventTarget {};
const { apiUrl, getJson, sandbox } = await import('../../../webapp/shared/api.js');
const { LiveFeed, subscribeUrl } = await import('../../../webapp/test/live-feed.js');
const { follow } = await import('../../../webapp/admin/follow.js');

const EVERYTHING = { all: true, streams: [], users: [], types: [], snapshot: false, lastEventId: '', heartbeat: '' };
const CALLER = { account: null, required: false, token: null, look() {}, expired() {} };

test('a page that was opened for the sandbox asks nothing of the real ledger', async (t) => {
  assert.equal(sandbox, true);
  const asked = [];
  t.mock.method(globalThis, 'fetch', async (url) => {
    asked.push(String(url));
    return new Response('{}');
  });
  await getJson('v1/streams?limit=5');
  await getJson('health');
  assert.deepEqual(asked, ['http://h:1/app/v1/streams?limit=5&sandbox=true', 'http://h:1/app/health?sandbox=true']);
});

test('what somebody has chosen for one request stands', () => {
  assert.equal(apiUrl('v1/streams?sandbox=false').search, '?sandbox=false');
});

test('a page that was opened for the sandbox follows no real event', async (t) => {
  const server = fakeServer(t);
  const feed = new LiveFeed(CALLER, server.fetch);
  t.after(() => feed.close());
  feed.open(EVERYTHING);
  await settled();
  assert.equal(server.last.query.sandbox, 'true');
  assert.equal(new URL(subscribeUrl(EVERYTHING)).search, '?all=true&sandbox=true');
});

test('nor does the console', async (t) => {
  const server = fakeServer(t);
  t.mock.method(globalThis, 'fetch', server.fetch);
  const following = follow(CALLER, {}, { event() {}, status() {}, missed() {} });
  t.after(() => following.close());
  await settled();
  assert.equal(server.last.query.sandbox, 'true');
});
