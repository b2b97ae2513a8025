#!/usr/bin/env bash
# extended-eventsource and parse-sse make two events of one if the network parts a CR from its LF.
#
# Expected: CR LF is one line end, however the bytes arrive. A parser that has read a CR at the end of a piece must not
#   count a LF at the beginning of the next one (HTML standard, 9.2.5 and 9.2.6 know nothing of pieces).
# Happens: both count it as an empty line, and an empty line ends the event. What follows is an event of its own, without
#   its name and its id. It works on every short test and fails when a large event, a slow network or a proxy ends a piece
#   there: once in a while, and never again for the same event.
# Way out for a server: LF alone as the line end: it cannot be parted.
# Version: extended-eventsource 2.1.0, parse-sse 0.1.0, eventsource-parser 4.1.3, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts extended-eventsource@2.1.0 parse-sse@0.1.0 \
  eventsource-parser@4.1.3
cat > pieces.mjs <<'JS'
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { EventSource } from 'extended-eventsource';
import { parseServerSentEvents } from 'parse-sse';

const BLOCK = 'event: paid\r\nid: 7\r\ndata: 100\r\ndata: USD\r\n\r\n';
const server = createServer(async (request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
  const cut = BLOCK.indexOf('data: USD') - 1; // between CR and LF
  for (const piece of request.url === '/whole' ? [BLOCK] : [BLOCK.slice(0, cut), BLOCK.slice(cut)]) {
    response.write(piece);
    await pause(200); // a piece is a read
  }
  response.end('event: end\r\ndata: .\r\n\r\n');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}`;
const said = (name, data, id) => `${name} ${JSON.stringify(data)} #${id}`;

async function parsed(path) {
  const events = [];
  const stream = (await fetch(url + path)).body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const event of stream) events.push(said(event.event ?? 'message', event.data, event.id ?? ''));
  return events.slice(0, -1);
}
async function parseSse(path) {
  const events = [];
  for await (const event of parseServerSentEvents(await fetch(url + path))) events.push(said(event.type, event.data, event.lastEventId));
  return events.slice(0, -1);
}
async function extended(path) {
  const events = [];
  const source = new EventSource(url + path, { disableLogger: true });
  await new Promise((done) => {
    for (const name of ['paid', 'message']) source.addEventListener(name, (event) => events.push(said(name, event.data, event.lastEventId)));
    source.addEventListener('end', done);
  });
  source.close();
  return events;
}
for (const [name, follow] of Object.entries({ 'eventsource-parser 4.1.3': parsed, 'parse-sse 0.1.0': parseSse, 'extended-eventsource 2.1.0': extended })) {
  for (const path of ['/whole', '/parted']) console.log(`${name}, ${path.slice(1)}: ${(await follow(path)).join(', ')}`);
}
process.exit();
JS
node --no-warnings pieces.mjs | tee seen
diff seen - <<'SEEN'
eventsource-parser 4.1.3, whole: paid "100\nUSD" #7
eventsource-parser 4.1.3, parted: paid "100\nUSD" #7
parse-sse 0.1.0, whole: paid "100\nUSD" #7
parse-sse 0.1.0, parted: paid "100" #7, message "USD" #7
extended-eventsource 2.1.0, whole: paid "100\nUSD" #7
extended-eventsource 2.1.0, parted: paid "100" #7, message "USD" #7
SEEN
echo "as described"
