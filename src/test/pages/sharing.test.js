// Several tabs of one browser, whose clients share a connection: over the real worker, and over the tab that leads.
import assert from 'node:assert/strict';
import test from 'node:test';
import { FlowFiEvents, ProblemError } from '../../../webapp/lib/flowfi-events.js';
import { keyOf } from '../../../webapp/lib/places.js';
import '../../../webapp/lib/worker.js';
import { settled } from './fake-browser.js';
import { fakeServer } from './fake-server.js';

// The worker has begun: a tab that connects to it is told to this function.
const { onconnect } = globalThis;

/** Locks as a browser has them: one holds each, the others wait in line. */
class Locks {
  #lines = new Map();

  /** Those who hold it are gone, as with their process. */
  free(begin) {
    for (const [name, line] of this.#lines) {
      if (name.startsWith(begin)) {
        line.shift();
        queueMicrotask(() => line[0]?.begin());
      }
    }
  }

  /** No lock is given on before this. */
  late = Promise.resolve();

  request(name, given, hold = given) {
    const { signal, steal } = given;
    const line = this.#lines.get(name) ?? [];
    this.#lines.set(name, line);
    return new Promise((resolve, reject) => {
      const next = () => queueMicrotask(() => line[0]?.begin());
      let begun = false;
      const one = {
        reject,
        begin: async () => {
          if (begun) {
            return;
          }
          begun = true;
          await hold();
          await this.late;
          if (line[0] === one) {
            line.shift();
            next();
          }
          resolve();
        },
      };
      if (steal) {
        line.shift()?.reject(new DOMException('stolen', 'AbortError'));
        line.unshift(one);
        next();
      } else if (line.push(one) === 1) {
        next();
      }
      signal?.addEventListener('abort', () => {
        if (line.indexOf(one) > 0) {
          line.splice(line.indexOf(one), 1);
          reject(signal.reason);
        }
      });
    });
  }
}

/** The two ends of a channel to the worker. What is sent is copied, as a browser does. */
function portsToWorker() {
  const ends = [{}, {}];
  for (const [at, end] of ends.entries()) {
    end.close = () => {};
    end.postMessage = (message) => {
      const data = structuredClone(message);
      const other = ends[1 - at];
      // Nothing leaves a tab that has crashed, and one that sleeps hears nothing.
      queueMicrotask(() => end.crashed || other.asleep || other.onmessage?.({ data }));
    };
  }
  return ends;
}

/** A browser for one test, and the server of its tabs. */
function browserOf(t, share) {
  const server = fakeServer(t);
  const channels = new Set();
  const browser = { server, channels, ports: [] };
  class Worker {
    constructor() {
      const [port, ofWorker] = portsToWorker();
      this.port = port;
      browser.ports.push(port);
      onconnect({ ports: [ofWorker] });
    }
  }
  class Channel {
    constructor(name) {
      this.name = name;
      channels.add(this);
    }
    postMessage(message) {
      if (!channels.has(this)) {
        throw new DOMException('closed', 'InvalidStateError');
      }
      for (const other of channels) {
        if (other !== this && other.name === this.name) {
          const data = structuredClone(message);
          queueMicrotask(() => channels.has(other) && other.onmessage?.({ data }));
        }
      }
    }
    close() {
      channels.delete(this);
    }
  }
  const names = {
    document: Object.assign(new EventTarget(), { baseURI: 'http://h:1/', visibilityState: 'visible' }),
    navigator: { locks: new Locks() },
    fetch: server.fetch,
    SharedWorker: Worker,
    BroadcastChannel: Channel,
  };
  const clients = [];
  // First of all, or one of them would lead in another browser.
  t.after(async () => {
    clients.forEach((client) => client.close());
    await settled();
  });
  for (const [name, value] of Object.entries(names)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  /** Opens a tab. */
  browser.tab = async (options) => {
    const client = new FlowFiEvents({ all: true, account: null, share, ...options });
    const tab = { client, ids: [], words: [] };
    client.on('event', ({ id, type }) => tab.ids.push(id ?? type));
    for (const word of ['connected', 'reset', 'snapshot']) {
      client.on(word, ({ reason, position }) => tab.words.push([word, reason, position].filter((x) => x != null).join(' ')));
    }
    clients.push(client);
    client.open();
    await settled();
    await settled();
    tab.port = browser.ports.at(-1);
    return tab;
  };
  return browser;
}

const stream = (version, more = {}) => ({
  streamId: '1', version, ratePerSecond: '5', depositedAmount: '1000', withdrawnAmount: '0', startTime: 1_699_999_900,
  status: 'ACTIVE', pausedAt: null, totalPausedDuration: 0, claimableAmount: '1', ...more,
});

for (const share of ['worker', 'leader']) {
  const shared = (what, run) => test(`${share}: ${what}`, (t) => run(browserOf(t, share)));

  shared('all tabs have one connection, from the place of the first, and each hears each event once', async ({ server, tab }) => {
    const first = await tab({ after: 41, log: 'a' });
    assert.equal(server.last.query.lastEventId, '41');
    await server.last.greet({ head: 43 }, 41);
    await server.last.say('x', {}, 42);
    const fresh = await tab();
    assert.equal(fresh.client.position, 42);
    await server.last.say('x', {}, 43);
    const behind = await tab({ after: 42, log: 'a' });
    assert.equal(behind.client.position, 43);
    await server.last.say('x', {}, 44);
    assert.deepEqual([first.ids, fresh.ids, behind.ids], [[42, 43, 44], [43, 44], [43, 44]]);
    assert.deepEqual([first.client.position, fresh.client.position, behind.client.position], [44, 44, 44]);
    assert.deepEqual([first, fresh, behind].map(({ client }) => client.status.name), ['open', 'open', 'open']);
    assert.equal(server.all.length, 1);
    // each of them was greeted once, wherever the others came in
    for (const { words } of [first, fresh, behind]) {
      assert.equal(words.length, 1);
    }
  });

  shared('all tabs go on after a cut, and hear nothing twice', async ({ server, tab }) => {
    const tabs = [await tab(), await tab()];
    await server.last.greet({ head: 41 }, 41);
    await server.last.say('x', {}, 42);
    await server.last.lose();
    await server.pass(1);
    assert.equal(server.all.length, 2);
    assert.equal(server.last.query.lastEventId, '42');
    await server.last.greet({ head: 43 }, 42);
    await server.last.say('x', {}, 42);
    await server.last.say('x', {}, 43);
    assert.deepEqual(tabs.map(({ ids }) => ids), [[42, 43], [42, 43]]);
    assert.deepEqual(tabs.map(({ words }) => words), Array(2).fill(['connected 41', 'connected 42']));
  });

  shared('a tab with another filter has another connection', async ({ server, tab }) => {
    const all = await tab();
    const one = await tab({ all: false, streams: ['7'] });
    assert.deepEqual(server.all.map(({ query }) => query), [{ all: 'true' }, { streams: '7' }]);
    await server.all[0].greet({ head: 41 }, 41);
    await server.all[1].greet({ head: 41 }, 41);
    await server.all[0].say('x', {}, 42);
    assert.deepEqual([all.ids, one.ids], [[42], []]);
  });

  shared('a tab that needs more than is kept has its own connection until it is where the others are', async ({ server, tab }) => {
    const first = await tab();
    await server.last.greet({ head: 41 }, 41);
    const old = await tab({ after: 3, log: 'a' });
    assert.equal(server.all.length, 2);
    assert.equal(server.last.query.lastEventId, '3');
    await server.last.greet({ head: 41 }, 3);
    await server.last.say('x', {}, 4);
    assert.deepEqual([first.ids, old.ids], [[], [4]]);
    await server.all[0].say('x', {}, 42);
    await server.last.say('x', {}, 41);
    await settled();
    assert.deepEqual(server.all.map(({ open }) => open), [true, false]);
    await server.all[0].say('x', {}, 43);
    assert.deepEqual([first.ids, old.ids], [[42, 43], [4, 41, 42, 43]]);
    assert.equal(server.all.length, 2);
  });

  shared('a tab with a position of another log is told so, and does not use it', async ({ server, tab }) => {
    await tab();
    await server.last.greet({ head: 90 }, 90);
    const other = await tab({ after: 95, log: 'b' });
    assert.deepEqual(other.words, ['reset another_log', 'connected 90']);
    await server.last.say('x', {}, 91);
    assert.deepEqual(other.ids, [91]);
    assert.equal(other.client.position, 91);
    assert.equal(other.client.log, 'a');
  });

  shared('the first tab does not use a position of another log either', async ({ server, tab }) => {
    const first = await tab({ after: 95, log: 'b' });
    assert.equal(server.last.query.lastEventId, '95');
    await server.last.greet({ head: 90 }, 90);
    assert.deepEqual(first.words, ['reset another_log']);
    await server.pass(1);
    assert.deepEqual(server.last.query, { all: 'true' });
    await server.last.greet({ head: 90 }, 90);
    assert.equal(first.client.position, 90);
  });

  shared('a tab without a state gets none of those who have gone on without one', async ({ server, tab }) => {
    const first = await tab({ snapshot: true, after: 41, log: 'a' });
    await server.last.greet({ head: 41 }, 41);
    const fresh = await tab({ snapshot: true });
    assert.deepEqual([first.client.position, fresh.client.position, fresh.client.state.complete], [41, null, false]);
    assert.equal(server.all.length, 2);
    await server.last.greet({ head: 41 });
    await server.last.say('stream.snapshot', stream(3));
    await server.last.say('snapshot_end', { head: 41 }, 41);
    assert.deepEqual([fresh.client.state.complete, fresh.client.state.streams.size], [true, 1]);
  });

  shared('tabs have one state, also those that come later, and after a reset', async ({ server, tab }) => {
    const tabs = [await tab({ snapshot: true })];
    const seen = () => tabs.map(({ client }) => [client.state.complete, client.state.streams.get('1')?.version, client.position]);
    await server.last.greet({ head: 9 });
    await server.last.say('stream.snapshot', stream(3));
    // while the state comes
    tabs.push(await tab({ snapshot: true }));
    assert.deepEqual(seen(), [[false, undefined, null], [false, undefined, null]]);
    await server.last.say('snapshot_end', { head: 9 }, 9);
    tabs.push(await tab({ snapshot: true }));
    assert.deepEqual(seen(), Array(3).fill([true, 3, 9]));
    await server.last.say('stream.paused', { streamId: '1', version: 4, pausedAt: 1_699_999_950, timestamp: 1_699_999_950 }, 10);
    tabs.push(await tab({ snapshot: true }));
    assert.deepEqual(seen(), Array(4).fill([true, 4, 10]));
    assert.deepEqual(tabs.map(({ client }) => client.state.streams.get('1').status), Array(4).fill('PAUSED'));
    assert.deepEqual(tabs.map(({ client }) => client.state.streams.get('1').claimable), Array(4).fill(250n));

    // the server has lost what came after a position that they know, and tells the state anew
    await server.last.say('reset', { reason: 'unknown_position', oldest: 1, head: 5 }, '');
    await server.last.say('', { type: 'connected', log: 'a', head: 5, heartbeat: 10 });
    await server.last.say('stream.snapshot', stream(2));
    tabs.push(await tab({ snapshot: true }));
    assert.deepEqual(seen(), Array(5).fill([false, undefined, null]));
    await server.last.say('snapshot_end', { head: 5 }, 5);
    assert.deepEqual(seen(), Array(5).fill([true, 2, 5]));
    await server.last.say('x', {}, 6);
    tabs.push(await tab({ snapshot: true }));
    assert.deepEqual(seen(), Array(6).fill([true, 2, 6]));
    assert.equal(server.all.length, 1);
  });

  shared('a tab that comes after a reset gets nothing of what was before it', async ({ server, tab }) => {
    await tab();
    await server.last.greet({ head: 90 }, 90);
    await server.last.say('x', {}, 91);
    await server.last.say('reset', { reason: 'unknown_position', oldest: 1, head: 12 }, 12);
    await server.last.say('x', {}, 13);
    const late = await tab({ after: 12, log: 'a' });
    assert.deepEqual(late.ids, [13]);
    assert.equal(late.client.position, 13);
  });

  shared('a refusal reaches the tabs with its problem, and the next tab asks again', async ({ server, tab }) => {
    const first = await tab();
    await server.last.refuse(403);
    await settled();
    const { problem } = first.client.status;
    assert.ok(problem instanceof ProblemError);
    assert.deepEqual([problem.status, problem.title, problem.message], [403, 'T403', 'detail of 403']);
    assert.equal(problem.requestId, 'r403');
    const second = await tab();
    assert.equal(server.all.length, 2);
    await server.last.greet({ head: 41 }, 41);
    assert.equal(second.client.position, 41);
  });

  shared('a token that was refused is renewed by a tab', async ({ server, tab }) => {
    const asked = [];
    const { client } = await tab({ account: 'GA', token: ({ renew }) => asked.push(renew) && `t${asked.length}` });
    await server.last.refuse(401);
    await settled();
    assert.deepEqual(asked, [false, true]);
    assert.equal(server.last.headers.Authorization, 'Bearer t2');
    await server.last.greet({ head: 3, account: 'GA' }, 3);
    assert.equal(client.position, 3);
  });

  // As some libraries throw: with a field that cannot be sent to a worker, or something that is no error.
  for (const [thrown, reason] of [
    [Object.assign(new Error('the wallet is locked'), { retry() {} }), 'the wallet is locked'],
    [new TypeError('wallet is undefined'), 'wallet is undefined'],
    [undefined, 'undefined'],
  ]) {
    shared(`a token that cannot be had now is asked for again, and tabs are told why: ${reason}`, async ({ server, tab }) => {
      const answers = [() => Promise.reject(thrown), () => 't'];
      const { client } = await tab({ account: 'GA', token: () => answers.shift()() });
      assert.deepEqual([client.status.name, client.status.reason], ['reconnecting', reason]);
      await server.pass(1);
      await settled();
      assert.equal(server.last.headers.Authorization, 'Bearer t');
    });
  }

  shared('the time that a token asks to wait is kept', async ({ tab }) => {
    const token = () => {
      throw new ProblemError(503, { title: 'Draining' }, 20);
    };
    const { client } = await tab({ account: 'GA', token });
    assert.equal(client.status.name, 'reconnecting');
    assert.ok(client.status.dueAt - Date.now() >= 20_000);
  });

  shared('who it is that asks must be known, or have no ticket for one request, to share', async ({ server, tab, ports }) => {
    for (const at of [0, 1]) {
      await tab({ ticket: async () => `t${at}` });
      assert.equal(server.last.query.ticket, `t${at}`);
    }
    for (const at of [2, 3]) {
      await tab({ account: undefined });
      assert.equal(server.last.url.pathname, '/v1/auth/session');
      await server.last.fail();
      await settled();
      assert.equal(server.all.filter(({ url }) => url.pathname === '/v1/events/subscribe').length, at + 1);
    }
    assert.deepEqual(ports, []);
  });

  shared('one tab that is somebody else now leaves the others as who they are', async ({ server, tab }) => {
    let account = 'GA';
    const changed = await tab({ account: () => account });
    const other = await tab({ account: 'GA' });
    await server.last.greet({ head: 41, account: 'GA' }, 41);
    assert.deepEqual([changed.client.position, other.client.position], [41, 41]);
    account = 'GB';
    await server.last.lose();
    await server.pass(1);
    await settled();
    await server.pass(2);
    await settled();
    assert.deepEqual(server.all.slice(1).map(({ query }) => query).sort((a, b) => a.account.localeCompare(b.account)), [
      { all: 'true', lastEventId: '41', account: 'GA' },
      { all: 'true', account: 'GB' },
    ]);
    for (const subscription of server.all.slice(1)) {
      const { account: whose } = subscription.query;
      await subscription.greet({ head: 50, account: whose }, whose === 'GA' ? 41 : 50);
      await subscription.say('x', {}, whose === 'GA' ? 42 : 51);
    }
    assert.deepEqual([changed.ids, other.ids], [[51], [42]]);
    assert.ok(changed.words.some((word) => word.startsWith('reset another_account')));
    assert.ok(other.words.every((word) => !word.startsWith('reset')));
  });

  shared('a tab that is somebody else by the time it says who it is connects no other tab as that', async ({ server, tab }) => {
    const whose = ['GA'];
    const changed = await tab({ account: () => whose.shift() ?? 'GB', token: slow('of GB', 5) });
    const other = await tab({ account: 'GA', token: () => 'of GA' });
    for (let second = 0; second < 12; second++) {
      await server.pass(1);
    }
    const asked = server.all.map(({ query, headers }) => [query.account, headers.Authorization]);
    assert.deepEqual(asked.sort(), [['GA', 'Bearer of GA'], ['GB', 'Bearer of GB']]);
    for (const subscription of server.all) {
      const { account } = subscription.query;
      await subscription.greet({ head: 9, account }, account === 'GA' ? 5 : 7);
    }
    assert.deepEqual([changed.client.position, other.client.position], [7, 5]);
  });

  shared('a tab that was closed stays closed, whoever it is by the time it has its token', async ({ server, tab }) => {
    const whose = ['GA'];
    const { client } = await tab({ account: () => whose.shift() ?? 'GB', token: slow('t', 5) });
    client.close();
    for (let second = 0; second < 12; second++) {
      await server.pass(1);
    }
    assert.equal(client.status.name, 'closed');
    assert.equal(server.all.length, 0);
  });
}

/** Gives this token after so many seconds, and counts how often it was asked for one. */
function slow(token, seconds) {
  const asked = () => new Promise((resolve) => setTimeout(resolve, seconds * 1000, token), asked.times++);
  asked.times = 0;
  return asked;
}

/* ---- the worker ---- */

test('a worker is connected as long as one of its tabs is there', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const [first, second] = [await tab(), await tab()];
  await server.last.greet({ head: 41 }, 41);
  first.client.close();
  await settled();
  assert.equal(server.last.open, true);
  await server.last.say('x', {}, 42);
  assert.deepEqual([first.ids, second.ids], [[], [42]]);
  // it says nothing, but its lock is free
  second.port.crashed = true;
  second.client.close();
  await settled();
  assert.equal(server.last.open, false);
});

test('a worker whose tabs were gone begins anew, and what it hears late of an old one does not part the new ones', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const gone = await tab();
  await server.last.greet({ head: 41 }, 41);
  let release;
  navigator.locks.late = new Promise((resolve) => {
    release = resolve;
  });
  gone.client.close();
  const tabs = [await tab()];
  release();
  await settled();
  tabs.push(await tab());
  assert.equal(server.all.length, 2);
  await server.last.greet({ head: 50 }, 50);
  assert.deepEqual(tabs.map(({ client }) => client.position), [50, 50]);
});

test('tabs see at once that their worker has ended, and each goes on with the next one', async (t) => {
  const { server, ports, tab } = browserOf(t, 'worker');
  const tabs = [await tab(), await tab()];
  await server.last.greet({ head: 41 }, 41);
  await server.last.say('x', {}, 42);
  navigator.locks.free('flowfi-events ');
  await settled();
  await settled();
  assert.equal(ports.length, 4);
  assert.deepEqual(server.all.map(({ query }) => query.lastEventId), [undefined, '42']);
  await server.last.greet({ head: 42 }, 42);
  await server.last.say('x', {}, 43);
  assert.deepEqual(tabs.map(({ ids }) => ids), [[42, 43], [42, 43]]);
});

test('a worker asks another tab when the first sleeps', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  let asked = 0;
  const asleep = await tab({ account: 'GA', token: () => `asleep${++asked}` });
  await tab({ account: 'GA', token: () => 'awake' });
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  asleep.port.asleep = true;
  await server.last.lose();
  await server.pass(1);
  assert.equal(server.all.length, 1);
  await server.pass(10);
  await settled();
  assert.equal(server.all.length, 2);
  assert.equal(server.last.headers.Authorization, 'Bearer awake');
  assert.equal(server.last.query.lastEventId, '41');
  assert.equal(asked, 1);
});

test('a worker finds the tab that is awake, however many sleep, and asks it first the next time', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const tabs = [];
  for (let i = 0; i < 6; i++) {
    tabs.push(await tab({ account: 'GA', token: () => `t${i}` }));
  }
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  for (const { port } of tabs.slice(0, 5)) {
    port.asleep = true;
  }
  await server.last.lose();
  for (let second = 0; second < 15; second++) {
    await server.pass(1);
  }
  assert.equal(server.all.length, 2);
  assert.equal(server.last.headers.Authorization, 'Bearer t5');
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  await server.last.lose();
  await server.pass(1);
  await settled();
  assert.equal(server.all.length, 3);
  assert.equal(server.last.headers.Authorization, 'Bearer t5');
});

for (const share of ['worker', 'own']) {
  test(`${share}: a token may take 40 s`, async (t) => {
    const { server, ports, tab } = browserOf(t, share);
    const token = slow('t', 40);
    await tab({ account: 'GA', token });
    for (let second = 0; second < 40; second++) {
      await server.pass(1);
    }
    assert.equal(ports.length, share === 'worker' ? 1 : 0);
    assert.equal(token.times, 1);
    assert.equal(server.all.length, 1);
    assert.equal(server.last.headers.Authorization, 'Bearer t');
  });
}

test('a worker asks another tab only when the first is slow, and takes what comes first', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const [first, second] = [slow('first', 12), slow('second', 30)];
  await tab({ account: 'GA', token: first });
  await tab({ account: 'GA', token: second });
  for (let s = 0; s < 9; s++) {
    await server.pass(1);
  }
  assert.deepEqual([first.times, second.times], [1, 0]);
  for (let s = 0; s < 4; s++) {
    await server.pass(1);
  }
  assert.deepEqual([first.times, second.times], [1, 1]);
  assert.equal(server.all.length, 1);
  assert.equal(server.last.headers.Authorization, 'Bearer first');
});

test('a worker takes no token for the new one that was asked for before', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  await tab({ account: 'GA', token: slow('first', 12) });
  await tab({ account: 'GA', token: slow('second', 8) });
  const until = async (second) => {
    while (now() < second) {
      await server.pass(1);
    }
  };
  const begun = Date.now();
  const now = () => (Date.now() - begun) / 1000;
  // the second was asked after ten seconds
  await until(13);
  assert.equal(server.last.headers.Authorization, 'Bearer first');
  await server.last.refuse(401);
  await until(20);
  assert.equal(server.all.length, 1);
  await until(26);
  assert.equal(server.all.length, 2);
  assert.equal(server.last.headers.Authorization, 'Bearer first');
});

test('a worker asks no more tabs for a connection that was given up', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const never = () => new Promise(() => {});
  const [first] = [await tab({ account: 'GA', token: never }), await tab({ account: 'GA', token: never })];
  const third = slow('third', 1);
  await tab({ account: 'GA', token: third });
  for (let second = 0; second < 16; second++) {
    await server.pass(1);
  }
  first.client.wake();
  for (let second = 16; second < 24; second++) {
    await server.pass(1);
  }
  assert.equal(third.times, 0);
  // ten seconds after each of the two
  for (let second = 24; second < 40; second++) {
    await server.pass(1);
  }
  assert.equal(third.times, 1);
  assert.equal(server.last.headers.Authorization, 'Bearer third');
});

test('a worker forgets a tab that is closed before it says that it is awake', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const tabs = [await tab({ account: 'GA', token: () => 'first' }), await tab({ account: 'GA', token: () => 'second' })];
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  tabs[0].port.asleep = true;
  await server.last.lose();
  await server.pass(1);
  tabs[0].client.close();
  await server.pass(2);
  await settled();
  assert.equal(server.last.headers.Authorization, 'Bearer second');
  tabs[1].client.close();
  await settled();
  assert.equal(server.last.open, false);
});

test('a tab gives no token for what it was asked while it slept, or is asked when it is closed', async (t) => {
  const { tab } = browserOf(t, 'worker');
  const asked = [];
  const { client, port } = await tab({ account: 'GA', token: ({ renew }) => asked.push(renew) && 't' });
  assert.deepEqual(asked, [false]);
  for (const age of [3600, 60, 40]) {
    await port.onmessage({ data: { word: 'who', detail: { renew: true, ask: 7, at: Date.now() - age * 1000 } } });
  }
  assert.deepEqual(asked, [false, true]);
  client.close();
  await port.onmessage({ data: { word: 'who', detail: { renew: true, ask: 8, at: Date.now() } } });
  assert.deepEqual(asked, [false, true]);
});

test('a worker tries again later when none of its tabs says who it is', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const only = await tab({ account: 'GA', token: () => 't' });
  await server.last.greet({ head: 41, account: 'GA' }, 41);
  only.port.asleep = true;
  await server.last.lose();
  await server.pass(1);
  await server.pass(10);
  assert.equal(server.all.length, 1);
  only.port.asleep = false;
  only.port.crashed = true;
  await server.pass(2);
  await server.pass(2);
  assert.equal(only.client.status.reason, 'no tab has answered who it is');
  only.port.crashed = false;
  await server.pass(4);
  await settled();
  assert.equal(server.all.length, 2);
  assert.equal(server.last.query.lastEventId, '41');
});

test('a worker that asks two tabs at once takes the answer of one for nobody else', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  await Promise.all(['GA', 'GB'].map((account) => tab({ account, token: () => `token of ${account}` })));
  assert.deepEqual(
    server.all.map(({ query, headers }) => [query.account, headers.Authorization]),
    [['GA', 'Bearer token of GA'], ['GB', 'Bearer token of GB']],
  );
});

test('a tab that must connect in a way of its own leaves it to no worker', async (t) => {
  const { server, ports, tab } = browserOf(t, 'auto');
  await tab({ fetch: server.fetch });
  assert.equal(server.all.length, 1);
  globalThis.EventSource = class {
    addEventListener() {}
    close() {}
  };
  t.after(() => delete globalThis.EventSource);
  await tab({ eventSource: true });
  assert.deepEqual(ports, []);
  assert.equal(server.all.length, 1);
});

test('a connection, and a place, are shared by those who want and may have the same', () => {
  const settings = { base: 'http://h:1/', all: true };
  const keys = [
    keyOf(settings, null),
    keyOf(settings, 'GA'),
    keyOf(settings, 'GB'),
    keyOf({ ...settings, base: 'http://h:2/' }, 'GA'),
    keyOf({ ...settings, sandbox: true }, 'GA'),
    keyOf({ ...settings, eventSource: true }, 'GA'),
    keyOf({ ...settings, types: ['x'] }, 'GA'),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keyOf({ ...settings }, 'GA'), keys[1]);
});

test('a worker asks the server for all that its tabs want', async (t) => {
  const { server, tab } = browserOf(t, 'worker');
  const inits = [];
  Object.defineProperty(globalThis, 'fetch', {
    value: (url, init) => {
      inits.push(init);
      return server.fetch(url, init);
    },
    configurable: true,
  });
  const { client } = await tab({
    url: 'http://other:2/path', all: false, streams: ['1'], users: ['GA'], types: ['x', 'y'], filter: 'f', snapshot: true,
    heartbeat: 5, sandbox: true, credentials: 'include', maxWait: 10,
  });
  assert.equal(
    server.last.url.href,
    'http://other:2/path/v1/events/subscribe?streams=1&users=GA&types=x%2Cy&filter=f&snapshot=true&heartbeat=5&sandbox=true',
  );
  assert.equal(inits[0].credentials, 'include');
  await server.last.fail();
  assert.ok(client.status.dueAt - Date.now() <= 10);
  client.close();
});

/* ---- the tab that leads ---- */

test('when the tab that leads is closed another goes on from its own place, and leads the others', async (t) => {
  const { server, tab } = browserOf(t, 'leader');
  const [first, second, third] = [await tab(), await tab(), await tab()];
  await server.last.greet({ head: 41 }, 41);
  await server.last.say('x', {}, 42);
  first.client.close();
  await settled();
  await settled();
  assert.equal(server.all[0].open, false);
  assert.equal(server.all.length, 2);
  assert.equal(server.last.query.lastEventId, '42');
  await server.last.greet({ head: 44 }, 42);
  await server.last.say('x', {}, 43);
  await server.last.say('x', {}, 44);
  assert.deepEqual([first.ids, second.ids, third.ids], [[42], [42, 43, 44], [42, 43, 44]]);
  assert.deepEqual([second.words, third.words], Array(2).fill(['connected 41', 'connected 42']));
});

test('a tab that came when nobody led joins the one that leads next', async (t) => {
  const { server, tab } = browserOf(t, 'leader');
  const [first, second] = [await tab(), await tab()];
  await server.last.greet({ head: 41 }, 41);
  let release;
  navigator.locks.late = new Promise((resolve) => {
    release = resolve;
  });
  first.client.close();
  const third = await tab();
  release();
  await settled();
  await settled();
  assert.equal(server.all.length, 2);
  await server.last.greet({ head: 41 }, 41);
  assert.deepEqual([third.client.position, third.client.status.name], [41, 'open']);
  await server.last.say('x', {}, 42);
  assert.deepEqual([second.ids, third.ids], [[42], [42]]);
});

test('a tab that waits to lead and is closed never does', async (t) => {
  const { server, channels, tab } = browserOf(t, 'leader');
  const [first, second] = [await tab(), await tab()];
  await server.last.greet({ head: 41 }, 41);
  second.client.close();
  first.client.close();
  await settled();
  await settled();
  assert.equal(server.all.length, 1);
  assert.equal(server.last.open, false);
  assert.equal(channels.size, 0);
});

test('a tab asks anew for what was lost on the way from the tab that leads', async (t) => {
  const { server, tab } = browserOf(t, 'leader');
  await tab();
  const second = await tab();
  await server.last.greet({ head: 41 }, 41);
  const { BroadcastChannel } = globalThis;
  const { postMessage } = BroadcastChannel.prototype;
  BroadcastChannel.prototype.postMessage = () => {};
  await server.last.say('x', {}, 42);
  BroadcastChannel.prototype.postMessage = postMessage;
  await server.last.say('x', {}, 43);
  await settled();
  await settled();
  assert.deepEqual(second.ids, [42, 43]);
  assert.equal(second.client.position, 43);
  assert.equal(server.all.length, 1);
});
