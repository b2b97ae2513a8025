#!/usr/bin/env bash
# event-source-plus delivers only the last of several `data` lines, and without the spaces around it.
#
# Expected: the data of an event are all of its `data` lines, with a line feed between them, each without the one space after
#   the colon and otherwise as it was sent (HTML standard, 9.2.6). That is how every text of several lines is sent: most
#   servers cut what they are given at its line ends, indented JSON too.
# Happens: each `data` line replaces the one before, and is trimmed. Nothing is reported: a text of three lines arrives
#   as its last one, indented JSON as "}".
# Way out: JSON on one line.
# Version: event-source-plus 0.1.15, undici 7.30.2, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts event-source-plus@0.1.15 undici@7.30.2
cat > lines.mjs <<'JS'
import { createServer } from 'node:http';
import { EventSourcePlus } from 'event-source-plus';
import { EventSource } from 'undici';

const sent = ['{\n  "amount": 1\n}', '  indented  ', 'first\n\nthird'];
const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const text of sent) response.write(text.split('\n').map((line) => `data: ${line}\n`).join('') + '\n');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/`;

async function heard(name, follow) {
  const data = [];
  await new Promise((done) => follow((text) => data.push(text) === sent.length && done()));
  console.log(`${name}: ${data.map((text) => JSON.stringify(text)).join(', ')}`);
}
await heard('undici 7.30.2', (on) => { new EventSource(url).onmessage = (event) => on(event.data); });
await heard('event-source-plus 0.1.15', (on) => new EventSourcePlus(url).listen({ onMessage: (event) => on(event.data) }));
process.exit(); // both are still open
JS
node --no-warnings lines.mjs | tee seen
diff seen - <<'SEEN'
undici 7.30.2: "{\n  \"amount\": 1\n}", "  indented  ", "first\n\nthird"
event-source-plus 0.1.15: "}", "indented", "third"
SEEN
echo "as described"
