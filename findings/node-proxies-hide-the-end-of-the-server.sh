#!/usr/bin/env bash
# Clients of an event stream behind express-http-proxy, and partly http-proxy, never hear that the server has died.
#
# Expected: if a server's connection breaks in the middle of an answer, a proxy breaks off its own (RFC 9112, 8: an incomplete
#   message is not passed on as a complete one), so that the client reconnects.
# Happens: express-http-proxy leaves the client's connection open, without a byte, for good: a page shows the state of then
#   as that of now, and only a limit of silence of its own helps. http-proxy does so if the server's end was closed
#   without a reset, as by a kernel at the end of a process, and does not even call the handler of `error`.
#   http-proxy-middleware passes a reset on as the orderly end of a complete answer: a download looks whole. httpxy and
#   @fastify/http-proxy are right.
# Way out: one of the last two; for a stream, heartbeats and a client that takes their absence for an end.
# Version: express-http-proxy 2.1.2, http-proxy 1.18.1, http-proxy-middleware 4.2.2, httpxy 0.5.6, @fastify/http-proxy 11.6.3,
#   Node.js 20.
# Source: https://www.rfc-editor.org/rfc/rfc9112#section-8; http-proxy/lib/http-proxy/passes/web-incoming.js, `proxyRes.pipe(res)`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts express-http-proxy@2.1.2 http-proxy@1.18.1 express@5.3.0 \
  http-proxy-middleware@4.2.2 httpxy@0.5.6 @fastify/http-proxy@11.6.3 fastify@5.12.8
cat > end.mjs <<'JS'
import { once } from 'node:events';
import { createServer, get } from 'node:http';
import fastifyHttpProxy from '@fastify/http-proxy';
import express from 'express';
import expressHttpProxy from 'express-http-proxy';
import fastify from 'fastify';
import httpProxy from 'http-proxy';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { createProxyServer } from 'httpxy';

const listen = (server) => once(server.listen(0, '127.0.0.1'), 'listening').then(() => server.address().port);

/** What a client makes of it if the server's connection ends so, behind the first event of a chunked answer. */
async function heard(end, proxyTo) {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: 1\n\n');
    setTimeout(() => end(response.socket), 300);
  });
  const port = await proxyTo(`http://127.0.0.1:${await listen(server)}`);
  return new Promise((hear) => {
    setTimeout(hear, 5000, 'nothing in 5 s');
    const client = get({ port, host: '127.0.0.1' }, (answer) => {
      answer.on('data', () => {});
      answer.on('end', () => hear('a complete answer'));
      answer.on('error', () => hear('broken off'));
    });
    client.on('error', () => hear('broken off'));
  });
}
const middleware = (of) => (target) => listen(createServer(express().use(of(target))));
const proxies = {
  'httpxy 0.5.6': (target) => {
    const proxy = createProxyServer({ target });
    proxy.on('error', (error, request, response) => response.destroy());
    return listen(createServer((request, response) => proxy.web(request, response)));
  },
  '@fastify/http-proxy 11.6.3': async (upstream) => {
    const front = fastify();
    front.register(fastifyHttpProxy, { upstream });
    return new URL(await front.listen({ port: 0, host: '127.0.0.1' })).port;
  },
  'http-proxy-middleware 4.2.2': middleware((target) => createProxyMiddleware({ target })),
  'http-proxy 1.18.1': (target) => {
    const proxy = httpProxy.createProxyServer({ target });
    proxy.on('error', (error, request, response) => response.destroy());
    return listen(createServer((request, response) => proxy.web(request, response)));
  },
  'express-http-proxy 2.1.2': middleware((target) => expressHttpProxy(target)),
};
for (const [name, proxyTo] of Object.entries(proxies)) {
  const reset = await heard((socket) => socket.resetAndDestroy(), proxyTo);
  const closed = await heard((socket) => socket.destroy(), proxyTo);
  console.log(`${name}: reset, ${reset}; closed, ${closed}`);
}
process.exit();
JS
node --no-warnings end.mjs | tee seen
diff seen - <<'SEEN'
httpxy 0.5.6: reset, broken off; closed, broken off
@fastify/http-proxy 11.6.3: reset, broken off; closed, broken off
http-proxy-middleware 4.2.2: reset, a complete answer; closed, broken off
http-proxy 1.18.1: reset, broken off; closed, nothing in 5 s
express-http-proxy 2.1.2: reset, nothing in 5 s; closed, nothing in 5 s
SEEN
echo "as described"
