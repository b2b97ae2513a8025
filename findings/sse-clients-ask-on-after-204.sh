#!/usr/bin/env bash
# event-source-polyfill under Node.js and event-source-plus ask on for ever after a 204.
#
# Expected: 204 is how a server stops a client that reconnects by itself (HTML standard, 9.2.3: any status but 200 fails the
#   connection, and 9.2: "Clients will reconnect if the connection is closed; a client can be told to stop reconnecting
#   using the HTTP 204 No Content response code").
# Happens: event-source-polyfill, which looks for a fetch of its own in Node.js, reads the body before it looks at the status.
#   An answer 204 has none, so there is a TypeError, which is taken for a lost connection. event-source-plus takes any
#   status but 200 for one. Both ask again, the second once a second at the beginning. A page in a browser ends, so a
#   server with both sees only its programs come back.
# Way out: close() in onerror (polyfill), abort() in onResponseError (plus).
# Version: event-source-polyfill 1.0.31, event-source-plus 0.1.15, undici 7.30.2, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html; event-source-polyfill/src/eventsource.js,
#   FetchTransport.prototype.open: `response.body.getReader()`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts event-source-polyfill@1.0.31 event-source-plus@0.1.15 undici@7.30.2
cat > stop.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import { EventSourcePlus } from 'event-source-plus';
import polyfill from 'event-source-polyfill';
import { EventSource } from 'undici';

console.error = () => {}; // the TypeErrors
const clients = {
  'undici 7.30.2': (url) => new EventSource(url),
  'event-source-polyfill 1.0.31': (url) => new polyfill.EventSourcePolyfill(url),
  'event-source-plus 0.1.15': (url) => new EventSourcePlus(url).listen({ onMessage() {} }),
};
for (const [name, follow] of Object.entries(clients)) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    response.writeHead(204).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  follow(`http://127.0.0.1:${server.address().port}/`);
  await new Promise((later) => setTimeout(later, 6000));
  console.log(`${name}: ${requests === 1 ? 'asks once' : requests > 2 ? 'asks on' : requests}`);
}
process.exit();
JS
node --no-warnings stop.mjs | tee seen
diff seen - <<'SEEN'
undici 7.30.2: asks once
event-source-polyfill 1.0.31: asks on
event-source-plus 0.1.15: asks on
SEEN
echo "as described"
