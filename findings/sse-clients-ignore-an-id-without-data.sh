#!/usr/bin/env bash
# Six SSE clients of npm ignore the id of a block without data, so heartbeats with an id do not move their position.
#
# Expected: at each blank line the last event ID becomes that of the block, before anything is said about its data (HTML
#   standard, 9.2.6: step 1 of the dispatch sets it, step 2 returns if there is no data). So a server can move the position
#   of a client that gets few events by an `id:` line alone, and EventSource sends it when it reconnects.
# Happens: eventsource 3 and 4, eventsource-client, LaunchDarkly's, event-source-plus and event-source-polyfill look at an
#   id only together with data. They send the older one, or none, so the server goes through everything since then again, or
#   has no longer what comes next. eventsource 2 and undici do as the standard says; eventsource 5 does again, too.
# Way out for a server: data in each block with an id, under a name that nobody listens to (`event: heartbeat`).
# Version: eventsource 2.0.2, 3.0.7, 4.1.1, eventsource-client 1.2.0, launchdarkly-eventsource 2.2.0,
#   event-source-polyfill 1.0.31, event-source-plus 0.1.15, undici 7.30.2; Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage; eventsource-parser 3,
#   dispatchEvent() calls onEvent only with data, and there is no other way to learn of an id.
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts eventsource2@npm:eventsource@2.0.2 \
  eventsource3@npm:eventsource@3.0.7 eventsource4@npm:eventsource@4.1.1 eventsource-client@1.2.0 \
  launchdarkly-eventsource@2.2.0 event-source-polyfill@1.0.31 event-source-plus@0.1.15 undici@7.30.2
cat > position.mjs <<'JS'
import { createServer } from 'node:http';
import { EventSourcePlus } from 'event-source-plus';
import polyfill from 'event-source-polyfill';
import { createEventSource } from 'eventsource-client';
import EventSource2 from 'eventsource2';
import { EventSource as EventSource3 } from 'eventsource3';
import { EventSource as EventSource4 } from 'eventsource4';
import launchDarkly from 'launchdarkly-eventsource';
import { EventSource as Undici } from 'undici';

/** What a client asks for after event 5 and an `id: 9` alone. */
async function askedFor(follow) {
  let requests = 0;
  let close;
  const asked = await new Promise((told) => {
    const server = createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
      if (requests++ === 0) {
        response.end('retry: 100\nid: 5\ndata: five\n\nid: 9\n\n');
      } else {
        const query = new URL(request.url, 'http://server').searchParams.get('lastEventId');
        told(request.headers['last-event-id'] ?? query);
        server.close();
      }
    });
    server.listen(0, '127.0.0.1', () => (close = follow(`http://127.0.0.1:${server.address().port}/`)));
  });
  close();
  return asked;
}

const sources = {
  'eventsource 2.0.2': EventSource2,
  'undici 7.30.2': Undici,
  'eventsource 3.0.7': EventSource3,
  'eventsource 4.1.1': EventSource4,
  'launchdarkly-eventsource 2.2.0': launchDarkly.EventSource,
  'event-source-polyfill 1.0.31': polyfill.EventSourcePolyfill,
};
for (const [name, Source] of Object.entries(sources)) {
  const follow = (url) => {
    const source = new Source(url);
    source.onerror = () => {}; // the end of the first connection
    return () => source.close();
  };
  console.log(`${name}: ${await askedFor(follow)}`);
}
const client = (url) => {
  const source = createEventSource(url);
  return () => source.close();
};
const plus = (url) => {
  const source = new EventSourcePlus(url).listen({ onMessage() {} });
  return () => source.abort();
};
console.log(`eventsource-client 1.2.0: ${await askedFor(client)}`);
console.log(`event-source-plus 0.1.15: ${await askedFor(plus)}`);
process.exit(); // some connections are still open
JS
node --no-warnings position.mjs | tee seen
diff seen - <<'SEEN'
eventsource 2.0.2: 9
undici 7.30.2: 9
eventsource 3.0.7: 5
eventsource 4.1.1: 5
launchdarkly-eventsource 2.2.0: 5
event-source-polyfill 1.0.31: 5
eventsource-client 1.2.0: 5
event-source-plus 0.1.15: 5
SEEN
echo "as described"
