#!/usr/bin/env bash
# Elysia sends only the first line of an event's data, and sse-pubsub leaves the empty lines out.
#
# Expected: an event is any text; a server writes each of its lines behind a `data:` of its own, and the client gets the same
#   text (HTML standard, 9.2.5 and 9.2.6), as with Hono's streamSSE.
# Happens: Elysia's sse() writes the text as it is behind one `data: `. The second line is a field of an unknown name for the
#   client, and is dropped; at an empty line the event ends. Objects are made JSON of, so that it is only seen with texts,
#   say the words of a model or a log. sse-pubsub splits at any number of line ends at once, so paragraphs run together.
# Way out: JSON.stringify() of texts, too, and JSON.parse() in the client.
# Version: elysia 1.4.30, sse-pubsub 1.4.5, hono 4.13.19, eventsource-parser 4.1.3, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation; elysia/src/utils.ts, sse();
#   sse-pubsub/index.js, publish(): `data.split(/[\r\n]+/)`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts elysia@1.4.30 sse-pubsub@1.4.5 hono@4.13.19 eventsource-parser@4.1.3
cat > lines.mjs <<'JS'
import { createServer } from 'node:http';
import { Elysia, sse } from 'elysia';
import { createParser } from 'eventsource-parser';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import Channel from 'sse-pubsub';

const text = 'first\nsecond\n\nfourth';

/** What a client hears of a body. */
async function heard(name, body) {
  const events = [];
  const parser = createParser({ onEvent: (event) => events.push(JSON.stringify(event.data)) });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    parser.feed(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    if (events.length) break;
  }
  console.log(`${name}: ${events.join(', ')}`);
}
const hono = new Hono().get('/', (context) => streamSSE(context, (stream) => stream.writeSSE({ data: text })));
await heard('hono 4.13.19', (await hono.request('/')).body);
const elysia = new Elysia().get('/', async function* () {
  yield sse({ event: 'message', data: text });
});
await heard('elysia 1.4.30', (await elysia.handle(new Request('http://localhost/'))).body);
const channel = new Channel();
const server = createServer((request, response) => {
  channel.subscribe(request, response);
  channel.publish(text);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
await heard('sse-pubsub 1.4.5', (await fetch(`http://127.0.0.1:${server.address().port}/`)).body);
process.exit();
JS
node --no-warnings lines.mjs | tee seen
diff seen - <<'SEEN'
hono 4.13.19: "first\nsecond\n\nfourth"
elysia 1.4.30: "first"
sse-pubsub 1.4.5: "first\nsecond\nfourth"
SEEN
echo "as described"
