#!/usr/bin/env bash
# extended-eventsource dispatches an empty message for every comment, `retry:` and `id:` that has no data.
#
# Expected: a block without data dispatches nothing (HTML standard, 9.2.6, step 2 of the dispatch). That is what keeps
#   connections open: most servers send `:` and a blank line each 15 s or so, and no client hears of it.
# Happens: each of them is an event `message`, or one of the block's name, whose data are "". A handler that begins with
#   JSON.parse(event.data) throws at each heartbeat, and at the `retry:` that many streams begin with. The package is made
#   as a replacement for EventSource that takes request headers.
# Way out: `if (event.data)`, though that drops the empty messages that were sent, too; for a server: no blank line
#   behind a comment, which then belongs to the next event's block.
# Version: extended-eventsource 2.1.0, undici 7.30.2, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts extended-eventsource@2.1.0 undici@7.30.2
cat > comments.mjs <<'JS'
import { createServer } from 'node:http';
import { EventSource as Extended } from 'extended-eventsource';
import { EventSource as Undici } from 'undici';

const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('retry: 3000\n\n: heartbeat\n\nid: 5\n\nevent: paid\n\ndata: 1\n\n:\ndata: 2\n\n');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
for (const [name, Source] of Object.entries({ 'undici 7.30.2': Undici, 'extended-eventsource 2.1.0': Extended })) {
  const heard = [];
  const source = new Source(`http://127.0.0.1:${server.address().port}/`, { disableLogger: true });
  await new Promise((done) => {
    for (const type of ['message', 'paid']) {
      source.addEventListener(type, (event) => {
        heard.push(`${type} "${event.data}"`);
        if (event.data === '2') done();
      });
    }
  });
  source.close();
  console.log(`${name}: ${heard.join(', ')}`);
}
process.exit();
JS
node --no-warnings comments.mjs | tee seen
diff seen - <<'SEEN'
undici 7.30.2: message "1", message "2"
extended-eventsource 2.1.0: message "", message "", message "", paid "", message "1", message "2"
SEEN
echo "as described"
