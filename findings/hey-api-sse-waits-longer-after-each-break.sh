#!/usr/bin/env bash
# The SSE client that Hey API generates counts its connections for ever: it waits longer after each break, and then gives up.
#
# Expected: a connection that was open and brought events ends the row of failed attempts. After the next break the client waits as
#   long as `retry:` says (HTML standard, 9.2.3), and sseMaxRetryAttempts is the number of attempts at one
#   reconnection.
# Happens: the counter is set to zero once, when the stream begins, and counts good connections, too. The wait doubles with each break
#   in the life of the client, up to 30 s: a page that was open for a day, and whose connection a proxy ends every ten
#   minutes, is 30 s late after each. With sseMaxRetryAttempts: 3 the third break is the end, days apart or not. And a
#   connection that ends in order, as at the stop of a server, is the end of the iteration at once, without an error.
# Way out: a loop around it that opens a new stream after each end, with sseMaxRetryAttempts: 1 and headers of one's own.
# Version: @hey-api/openapi-ts 0.99.0 (client-fetch), TypeScript 5.9.3, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection; the generated
#   core/serverSentEvents.gen.ts: `attempt++`, `retryDelay * 2 ** (attempt - 1)`, "exit loop on normal completion"
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts @hey-api/openapi-ts@0.99.0 typescript@5.9.3
cat > openapi.yaml <<'YAML'
openapi: 3.1.0
info: {title: Events, version: '1'}
paths:
  /events:
    get:
      operationId: getEvents
      responses:
        '200':
          description: events
          content: {text/event-stream: {schema: {type: object}}}
YAML
npx openapi-ts --input openapi.yaml --output generated > generator.log 2>&1
node_modules/.bin/tsc --module commonjs --moduleResolution node10 --target es2022 --lib es2022,dom,dom.asynciterable \
  --outDir js generated/core/serverSentEvents.gen.ts > tsc.log 2>&1 || true # only what it makes is of interest
client=$(find js -name serverSentEvents.gen.js)
cat > breaks.js <<'JS'
const { createServer } = require('node:http');
const { createSseClient } = require(process.argv[2]);

/** Each connection brings one event, and then ends so. */
async function tried(end, options, most) {
  let connections = 0;
  const server = createServer((request, response) => {
    connections++;
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(`retry: 1000\nid: ${connections}\ndata: {"event": ${connections}}\n\n`);
    setTimeout(() => (end === 'broken' ? response.destroy() : response.end()), 50);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const waits = [];
  const { stream } = createSseClient({
    url: `http://127.0.0.1:${server.address().port}/`,
    sseSleepFn: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  let events = 0;
  for await (const event of stream) if (++events === most) break;
  server.closeAllConnections();
  server.close();
  return `${events} events, waits of ${waits.map((wait) => wait / 1000).join(', ') || 'none'} s`;
}
(async () => {
  console.log(`broken: ${await tried('broken', {}, 8)}`);
  console.log(`broken, sseMaxRetryAttempts 3: ${await tried('broken', { sseMaxRetryAttempts: 3 }, 8)}, and over`);
  console.log(`in order: ${await tried('in order', {}, 8)}, and over`);
  process.exit();
})();
JS
node breaks.js "./$client" | tee seen
diff seen - <<'SEEN'
broken: 8 events, waits of 1, 2, 4, 8, 16, 30, 30 s
broken, sseMaxRetryAttempts 3: 3 events, waits of 1, 2 s, and over
in order: 1 events, waits of none s, and over
SEEN
echo "as described"
