#!/usr/bin/env bash
# @azure/core-sse gives the name of a block without data to the event after it.
#
# Expected: the name belongs to its block. At the blank line of a block without data it is dropped with it (HTML standard,
#   9.2.6, step 2 of the dispatch sets the event type buffer to the empty string), so a server can send a name alone as a
#   heartbeat, `event: ping`.
# Happens: the name is kept until an event has data. So the message behind a ping is a "ping" for the program, which drops
#   it or handles it as something else; once, and not if nothing was pinged before it.
# Way out for a server: data in each block with a name, or comments as heartbeats.
# Version: @azure/core-sse 2.4.0, eventsource-parser 4.1.3, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts @azure/core-sse@2.4.0 eventsource-parser@4.1.3
cat > name.mjs <<'JS'
import { createSseStream } from '@azure/core-sse';
import { EventSourceParserStream } from 'eventsource-parser/stream';

const sent = 'data: before\n\nevent: ping\n\ndata: behind\n\ndata: after\n\n';
const body = () => new Blob([sent]).stream();
const parsers = {
  'eventsource-parser 4.1.3': body().pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()),
  '@azure/core-sse 2.4.0': createSseStream(body()),
};
for (const [name, events] of Object.entries(parsers)) {
  const heard = [];
  for await (const event of events) heard.push(`${event.event || 'message'} "${event.data}"`);
  console.log(`${name}: ${heard.join(', ')}`);
}
JS
node --no-warnings name.mjs | tee seen
diff seen - <<'SEEN'
eventsource-parser 4.1.3: message "before", message "behind", message "after"
@azure/core-sse 2.4.0: message "before", ping "behind", message "after"
SEEN
echo "as described"
