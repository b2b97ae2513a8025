#!/usr/bin/env bash
# eventsource 2 and fetch-event-source resume behind an event that they have never delivered.
#
# Expected: the last event id of a client changes when an event is dispatched, at the blank line that ends its block (HTML
#   standard, 9.2.6: the buffer is copied to the "last event ID string" there). A block that is cut off is dropped with
#   its id, and the next request asks for that event again.
# Happens: both keep the id as soon as its line is read. If the connection ends behind the line `id: 2` and before the
#   blank line, they send `Last-Event-ID: 2`, and event 2 is never delivered. Most servers write `id:` first, so each
#   cut in the rest of a block loses its event. eventsource 2 also keeps the data of the block that was cut off: with
#   `id:` last, it comes in front of the next connection's first event, in one piece with it and under the wrong name.
# Way out for a server: `id:` as the last line of a block.
# Version: eventsource 2.0.2 and @microsoft/fetch-event-source 2.0.1, Node.js 20.
# Source: eventsource/lib/eventsource.js, parseEventStreamLine (`lastEventId = value` at the field, `data` outside of
#   connect); fetch-event-source/src/parse.ts, getMessages (`onId(message.id = value)` at the field).
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts eventsource@2.0.2 @microsoft/fetch-event-source@2.0.1
cat > cut.mjs <<'JS'
import { createServer } from 'node:http';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import EventSource from 'eventsource';

// fetch-event-source is for pages
Object.assign(globalThis, { window: globalThis, document: { hidden: false, addEventListener() {}, removeEventListener() {} } });

const HELLO = 'retry: 50\ndata: hello\n\n';
const idFirst = (n) => `id: ${n}\nevent: payment\ndata: payment ${n}\n\n`;
const idLast = (n) => `event: payment\ndata: payment ${n}\nid: ${n}\n\n`;

/** Payments 1 to 3, the second cut off before its last `missing` bytes; then what the client asks for. */
async function tried(follow, block, missing) {
  let asked;
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
    if (asked === undefined) {
      asked = '';
      response.end(HELLO + block(1) + block(2).slice(0, -missing));
    } else {
      asked = request.headers['last-event-id'];
      response.write(HELLO + [1, 2, 3].filter((n) => n > Number(asked)).map(block).join(''));
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const heard = [];
  const closed = await new Promise((done) => {
    const close = follow(`http://127.0.0.1:${server.address().port}/`, (name, data) => {
      heard.push(`${name || 'message'}=${data.replaceAll('\n', '|')}`);
      if (data === 'payment 3') setImmediate(() => done(close));
    });
  });
  closed();
  server.closeAllConnections();
  server.close();
  return `resumed after ${asked}: ${heard.join(', ')}`;
}

const clients = {
  'eventsource 2.0.2': (url, on) => {
    const source = new EventSource(url);
    for (const name of ['message', 'payment']) source.addEventListener(name, (event) => on(name, event.data));
    return () => source.close();
  },
  '@microsoft/fetch-event-source 2.0.1': (url, on) => {
    const end = new AbortController();
    fetchEventSource(url, {
      signal: end.signal,
      openWhenHidden: true,
      onmessage: (message) => message.data && on(message.event, message.data),
      onclose: () => { throw new Error('come back'); }, // else a clean end is the end
      onerror: () => {},
    });
    return () => end.abort();
  },
};
for (const [name, follow] of Object.entries(clients)) {
  console.log(`${name}, id first, cut in the data: ${await tried(follow, idFirst, 4)}`);
  console.log(`${name}, id last, cut in the id: ${await tried(follow, idLast, 3)}`);
}
JS
node cut.mjs | tee seen
diff seen - <<'SEEN'
eventsource 2.0.2, id first, cut in the data: resumed after 2: message=hello, payment=payment 1, payment=hello, payment=payment 3
eventsource 2.0.2, id last, cut in the id: resumed after 1: message=hello, payment=payment 1, payment=payment 2|hello, payment=payment 2, payment=payment 3
@microsoft/fetch-event-source 2.0.1, id first, cut in the data: resumed after 2: message=hello, payment=payment 1, message=hello, payment=payment 3
@microsoft/fetch-event-source 2.0.1, id last, cut in the id: resumed after 1: message=hello, payment=payment 1, message=hello, payment=payment 2, payment=payment 3
SEEN
echo "as described"
