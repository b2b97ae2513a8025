#!/usr/bin/env bash
# `lastEventId` of a message is empty in eventsource 3 and 4 if its block has no id of its own.
#
# Expected: `lastEventId` is the id that was last seen, of this block or of an earlier one (HTML standard, 9.2.6: the
#   message gets "the last event ID string of the event source"). So a program can keep its position with one line,
#   `position = event.lastEventId`, as with every browser.
# Happens: eventsource 3 and 4 give it the id of the block, or "". The program that keeps it throws its position away at the
#   first message without an id, although the client itself still knows it and sends it when it reconnects. eventsource 2
#   and 5 are right.
# Way out: `position = event.lastEventId || position`; for a server: an `id:` in each block.
# Version: eventsource 2.0.2, 3.0.7, 4.1.1, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage; eventsource/src/EventSource.ts,
#   #onEvent: `lastEventId: event.id || ''`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts eventsource2@npm:eventsource@2.0.2 \
  eventsource3@npm:eventsource@3.0.7 eventsource4@npm:eventsource@4.1.1
cat > last.mjs <<'JS'
import { createServer } from 'node:http';
import EventSource2 from 'eventsource2';
import { EventSource as EventSource3 } from 'eventsource3';
import { EventSource as EventSource4 } from 'eventsource4';

for (const [version, Source] of Object.entries({ '2.0.2': EventSource2, '3.0.7': EventSource3, '4.1.1': EventSource4 })) {
  let source;
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.headers['last-event-id']);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
    response.end(requests.length === 1 ? 'retry: 100\nid: 5\ndata: with\n\ndata: without\n\n' : 'data: again\n\n');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const heard = await new Promise((done) => {
    const messages = [];
    source = new Source(`http://127.0.0.1:${server.address().port}/`);
    source.onerror = () => {}; // the end of a connection
    source.onmessage = (event) => {
      messages.push(`${event.data} "${event.lastEventId}"`);
      if (event.data === 'again') done(messages.join(', '));
    };
  });
  source.close();
  server.close();
  console.log(`eventsource ${version}: ${heard}; sent ${requests[1]}`);
}
JS
node last.mjs | tee seen
diff seen - <<'SEEN'
eventsource 2.0.2: with "5", without "5", again "5"; sent 5
eventsource 3.0.7: with "5", without "", again ""; sent 5
eventsource 4.1.1: with "5", without "", again ""; sent 5
SEEN
echo "as described"
