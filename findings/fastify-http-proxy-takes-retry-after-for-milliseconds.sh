#!/usr/bin/env bash
# @fastify/http-proxy takes the seconds of Retry-After for milliseconds, and maxRetriesOn503: 0 for 10.
#
# Expected: a server that is overloaded or stops answers 503 with `Retry-After: 7`, seconds (RFC 9110, 10.2.3), and is left
#   alone for so long. That the plugin repeats a GET up to ten times after a 503 is written down, and 0 repeats are none.
# Happens: it waits 7 ms, ten times over, and a date is no number and so no wait at all. What was meant to take load off the
#   server makes eleven requests of each within a tenth of a second, at the moment when it can least do with them;
#   without Retry-After it would wait longer. Each is counted by its rate limits. maxRetriesOn503: 0 changes nothing.
# Way out: replyOptions with retryDelay: () => null, which ends all repeats; or retryMethods without GET.
# Version: @fastify/http-proxy 11.6.3 with @fastify/reply-from 12.6.5 and fastify 5.12.8, Node.js 20.
# Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after; @fastify/reply-from/index.js, getDefaultDelay:
#   `retryAfter = res.headers['retry-after']`, and `opts.maxRetriesOn503 || 10`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts @fastify/http-proxy@11.6.3 @fastify/reply-from@12.6.5 fastify@5.12.8
cat > retry.mjs <<'JS'
import { createServer } from 'node:http';
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

async function requests(retryAfter, replyOptions) {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    response.writeHead(503, { 'Retry-After': retryAfter }).end();
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const front = fastify();
  front.register(proxy, { upstream: `http://127.0.0.1:${server.address().port}`, replyOptions });
  const began = performance.now();
  const { status } = await fetch(await front.listen({ port: 0, host: '127.0.0.1' }));
  const seconds = (performance.now() - began) / 1000;
  await front.close();
  server.close();
  server.closeAllConnections();
  return `${status} after ${count} requests, in ${seconds < 2 ? 'less' : 'more'} than 2 s`;
}
console.log(`Retry-After: 7: ${await requests('7')}`);
console.log(`Retry-After: 300: ${await requests('300')}`);
console.log(`Retry-After: 7, maxRetriesOn503: 0: ${await requests('7', { maxRetriesOn503: 0 })}`);
console.log(`Retry-After: 7, retryDelay: ${await requests('7', { retryDelay: () => null })}`);
process.exit();
JS
node --no-warnings retry.mjs | tee seen
diff seen - <<'SEEN'
Retry-After: 7: 503 after 11 requests, in less than 2 s
Retry-After: 300: 503 after 11 requests, in more than 2 s
Retry-After: 7, maxRetriesOn503: 0: 503 after 11 requests, in less than 2 s
Retry-After: 7, retryDelay: 503 after 1 requests, in less than 2 s
SEEN
echo "as described"
