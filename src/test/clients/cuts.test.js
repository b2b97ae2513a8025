// What published clients make of a stream of ours that is cut off after any number of its bytes, and resumed.
// They store an id as soon as they have read its line, before the block is complete: so it has to be the last one.
// CutConnectionsIT records the stream from a real server, and runs this.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import BrowserLikeSource from 'eventsource';
import { EventSource as ExtendedSource } from 'extended-eventsource';

/**
 * `first`: the stream of a new client, an idle time with a heartbeat included. `after`: for each position, the stream of
 * a client that resumes from it.
 */
const RECORDING = JSON.parse(readFileSync(new URL('recording.json', import.meta.url), 'utf8'));

/** The clients wait as long as `retry` says, which is too long for thousands of cuts. The length stays the same. */
const hurried = (stream) => stream.replace(/^retry: \d{4}$/gm, 'retry: 0020');

const FIRST = hurried(RECORDING.first);
const AFTER = RECORDING.after.map(hurried);
const LAST = AFTER.length - 1;
const ALL = Array.from({ length: LAST }, (_, i) => i + 1);

/** Everywhere but in the last event, which says that a client has come back and heard everything. */
const CUTS = Array.from({ length: FIRST.lastIndexOf('\n\nevent:') + 2 }, (_, i) => i);

const PATIENCE_MS = 30_000;

const subscriptions = [
  { client: 'eventsource 2.0.2', follow: withSource((url) => new BrowserLikeSource(url)) },
  { client: 'extended-eventsource 2.1.0', follow: withSource((url) => new ExtendedSource(url, { disableLogger: true })) },
  { client: '@microsoft/fetch-event-source 2.0.1', follow: withFetch },
];

function withSource(open) {
  return (url, heard) => {
    const source = open(url);
    const handle = (event) => heard(event.data);
    for (const name of ['message', 'stream.created', 'stream.topped_up']) {
      source.addEventListener(name, handle);
    }
    return () => source.close();
  };
}

// A clean end would be its last word: an onclose that throws makes it come back.
function withFetch(url, heard) {
  const ended = new AbortController();
  fetchEventSource(url, {
    signal: ended.signal,
    openWhenHidden: true,
    onmessage: (message) => heard(message.data),
    onclose: () => {
      throw new Error('come back');
    },
    onerror: () => {},
  });
  return () => ended.abort();
}

/** Serves each path twice: the first time cut, then what the client asks for. */
const cutter = createServer((request, response) => {
  const [, order, cut] = /** @type {RegExpExecArray} */ (/^\/[^/]+\/(\w+)\/(\d+)$/.exec(request.url));
  const words = order === 'idFirst' ? idFirst : (stream) => stream;
  response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
  if (visited.has(request.url)) {
    const position = request.headers['last-event-id'];
    response.write(words(position === undefined ? FIRST : AFTER[parseInt(position)]));
  } else {
    visited.add(request.url);
    response.end(words(FIRST).slice(0, Number(cut)));
  }
});
const visited = new Set();

/** As other servers write their blocks. */
const idFirst = (stream) => stream.replace(/((?:^[a-z]+:.*\n)+?)^(id: .*\n)/gm, '$2$1');

before(async () => {
  // fetch-event-source is for pages
  Object.assign(globalThis, { window: globalThis, document: { hidden: false, addEventListener() {}, removeEventListener() {} } });
  cutter.listen(0, '127.0.0.1');
  await once(cutter, 'listening');
});

after(() => {
  cutter.closeAllConnections();
  cutter.close();
});

/**
 * Which events a client makes of a stream that is cut once, in the order of their arrival.
 *
 * @returns {Promise<{events: number[], unreadable: number}>}
 */
function received(client, follow, order, cut) {
  return new Promise((resolve, reject) => {
    const events = [];
    let unreadable = 0;
    const url = `http://127.0.0.1:${cutter.address().port}/${encodeURIComponent(client)}/${order}/${cut}`;
    const giveUp = setTimeout(() => {
      close();
      reject(new Error(`${client}, cut after ${cut} bytes: only ${events}`));
    }, PATIENCE_MS);
    const close = follow(url, (data) => {
      if (data === '') {
        return; // a block without data
      }
      let event;
      try {
        event = JSON.parse(data);
      } catch {
        unreadable++;
        return;
      }
      if (event.version !== undefined) {
        events.push(event.version);
      }
      if (event.version === LAST) {
        clearTimeout(giveUp);
        close();
        resolve({ events, unreadable });
      }
    });
  });
}

/** The outcome of each cut. A few hundred at a time, or the kernel's queue of new connections overflows. */
async function outcomes(client, follow, order, cuts) {
  const all = [];
  for (let from = 0; from < cuts.length; from += 200) {
    all.push(...(await Promise.all(cuts.slice(from, from + 200).map((cut) => received(client, follow, order, cut)))));
  }
  return all;
}

const lost = ({ events }) => ALL.filter((version) => !events.includes(version));
const twice = ({ events }) => events.filter((version, i) => events.indexOf(version) !== i);

/** Where an id line has ended, but its block has not: a single place in each block. */
const isBetweenTheLastLineBreaks = (cut) => /\nid: \d+\.[a-z]+\n$/.test(FIRST.slice(0, cut));

/** Which event ends at a cut between the last line breaks of a block; none if it is not an event of the log. */
function eventThatEndsAt(cut) {
  const received = FIRST.slice(0, cut);
  const block = received.slice(received.lastIndexOf('\n\n') + 2);
  const event = /^event: stream\..*\ndata: (.*)\nid: \d+\.[a-z]+\n$/.exec(block);
  return event === null ? [] : [JSON.parse(event[1]).version];
}

test('the recording is of a real stream', () => {
  assert.match(FIRST, /^retry: 0020\ndata: \{"type":"connected",.*\}\nid: 0\.[a-z]+\n\nevent: stream\.created\n/);
  assert.match(FIRST, /\n\nevent: heartbeat\ndata: \{"head":2\}\nid: 2\.[a-z]+\n\n/);
  assert.match(FIRST, new RegExp(`\nid: ${LAST}[.][a-z]+\n\n$`));
  AFTER.forEach((stream, position) => assert.match(stream, new RegExp(`^retry: 0020\ndata: .*\nid: ${position}[.][a-z]+\n\n`)));
});

for (const { client, follow } of subscriptions) {
  test(`${client} loses nothing and doubles nothing, wherever it is cut off`, async () => {
    const all = await outcomes(client, follow, 'asItIs', CUTS);
    for (const cut of CUTS) {
      // The id is read and its block is not complete: nothing that a server sends can help these clients there.
      const expected = isBetweenTheLastLineBreaks(cut) ? eventThatEndsAt(cut) : [];
      assert.deepEqual(lost(all[cut]), expected, `lost when cut after ${cut} bytes`);
      assert.deepEqual(twice(all[cut]), [], `twice when cut after ${cut} bytes`);
      assert.ok(all[cut].unreadable <= (client.startsWith('eventsource ') ? 1 : 0), `unreadable when cut after ${cut} bytes`);
    }
  });

  test(`${client} would lose events at most places if the id were not the last line`, async () => {
    const some = CUTS.filter((cut) => cut % 8 === 0);
    const all = await outcomes(client, follow, 'idFirst', some);
    const places = all.filter((outcome) => lost(outcome).length > 0).length;
    assert.ok(places > some.length / 2, `lost at ${places} of ${some.length} places`);
  });
}
