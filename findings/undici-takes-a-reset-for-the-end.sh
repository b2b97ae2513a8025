#!/usr/bin/env bash
# fetch of Node.js (undici) takes a reset connection for the end of the body, if the body has no length.
#
# Expected: a response without chunks and Content-Length "is considered complete unless an error was indicated by the
#   underlying connection" (RFC 9112, section 8). A reset is such an error: what was under way is lost. Browsers and
#   `http.get` of Node.js itself report it.
# Happens: the body ends as if it were whole. `text()` resolves to a part, and a reader gets `done`. Who reads a stream of
#   events with it cannot tell a server that has died from one that has nothing more to say.
# Way out: an end of the application's own, such as a last block, without which nothing counts as whole.
# Version: Node.js 20.20.2 (undici 6.24.1), undici 7.30.2.
# Source: undici/lib/dispatcher/client-h1.js, onHttpSocketError: "We treat all incoming data so for as a valid response",
#   where the error is ECONNRESET and the connection is not kept alive.
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts undici@7.30.2
cat > reset.mjs <<'JS'
import { get } from 'node:http';
import { createServer } from 'node:net';
import { fetch as fetch7 } from 'undici';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nhalf of ');
    setTimeout(() => socket.resetAndDestroy(), 300);
  });
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/`;
const text = async (fetch) => (await fetch(url)).text().then((body) => `"${body}"`, (error) => `error ${error.cause.code}`);
console.log('fetch of Node.js:', await text(fetch));
console.log('fetch of undici 7:', await text(fetch7));
get(url, (response) => response.resume())
  .on('error', ({ code }) => console.log('http.get:', code))
  .on('close', () => server.close());
JS
node reset.mjs | tee seen
diff seen - <<'SEEN'
fetch of Node.js: "half of "
fetch of undici 7: "half of "
http.get: ECONNRESET
SEEN
echo "as described"
