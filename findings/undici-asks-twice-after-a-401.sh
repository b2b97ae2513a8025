#!/usr/bin/env bash
# The EventSource and the WebSocket of undici 8 send a request that was answered 401 once more, as it was.
#
# Expected: an event source fails at an answer that is not 200 (HTML standard, 9.2.3), and 401 is no other than 403: one
#   request, one error.
# Happens: the same request comes twice within a few milliseconds, though neither the URL has a user name
#   nor has anybody been asked for one. The program hears of one error. A server that counts failed logins counts two for
#   each, so a limit of ten is met after five; a ticket that is good for one use is used up before the log shows the
#   request that failed. fetch() asks once, and so does the EventSource of undici 7, but not its WebSocket.
# Way out for a server: 403 for what no user name in the URL can cure.
# Version: undici 7.30.2 and 8.13.1, Node.js 24.
# Source: https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 14: only if "traversable for user prompts is a
#   traversable navigable"; undici/lib/web/fetch/index.js, httpNetworkOrCacheFetch: `request.useURLCredentials !== undefined ||`
#
# Ends with 0 if it is as described. An older Node.js fetches one of version 24.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts undici7@npm:undici@7.30.2 undici8@npm:undici@8.13.1
if node -e "process.exit(process.versions.node.split('.')[0] >= 24 ? 0 : 1)"; then
  node=node
else
  platform=node-$(node -p "process.platform + '-' + process.arch")
  npm install --silent --no-audit --no-fund --ignore-scripts "$platform@24.22.3"
  node=node_modules/$platform/bin/node
fi
cat > twice.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:http';
import * as undici7 from 'undici7';
import * as undici8 from 'undici8';

/** How many requests there are until the client says that it has failed, and a little later. */
async function requests(status, follow) {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    response.writeHead(status, { 'Content-Length': 0 }).end();
  });
  server.on('upgrade', (request, socket) => {
    count++;
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = await follow(`127.0.0.1:${server.address().port}/`);
  await new Promise((later) => setTimeout(later, 300));
  client?.close();
  server.close();
  server.closeAllConnections();
  return count;
}
async function failed(client) {
  await new Promise((error) => { client.onerror = error; });
  return client;
}
for (const [name, { EventSource, WebSocket, fetch }] of Object.entries({ undici7, undici8 })) {
  for (const status of [401, 403]) {
    const source = await requests(status, (url) => failed(new EventSource(`http://${url}`)));
    const socket = await requests(status, (url) => failed(new WebSocket(`ws://${url}`)));
    const fetched = await requests(status, async (url) => void await fetch(`http://${url}`, { credentials: 'include' }));
    console.log(`${name}, ${status}: EventSource ${source}, WebSocket ${socket}, fetch ${fetched}`);
  }
}
process.exit();
JS
"$node" --no-warnings twice.mjs | tee seen
diff seen - <<'SEEN'
undici7, 401: EventSource 1, WebSocket 2, fetch 1
undici7, 403: EventSource 1, WebSocket 1, fetch 1
undici8, 401: EventSource 2, WebSocket 2, fetch 1
undici8, 403: EventSource 1, WebSocket 1, fetch 1
SEEN
echo "as described"
