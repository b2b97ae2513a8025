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
  const told = (who) => to(who).map(([word, detail]) => `${word} ${detail?.id ?? detail?.position ?? (detail?.behind ? 'behind' : '')}`.trim());
  return { server, hub, told, to };
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

test('a tab that comes later is told the time of the server', async (t) => {
  const { server, hub, told, to } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41, { Date: 'Tue, 14 Nov 2023 22:15:00 GMT' });
  hub.join('late', { position: null, log: undefined });
  assert.equal(told('late').at(-1), 'connected 41');
  assert.equal(to('late').at(-1)[1].skew, 100_500);
});

test('a tab that was there before gets what it has missed', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  await events(server, 42, 44);
  hub.join('back', { position: 43, log: 'a' });
  // what it knows already it drops by itself
  assert.deepEqual(told('back'), ['joined', 'connected 43', 'event 42', 'event 43', 'event 44', 'heartbeat 44']);
});

test('a tab that has a position, and does not know of which log, goes on from there', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  await events(server, 42, 44);
  hub.join('named', { position: 43, log: undefined });
  assert.deepEqual(told('named'), ['joined', 'connected 43', 'event 42', 'event 43', 'event 44', 'heartbeat 44']);
});

test('a tab that was there before gets what it has missed also after a cut', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  await events(server, 42, 42);
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 42 }, 42);
  hub.join('back', { position: 41, log: 'a' });
  assert.deepEqual(told('back'), ['joined', 'connected 41', 'event 42', 'heartbeat 42']);
});

test('a tab that needs more than is kept is sent away', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  hub.join('older', { position: 40, log: 'a' });
  assert.deepEqual(told('older'), ['restart behind']);
  await server.last.write(Array.from({ length: 1002 }, (_, i) => `event: x\ndata: {}\nid: ${42 + i}\n\n`).join(''));
  hub.join('old', { position: 42, log: 'a' });
  assert.deepEqual(told('old'), ['restart behind']);
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
  const begun = ['joined', 'connected', 'event', 'snapshot 9'];
  assert.deepEqual(told('early'), begun);
  // from here on it hears what all hear
  await server.last.lose();
  await server.pass(1);
  await server.last.greet({ head: 9 }, 9);
  assert.deepEqual(told('early'), begun);
});

test('a tab that knows less than the snapshot began with is sent away', async (t) => {
  const { server, hub, told } = await hubOf(t, true);
  await server.last.greet({ head: 9 });
  await server.last.say('snapshot_end', { head: 9 }, 9);
  hub.join('old', { position: 3, log: 'a' });
  assert.deepEqual(told('old'), ['restart behind']);
  hub.join('back', { position: 9, log: 'a' });
  assert.deepEqual(told('back'), ['joined', 'connected 9', 'heartbeat 9']);
});

test('who joins a connection that was refused makes it try again, and waits for that', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  await server.last.lose();
  await server.pass(1);
  await server.last.refuse(403);
  await server.pass(3600);
  assert.equal(server.all.length, 2);
  hub.join('late', { position: 41, log: 'a' });
  await settled();
  assert.equal(server.all.length, 3);
  assert.deepEqual(told('late'), []);
  await server.last.greet({ head: 41 }, 41);
  assert.deepEqual(told('late'), ['joined', 'connected 41', 'heartbeat 41']);
});

test('an event without a position is not told to who was not there', async (t) => {
  const { server, hub, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  await server.last.say('notice', { message: 'maintenance' });
  hub.join('back', { position: 41, log: 'a' });
  assert.deepEqual(told('back'), ['joined', 'connected 41', 'heartbeat 41']);
});

test('what comes twice is told once', async (t) => {
  const { server, told } = await hubOf(t);
  await server.last.greet({ head: 41 }, 41);
  for (const id of [42, 43, 43, 42]) {
    await events(server, id, id);
  }
  assert.deepEqual(told(null), ['connected 41', 'event 42', 'event 43']);
});

/** What is in the environment for the time of a test. */
function globally(t, values) {
  for (const [name, value] of Object.entries(values)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
}

/** The environment of a tab. */
function pageWith(t, locks, more = {}) {
  const document = Object.assign(new EventTarget(), { baseURI: 'http://h:1/' });
  globally(t, { document, navigator: { locks }, ...more });
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
  globally(t, { navigator: { locks }, SharedWorker: Worker });
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

/* ---- what a client does that shares as it can: `share: auto` ---- */

/** A tab of a browser that has everything, unless a test takes it away; and a client in it that may share. */
function tabOf(t, missing = {}) {
  const server = fakeServer(t);
  /** What runs every few seconds. Node's clock for tests goes on with an interval that ends itself. */
  const looks = new Set();
  const timers = {
    setInterval: (look) => looks.add(look) && look,
    clearInterval: (look) => looks.delete(look),
  };
  const tab = {
    server,
    /** @type {SharedWorker[]} all that were begun */
    workers: [],
    /** How a lock was asked for: held at once, unless another tab has it. */
    asked: [],
    held: true,
    /** Channels to the other tabs. */
    channels: [],
    /** What was said in them. */
    posted: [],
  };
  class Worker {
    port = { said: [], postMessage: (message) => this.port.said.push(message.word), close() {} };
    constructor() {
      tab.workers.push(this);
    }
  }
  class Channel {
    constructor(name) {
      tab.channels.push(name);
      /** @param {string} word of another tab */
      tab.hear = (word, detail, from = 'another', to = null) => this.onmessage({ data: { to, from, word, detail } });
    }
    postMessage({ word, from }) {
      tab.posted.push(word);
      tab.id = from;
    }
    close() {}
  }
  const locks = {
    request: (name, { signal, steal }, lead) =>
      new Promise((resolve, reject) => {
        tab.asked.push(steal ? 'steal' : 'wait');
        signal?.addEventListener('abort', () => reject(signal.reason));
        if (tab.held) {
          resolve(lead());
        }
      }),
  };
  pageWith(t, locks, { fetch: server.fetch, SharedWorker: Worker, BroadcastChannel: Channel, ...timers, ...missing });
  tab.client = new FlowFiEvents({ all: true, account: null });
  t.after(() => tab.client.close());
  /** Opens the client. */
  tab.open = async () => {
    tab.client.open();
    await settled();
  };
  /** Nobody has said anything for a minute. */
  tab.silence = async () => {
    await server.pass(60);
    for (const look of [...looks]) {
      look();
    }
    await settled();
    await settled();
  };
  /** The only connection is this tab's. */
  tab.isConnectedItself = async () => {
    assert.equal(server.all.length, 1);
    await server.last.greet({ head: 41 }, 41);
    assert.equal(tab.client.status.name, 'open');
    assert.equal(tab.client.position, 41);
  };
  return tab;
}

test('where there is a SharedWorker, a tab leaves the connection to it', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  assert.deepEqual(tab.workers.map(({ port }) => port.said), [['join']]);
  assert.deepEqual(tab.channels, []);
  assert.equal(tab.server.all.length, 0);
});

test('a tab that is closed while it looks for its place joins no worker', async (t) => {
  const tab = tabOf(t);
  const storage = {
    getItem() {
      client.close();
      return null;
    },
  };
  const client = new FlowFiEvents({ all: true, account: null, storage });
  client.open();
  await settled();
  assert.equal(client.status.name, 'closed');
  assert.deepEqual(tab.workers.flatMap(({ port }) => port.said), []);
});

test('a worker that cannot be loaded, and was left, says nothing of the next one', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  tab.client.close();
  tab.workers[0].onerror(new Event('error'));
  await tab.open();
  assert.equal(tab.workers.length, 2);
  assert.deepEqual(tab.channels, []);
});

test('a tab whose worker cannot be loaded leads', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  tab.workers[0].onerror(new Event('error'));
  await settled();
  assert.equal(tab.workers.length, 1);
  assert.deepEqual(tab.workers[0].port.said, ['join', 'leave']);
  assert.equal(tab.channels.length, 1);
  await tab.isConnectedItself();
});

test('a tab whose worker has ended begins another one at once', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  tab.held = false;
  let freed;
  navigator.locks.request = async (name, options, given) => {
    if (name === 'of the worker') {
      assert.equal(options.mode, 'shared');
      freed = given;
    }
  };
  tab.workers[0].port.onmessage({ data: { word: 'lives', detail: { lock: 'of the worker' } } });
  assert.equal(tab.workers.length, 1);
  freed();
  await settled();
  assert.equal(tab.workers.length, 2);
  // It was left for the second one.
  freed();
  await settled();
  assert.equal(tab.workers.length, 2);
});

test('a tab that may not begin a worker leads', async (t) => {
  class Refused {
    constructor() {
      throw new DOMException('not from this address', 'SecurityError');
    }
  }
  const tab = tabOf(t, { SharedWorker: Refused });
  await tab.open();
  assert.equal(tab.channels.length, 1);
  await tab.isConnectedItself();
});

test('without locks a tab has its own connection, whatever else is there', async (t) => {
  const tab = tabOf(t, { navigator: {} });
  await tab.open();
  assert.deepEqual([tab.workers, tab.channels, tab.asked], [[], [], []]);
  await tab.isConnectedItself();
});

test('without a SharedWorker and a BroadcastChannel a tab has its own connection', async (t) => {
  const tab = tabOf(t, { SharedWorker: undefined, BroadcastChannel: undefined });
  await tab.open();
  assert.deepEqual(tab.asked, []);
  await tab.isConnectedItself();
});

test('a tab begins anew when its worker is silent, and is on its own after three times', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  for (const silences of [1, 2]) {
    await tab.silence();
    assert.equal(tab.workers.length, 1 + silences);
    assert.equal(tab.server.all.length, 0);
  }
  await tab.silence();
  assert.equal(tab.workers.length, 3);
  assert.deepEqual(tab.channels, []);
  await tab.isConnectedItself();
});

test('a tab that is closed counts no silence', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  tab.client.close();
  for (let silences = 0; silences < 3; silences++) {
    await tab.silence();
  }
  await tab.open();
  assert.equal(tab.workers.length, 2);
  assert.equal(tab.server.all.length, 0);
});

test('a tab gives a worker whose server is to be heard seldom three of its heartbeats', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  const tell = (word, detail) => tab.workers.at(-1).port.onmessage({ data: { word, detail } });
  await tell('joined');
  await tell('connected', { hello: { log: 'a', head: 41, heartbeat: 60 }, position: 41, resumed: null });
  await tab.silence();
  await tab.silence();
  assert.equal(tab.workers.length, 1);
  await tab.silence();
  await tab.silence();
  assert.equal(tab.workers.length, 2);
});

test('a tab has the time of the server from its worker', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  const tell = (word, detail) => tab.workers.at(-1).port.onmessage({ data: { word, detail } });
  await tell('joined');
  await tell('connected', { hello: { log: 'a', head: 41 }, position: 41, resumed: null, skew: -90_000 });
  assert.equal(tab.client.now(), 1_700_000_000 - 90);
});

test('a tab that is ahead of its worker does not go back, and hears nothing twice', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  const ids = [];
  tab.client.on('event', ({ id }) => ids.push(id));
  const tell = (word, detail) => tab.workers.at(-1).port.onmessage({ data: { word, detail } });
  const event = (id) => tell('event', { type: 'x', text: '{}', data: {}, id, after: id - 1 });
  await tell('joined');
  await tell('connected', { hello: { log: 'a', head: 44 }, position: 44, resumed: 44 });
  await tell('heartbeat', { position: 42 });
  assert.equal(tab.client.position, 44);
  for (const id of [43, 44, 45]) {
    await event(id);
  }
  assert.deepEqual(ids, [45]);
});

test('silences count only in a row', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  await tab.silence();
  await tab.silence();
  await tab.workers.at(-1).port.onmessage({ data: { word: 'status', detail: { name: 'connecting' } } });
  await tab.silence();
  await tab.silence();
  assert.equal(tab.workers.length, 5);
  assert.equal(tab.server.all.length, 0);
  await tab.silence();
  await tab.isConnectedItself();
});

test('a tab takes the lead from one that is silent', async (t) => {
  const tab = tabOf(t, { SharedWorker: undefined });
  tab.held = false;
  await tab.open();
  assert.deepEqual(tab.asked, ['wait']);
  assert.equal(tab.server.all.length, 0);
  tab.held = true;
  await tab.silence();
  assert.deepEqual(tab.asked, ['wait', 'steal']);
  await tab.isConnectedItself();
});

test('a tab that leads hears nothing of another that thinks that it does', async (t) => {
  const tab = tabOf(t, { SharedWorker: undefined });
  await tab.open();
  await tab.isConnectedItself();
  tab.hear('status', { name: 'closed', reason: 'of the other' });
  assert.equal(tab.client.status.name, 'open');
});

test('a tab hears nothing of one that has slept and still thinks that it leads', async (t) => {
  const tab = tabOf(t, { SharedWorker: undefined });
  tab.held = false;
  await tab.open();
  const ids = [];
  tab.client.on('event', ({ id }) => ids.push(id));
  const greet = (from, position) => {
    tab.hear('joined', null, from, tab.id);
    tab.hear('connected', { hello: { log: 'a', head: position }, position, resumed: null }, from, tab.id);
  };
  greet('old', 41);
  assert.equal(tab.client.position, 41);
  tab.hear('leads', null, 'new');
  greet('old', 41);
  tab.hear('status', { name: 'closed', reason: 'of the old one' }, 'old');
  // The new one has told the others of 42 and 43 already.
  tab.hear('heartbeat', { position: 43 }, 'new');
  greet('new', 41);
  for (const id of [42, 43]) {
    tab.hear('event', { type: 'x', text: '{}', data: {}, id, after: id - 1 }, 'new', tab.id);
  }
  tab.hear('event', { type: 'x', text: '{}', data: {}, id: 50, after: 49 }, 'old');
  assert.deepEqual(ids, [42, 43]);
  assert.deepEqual([tab.client.position, tab.client.status.name], [43, 'connecting']);
});

test('a tab that is closed before it has taken the lead does not lead', async (t) => {
  const tab = tabOf(t, { SharedWorker: undefined });
  tab.held = false;
  await tab.open();
  let given;
  navigator.locks.request = (name, options, lead) => {
    given = [options.steal, lead];
    return new Promise(() => {});
  };
  await tab.silence();
  const [steal, lead] = given;
  assert.equal(steal, true);
  tab.client.close();
  lead();
  await settled();
  assert.equal(tab.server.all.length, 0);
});

/* ---- the network is back, or somebody looks: whoever has the connection must hear of it ---- */

test('a tab that leads wakes its connection, also for another tab', async (t) => {
  const tab = tabOf(t, { SharedWorker: undefined });
  await tab.open();
  await tab.isConnectedItself();
  for (const wake of [() => tab.client.wake(), () => tab.hear('wake', 'visible again')]) {
    const before = tab.server.all.length;
    wake();
    await settled();
    assert.equal(tab.server.all.length, before);
    await tab.server.pass(16);
    wake();
    await settled();
    assert.equal(tab.server.all.length, before + 1);
    assert.equal(tab.server.last.query.lastEventId, '41');
    await tab.server.last.greet({ head: 41 }, 41);
  }
});

test('a tab that does not lead tells the one that does', async (t) => {
  const tab = tabOf(t, { SharedWorker: undefined });
  tab.held = false;
  await tab.open();
  tab.client.wake();
  assert.equal(tab.posted.at(-1), 'wake');
});

test('a tab with a worker tells it', async (t) => {
  const tab = tabOf(t);
  await tab.open();
  tab.client.wake();
  assert.deepEqual(tab.workers[0].port.said, ['join', 'wake']);
});

test('a worker asks a tab who it is, and wakes its connection when a tab says so', async (t) => {
  const server = fakeServer(t);
  globally(t, { navigator: { locks: { request: () => new Promise(() => {}) } }, fetch: server.fetch });
  t.after(() => delete globalThis.onconnect);
  await import('../../../webapp/lib/worker.js');
  const said = [];
  const port = {
    postMessage: ({ word, detail }) => {
      said.push(word);
      if (word === 'who') {
        queueMicrotask(() => port.onmessage({ data: { word: 'who', detail: { account: null, ask: detail.ask } } }));
      }
    },
  };
  globalThis.onconnect({ ports: [port] });
  const settings = { base: 'http://h:1/', all: true };
  const from = { position: null, log: undefined };
  port.onmessage({ data: { word: 'join', detail: { key: 'k', lock: 'l', settings, from } } });
  t.after(() => port.onmessage({ data: { word: 'leave' } }));
  await settled();
  assert.deepEqual(said.slice(0, 3), ['joined', 'status', 'who']);
  await server.last.greet({ head: 41 }, 41);
  port.onmessage({ data: { word: 'wake', detail: 'online again' } });
  await server.pass(16);
  assert.equal(server.all.length, 1);
  port.onmessage({ data: { word: 'wake', detail: 'online again' } });
  await settled();
  assert.equal(server.all.length, 2);
  assert.equal(server.last.query.lastEventId, '41');
});
