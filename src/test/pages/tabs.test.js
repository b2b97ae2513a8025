import assert from 'node:assert/strict';
import test from 'node:test';
import { FlowFiEvents } from '../../../webapp/lib/flowfi-events.js';
import { Streams } from '../../../webapp/lib/streams.js';
import { Hub, shared } from '../../../webapp/lib/tabs.js';
import { settled } from './fake-browser.js';
import { fakeServer } from './fake-server.js';

/** A hub that is connected at 41, and what it sends to whom. */
async function hubOf(t, snapshot = false) {
  const server = fakeServer(t);
  const sent = [];
  const streams = snapshot ? new Streams(10) : undefined;
  const send = (to, word, detail) => {
    if (to === null) {
      streams?.take(word, detail);
    }
    sent.push([to, word, detail]);
  };
  const settings = { base: 'http://h:1/', all: true, snapshot, fetch: server.fetch };
  const hub = new Hub(settings, async () => ({ account: null }), send, streams);
  hub.start({ position: null, log: undefined });
  t.after(() => hub.stop());
  await settled();
  const to = (who) => sent.filter(([name, word]) => name === who && word !== 'status').map(([, word, detail]) => [word, detail]);
  const told = (who) => to(who).map(([word, detail]) => `${word} ${detail?.id ?? detail?.position ?? detail?.share ?? ''}`.trim());
  return { server, hub, told };
}

const events = async (server, from, to) => {
  for (let id = from; id <= to; id++) {
    await server.last.write(`event: x\ndata: {}\nid: ${id}\n\n`);
  }
};

test('a tab that comes later begins where the others are', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  await events(server, 42, 43);
  hub.join('late', { position: null, log: undefined });
  assert.deepEqual(told('late'), ['joined', 'connected 43']);
});

test('a tab that was there before gets what it has missed', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  await events(server, 42, 44);
  hub.join('back', { position: 43, log: 'a' });
  // what it knows already it drops by itself
  assert.deepEqual(told('back'), ['joined', 'connected 43', 'event 42', 'event 43', 'event 44', 'heartbeat 44']);
});

test('a tab that needs more than is kept is sent away', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  hub.join('older', { position: 40, log: 'a' });
  assert.deepEqual(told('older'), ['restart own']);
  await server.last.write(Array.from({ length: 1002 }, (_, i) => `event: x\ndata: {}\nid: ${42 + i}\n\n`).join(''));
  hub.join('old', { position: 42, log: 'a' });
  assert.deepEqual(told('old'), ['restart own']);
  hub.join('newer', { position: 43, log: 'a' });
  assert.equal(told('newer')[0], 'joined');
});

test('a tab with a position of another log starts over', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  hub.join('other', { position: 50, log: 'b' });
  assert.deepEqual(told('other'), ['joined', 'reset', 'connected 41']);
});

test('who joins before there is a position waits for it', async (t) => {
  const { server, hub, told } = await hubOf(t, true);
  await server.last.greet({ head: 9 });
  await server.last.say('stream.snapshot', { streamId: '1', version: 2 });
  hub.join('early', { position: null, log: undefined });
  assert.deepEqual(told('early'), []);
  await server.last.say('snapshot_end', { head: 9 }, 9);
  assert.deepEqual(told('early'), ['joined', 'connected', 'event', 'snapshot 9']);
});

/** The environment of a tab. */
function pageWith(t, locks) {
  for (const [name, value] of Object.entries({
    document: Object.assign(new EventTarget(), { baseURI: 'http://h:1/' }),
    navigator: { locks },
  })) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
}

test('in open mode, where nobody is known, a tab leads as nobody', async (t) => {
  const server = fakeServer(t);
  pageWith(t, { request: async (name, options, lead) => lead() });
  const session = async () => Response.json({ signedIn: false, walletLogin: false });
  const fetch = (url, init) => (new URL(url).pathname === '/v1/auth/session' ? session() : server.fetch(url, init));
  const client = new FlowFiEvents({ all: true, share: 'leader', fetch });
  client.open();
  await settled();
  await settled();
  assert.equal(server.all.length, 1);
  await server.last.greet({ head: 41 }, 41);
  assert.equal(client.status.name, 'open');
  assert.equal(client.position, 41);
  client.close();
});

test('a tab that has lost the lead to another one leaves its connection to it', async (t) => {
  const server = fakeServer(t);
  const asked = [];
  pageWith(t, {
    request: (name, options, lead) =>
      new Promise((resolve, stolen) => {
        asked.push(stolen);
        if (asked.length === 1) {
          lead();
        }
      }),
  });
  const client = new FlowFiEvents({ all: true, share: 'leader', account: null, fetch: server.fetch });
  client.open();
  await settled();
  await server.last.greet({ head: 41 }, 41);
  asked[0](new DOMException('stolen', 'AbortError'));
  await settled();
  assert.equal(server.last.open, false);
  assert.equal(server.all.length, 1);
  assert.equal(asked.length, 2);
  client.close();
});

test('a worker follows the ledger that its tabs follow, and tabs of the other have another', (t) => {
  const posted = [];
  const locks = { request: async (name, options, held) => held() };
  class Worker {
    port = { postMessage: (message) => posted.push(message.detail), close() {} };
  }
  for (const [name, value] of [['navigator', { locks }], ['SharedWorker', Worker]]) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name) ?? { value: undefined, configurable: true };
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => Object.defineProperty(globalThis, name, before));
  }
  for (const sandbox of [undefined, true]) {
    const client = () => ({ position: null, log: undefined });
    const settings = { base: 'http://h:1/', all: true, heartbeat: 5, sandbox };
    const link = shared({ as: 'auto', silences: 0 }, settings, 'GA', async () => ({}), client, undefined, () => {});
    link.start(false);
    link.stop();
  }
  const [real, tried] = posted.filter((detail) => detail?.settings);
  assert.equal(real.settings.sandbox, undefined);
  assert.equal(tried.settings.sandbox, true);
  assert.equal(tried.settings.heartbeat, 5);
  assert.notEqual(tried.key, real.key);
});
