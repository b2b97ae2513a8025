#!/usr/bin/env bash
# Three SSE clients of npm lose an empty first line of an event's data, and parse-sse an event whose data are empty.
#
# Expected: `data:` adds an empty line, wherever it stands, and an event whose only line is `data:` is dispatched with empty
#   data (HTML standard, 9.2.6; the example with "data" alone and twice there: two events, "" and a line feed).
# Happens: extended-eventsource, fetch-event-source and @azure/core-sse take data that are still empty for none and put no
#   line feed behind them, so the line is gone: a text that begins with a blank line loses it, and one of two blank lines
#   is "". parse-sse knows the lines, but an event of one empty line, say a signal without content, does not come at all.
# Way out: JSON, or another encoding without line ends, as the data.
# Version: extended-eventsource 2.1.0, @microsoft/fetch-event-source 2.0.1, @azure/core-sse 2.4.0, parse-sse 0.1.0,
#   eventsource-parser 4.1.3, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts extended-eventsource@2.1.0 parse-sse@0.1.0 \
  @microsoft/fetch-event-source@2.0.1 @azure/core-sse@2.4.0 eventsource-parser@4.1.3
cat > empty.mjs <<'JS'
import { createServer } from 'node:http';
import { createSseStream } from '@azure/core-sse';
import { fetchEventSource } from '@microsoft/fetch-event-source';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { EventSource } from 'extended-eventsource';
import { parseServerSentEvents } from 'parse-sse';

// fetch-event-source is for pages
Object.assign(globalThis, { window: globalThis, document: { hidden: false, addEventListener() {}, removeEventListener() {} } });

const texts = ['', '\n', '\nsecond', 'first\n', '.'];
const sent = texts.map((text) => text.split('\n').map((line) => `data: ${line}\n`).join('') + '\n').join('');
const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(sent);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/`;

async function heard(name, follow) {
  const data = [];
  await new Promise((done) => follow((text) => (text === '.' ? done() : data.push(JSON.stringify(text)))));
  console.log(`${name}: ${data.join(', ')}`);
}
const each = (events) => async (on) => {
  for await (const event of await events()) on(event.data);
};
const body = async () => (await fetch(url)).body;
await heard('eventsource-parser 4.1.3', each(async () =>
  (await body()).pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())));
await heard('extended-eventsource 2.1.0', (on) => {
  new EventSource(url, { disableLogger: true }).onmessage = (event) => on(event.data);
});
await heard('@microsoft/fetch-event-source 2.0.1', (on) => fetchEventSource(url, { openWhenHidden: true, onmessage: (event) => on(event.data) }));
await heard('@azure/core-sse 2.4.0', each(async () => createSseStream(await body())));
await heard('parse-sse 0.1.0', each(async () => parseServerSentEvents(await fetch(url))));
process.exit(); // all are still open
JS
node --no-warnings empty.mjs | tee seen
diff seen - <<'SEEN'
eventsource-parser 4.1.3: "", "\n", "\nsecond", "first\n"
extended-eventsource 2.1.0: "", "", "second", "first\n"
@microsoft/fetch-event-source 2.0.1: "", "", "second", "first\n"
@azure/core-sse 2.4.0: "", "", "second", "first\n"
parse-sse 0.1.0: "\n", "\nsecond", "first\n"
SEEN
echo "as described"
