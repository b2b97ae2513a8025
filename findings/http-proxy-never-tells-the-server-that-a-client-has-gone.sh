#!/usr/bin/env bash
# http-proxy never tells the server behind it that the client of an event stream has gone, whatever the server sends.
#
# Expected: when a client closes its connection, a proxy closes its own to the server, at the latest when the server sends
#   something that nobody can be given. Otherwise the server keeps a subscriber for each page that was ever closed.
# Happens: http-proxy waits for the event `aborted` of the request, and since Node.js 15.5 that does not come for a request that
#   was read to its end, so for no GET. Pipes do not pass the end of their target back. The connection to the server
#   stays, the server's heartbeats are read and dropped, and its places, or its limit of connections a user, fill up.
# Way out: `response.on('close', ...)` and a destroy() of the request that the event `proxyReq` told; or httpxy, which does
#   that, behind the same functions. For a server: a greatest age of its streams.
# Version: http-proxy 1.18.1, httpxy 0.5.6, Node.js 20.
# Source: http-proxy/lib/http-proxy/passes/web-incoming.js, stream(): "Ensure we abort proxy if request is aborted";
#   https://github.com/http-party/node-http-proxy/pull/1580
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts http-proxy@1.18.1 httpxy@0.5.6
cat > gone.mjs <<'JS'
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import httpProxy from 'http-proxy';
import { createProxyServer } from 'httpxy';

const listen = (server) => once(server.listen(0, '127.0.0.1'), 'listening').then(() => server.address().port);

/** Whether the server hears that the client has gone within 5 s and 50 heartbeats. */
async function told(proxyTo) {
  let heartbeats = 0;
  let beating;
  let gone;
  const server = createServer((request, response) => {
    gone = once(response, 'close').then(() => 'the server is told');
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    beating = setInterval(() => response.write(`: heartbeat ${++heartbeats}\n\n`), 100);
  });
  const proxy = proxyTo(`http://127.0.0.1:${await listen(server)}`);
  proxy.on('error', () => {}); // what a client that has gone leaves behind
  const front = createServer((request, response) => proxy.web(request, response));
  const client = get({ host: '127.0.0.1', port: await listen(front) });
  client.on('error', () => {});
  const [answer] = await once(client, 'response');
  await once(answer, 'data');
  client.destroy();
  const late = new Promise((over) => setTimeout(over, 5000, 'the server is not told in 5 s'));
  const seen = await Promise.race([gone, late]);
  clearInterval(beating);
  return seen;
}

console.log(`http-proxy 1.18.1: ${await told((target) => httpProxy.createProxyServer({ target }))}`);
console.log(`httpxy 0.5.6: ${await told((target) => createProxyServer({ target }))}`);
process.exit();
JS
node --no-warnings gone.mjs | tee seen
diff seen - <<'SEEN'
http-proxy 1.18.1: the server is not told in 5 s
httpxy 0.5.6: the server is told
SEEN
echo "as described"
