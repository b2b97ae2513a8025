import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { settled } from './fake-browser.js';

mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 });

const otherTabs = new EventTarget();
const told = [];
globalThis.document = Object.assign(new EventTarget(), { baseURI: 'http://127.0.0.1:1/', visibilityState: 'visible' });
globalThis.sessionStorage = new Map();
sessionStorage.getItem = (name) => sessionStorage.get(name) ?? null;
sessionStorage.setItem = sessionStorage.set;
sessionStorage.removeItem = sessionStorage.delete;
globalThis.BroadcastChannel = class {
  addEventListener(type, handle) {
    otherTabs.addEventListener(type, handle);
  }
  postMessage(message) {
    told.push(message);
  }
};

/** The server: the cookie's account, the tokens' accounts, and its requests. */
const server = { mode: 'secured', cookie: null, tokens: {}, requests: [] };
const json = (body, status = 200) => new Response(JSON.stringify(body), { status });
globalThis.fetch = async (url, { method = 'GET', headers = {} } = {}) => {
  const path = new URL(url).pathname;
  server.requests.push({ path, method, headers });
  const token = headers.Authorization?.slice('Bearer '.length);
  const account = token === undefined ? server.cookie : (server.tokens[token] ?? null);
  if (path === '/health') {
    return json({ mode: server.mode });
  }
  if (token !== undefined && account === null) {
    return json({ title: 'Unauthorized', detail: 'that token is no good' }, 401);
  }
  if (headers['FlowFi-Account'] !== undefined && headers['FlowFi-Account'] !== account) {
    return json({ title: 'Conflict' }, 409);
  }
  if (path === '/v1/auth' && method === 'DELETE') {
    server.cookie = null;
    return json({});
  }
  return json({
    walletLogin: true,
    signedIn: account !== null,
    ...(account === null ? {} : { account, roles: account === 'ADMIN' ? ['admin'] : [], expiresIn: 60 }),
  });
};

const { credentials } = await import('../../../webapp/shared/credentials.js');
const { KEEP, session } = await import('../../../webapp/shared/session.js');
const { getJson } = await import('../../../webapp/shared/api.js');

/** Starts each test signed out, with a server that knows these. */
async function begin(known = {}) {
  Object.assign(server, { cookie: null, tokens: {} });
  await session.signOut();
  Object.assign(server, known);
  server.requests.length = told.length = 0;
}

test('is nobody in open mode, and needs nothing', async () => {
  server.mode = 'open';
  await begin();
  await session.look();
  assert.deepEqual([session.mode, session.required, session.token, session.account], ['open', false, null, null]);
  assert.deepEqual(credentials.headers, {});
  server.mode = 'secured';
  session.mode = null;
});

test('needs a sign-in where the server knows nobody', async () => {
  await begin();
  await session.look();
  assert.deepEqual([session.mode, session.required], ['secured', true]);
});

test('asks one question for all who want to know', async () => {
  await begin();
  await Promise.all([session.look(), session.look(), session.look()]);
  assert.deepEqual(server.requests.map(({ path }) => path), ['/v1/auth/session']);
});

test('with a token it acts by header, and gives it to a feed', async () => {
  await begin({ tokens: { t1: 'GA' } });
  await session.withToken('t1', KEEP.page);
  assert.deepEqual([session.account, session.token, session.required, session.kept], ['GA', 't1', false, 'page']);
  assert.deepEqual(credentials.headers, { Authorization: 'Bearer t1', 'FlowFi-Account': 'GA' });
  assert.equal(sessionStorage.size, 0);
});

test('keeps a token in the tab only if it is told to, and forgets it at the end', async () => {
  await begin({ tokens: { t1: 'GA' } });
  await session.withToken('t1', KEEP.tab);
  assert.deepEqual([...sessionStorage.values()], ['t1']);
  await session.signOut();
  assert.equal(sessionStorage.size, 0);
  assert.deepEqual([session.account, session.ended], [null, null]);
});

test('a token that is no good leaves nothing behind', async () => {
  await begin();
  await assert.rejects(session.withToken('bad', KEEP.tab), { status: 401, message: 'that token is no good' });
  assert.deepEqual([session.account, credentials.headers, sessionStorage.size], [null, {}, 0]);
});

test('with a cookie it has no token, and still says who it takes itself for', async () => {
  await begin({ cookie: 'GA' });
  await session.look();
  assert.deepEqual([session.account, session.token, session.kept], ['GA', null, 'cookie']);
  assert.deepEqual(credentials.headers, { 'FlowFi-Account': 'GA' });
});

test('sees everything as nobody in open mode or as an administrator only', async () => {
  await begin({ tokens: { a: 'ADMIN', t1: 'GA' } });
  await session.withToken('a', KEEP.page);
  assert.equal(session.seesEverything, true);
  await session.withToken('t1', KEEP.page);
  assert.equal(session.seesEverything, false);
});

test('ends by the clock, and knows who it was', async () => {
  await begin({ tokens: { t1: 'GA' } });
  await session.withToken('t1', KEEP.tab);
  mock.timers.tick(61_000);
  assert.equal(session.account, 'GA');
  mock.timers.tick(1000);
  assert.equal(session.account, null);
  assert.equal(session.ended.account, 'GA');
  assert.equal(sessionStorage.size, 0);
});

test('sees that the cookie is another account’s now, and says so once', async (t) => {
  await begin({ cookie: 'GA' });
  const replaced = [];
  const note = ({ detail }) => replaced.push(detail);
  session.addEventListener('replaced', note);
  t.after(() => session.removeEventListener('replaced', note));
  await session.look();
  assert.deepEqual(replaced, []);
  server.cookie = 'GB';
  await assert.rejects(getJson('v1/streams'), { status: 409 });
  await settled();
  assert.equal(session.account, 'GB');
  assert.deepEqual(replaced, [{ before: 'GA', account: 'GB' }]);
  otherTabs.dispatchEvent(new Event('message'));
  await settled();
  assert.equal(replaced.length, 1);
});

test('looks again when the server no longer knows its token', async () => {
  await begin({ tokens: { t1: 'GA' } });
  await session.withToken('t1', KEEP.tab);
  server.tokens = {};
  await assert.rejects(getJson('v1/streams'), { status: 401 });
  await settled();
  assert.deepEqual([session.account, session.ended.account, sessionStorage.size], [null, 'GA', 0]);
  assert.deepEqual(told, ['look']);
});
