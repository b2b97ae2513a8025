#!/usr/bin/env bash
# A program of Node.js that only listens to undici's EventSource ends by itself, with status 0, at the first break of its connection.
#
# Expected: an event source that waits to reconnect is alive, so the program is: readyState is CONNECTING, and after the time of
#   `retry:` it goes on. eventsource behaves so.
# Happens: undici's timer for the new connection does not keep the process running, and while it waits there is no socket that
#   would. If nothing else is going on, Node.js is done: no error, exit status 0, so that a supervisor that restarts after
#   failures does not. It works in each test with a server of its own in the process, and in each program that has a
#   timer or a database besides.
# Way out: a setInterval() that does nothing as long as one listens.
# Version: undici 7.30.2 and 8.13.1, eventsource 4.1.1, Node.js 24 (undici 7 and Node.js 20 alike).
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection;
#   undici/lib/web/eventsource/eventsource.js, #reconnect: `setTimeout(...)?.unref()`
#
# Ends with 0 if it is as described. An older Node.js fetches one of version 24.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"; kill "$server" 2>/dev/null || true' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts undici7@npm:undici@7.30.2 undici8@npm:undici@8.13.1 \
  eventsource@4.1.1
if node -e "process.exit(process.versions.node.split('.')[0] >= 24 ? 0 : 1)"; then
  node=node
else
  platform=node-$(node -p "process.platform + '-' + process.arch")
  npm install --silent --no-audit --no-fund --ignore-scripts "$platform@24.22.3"
  node=node_modules/$platform/bin/node
fi
cat > server.mjs <<'JS'
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';

// each connection gets one event and ends
const server = createServer((request, response) => {
  const next = Number(request.headers['last-event-id'] ?? 0) + 1;
  response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
  response.end(`retry: 200\nid: ${next}\ndata: ${next}\n\n`);
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.address().port)));
JS
cat > listen.mjs <<'JS'
import { readFileSync } from 'node:fs';

const { EventSource } = await import(process.argv[2]);
const source = new EventSource(`http://127.0.0.1:${readFileSync('port')}/`);
const heard = [];
source.onerror = () => {}; // the end of a connection
source.onmessage = (event) => {
  heard.push(event.data);
  if (heard.length === 3) source.close();
};
process.on('exit', (status) => console.log(`${process.argv[2]}: heard ${heard.join(', ')}, exit status ${status}`));
JS
"$node" server.mjs &
server=$!
until [ -s port ]; do sleep 0.1; done
for client in eventsource undici7 undici8; do
  "$node" --no-warnings listen.mjs $client
done | tee seen
diff seen - <<'SEEN'
eventsource: heard 1, 2, 3, exit status 0
undici7: heard 1, exit status 0
undici8: heard 1, exit status 0
SEEN
echo "as described"
