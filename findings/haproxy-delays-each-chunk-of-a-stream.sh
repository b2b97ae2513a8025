#!/usr/bin/env bash
# HAProxy passes each event of a chunked stream on 200 ms late; the same stream without chunks is on time.
#
# Expected: how a server marks the length of an answer (RFC 9112, section 6: chunks, or the end of the connection) does not
#   decide when its bytes are passed on; HAProxy passes on what it has.
# Happens: behind a whole chunk, with more chunks to come, HAProxy expects the next at once and keeps the packet open for it
#   (MSG_MORE), until the kernel sends it after 200 ms. An event source writes one chunk an event, so each event is that much
#   late, at any rate of events and with TCP_NODELAY on both sides. A load test at a high rate does not show it: there the next chunk comes.
#   HAProxy's manual tells it of applications that exchange messages in chunks; who sets up an event stream looks for buffering.
# Way out: option http-no-delay in the frontend; or a server that ends its streams by closing.
# Version: haproxy 2.6.12-1+deb12u4 (Debian 12), Node.js 20 for the server and the client.
# Source: https://docs.haproxy.org/2.6/configuration.html, "option http-no-delay"
#
# Needs: Debian 12. Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
processes=()
trap 'kill "${processes[@]}" 2>/dev/null; wait; rm -rf "$here"' EXIT
cd "$here"
apt-get download -q haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 \
  libopentracing1=1.6.0-4 > apt.log 2>&1
for package in *.deb; do dpkg -x "$package" debian; done
cat > tell.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n';
/** An event every 500 ms, with the time when it was written. */
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.once('data', (request) => {
    const chunked = String(request).startsWith('GET /chunked');
    socket.write(head + (chunked ? 'Transfer-Encoding: chunked\r\n\r\n' : 'Connection: close\r\n\r\n'));
    const timer = setInterval(() => {
      const event = `data: ${Date.now()}\n\n`;
      socket.write(chunked ? `${event.length.toString(16)}\r\n${event}\r\n` : event);
    }, 500);
    socket.on('close', () => clearInterval(timer));
  });
});
/** A port that is free now. */
const free = () => new Promise((found) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => found(port));
  });
});
const [usual, noDelay] = [await free(), await free()];
server.listen(0, '127.0.0.1', () => {
  writeFileSync('haproxy.cfg', `defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  default_backend server
frontend usual
  bind 127.0.0.1:${usual}
frontend no-delay
  bind 127.0.0.1:${noDelay}
  option http-no-delay
backend server
  server node 127.0.0.1:${server.address().port}
`);
  writeFileSync('ports', `${usual} ${noDelay} ${server.address().port}\n`);
});
JS
cat > hear.mjs <<'JS'
import { connect } from 'node:net';

/** The median time of eight events on their way, in milliseconds. */
const hear = (port, path) => new Promise((heard) => {
  const late = [];
  const socket = connect(port, '127.0.0.1', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
  socket.on('data', (piece) => {
    for (const [, written] of String(piece).matchAll(/data: (\d+)/g)) late.push(Date.now() - written);
    if (late.length < 8) return;
    socket.destroy();
    heard(late.sort((a, b) => a - b)[4]);
  });
});
const [usual, noDelay, direct] = process.argv.slice(2);
for (const [name, port, path] of [
  ['no proxy, chunks', direct, '/chunked'],
  ['HAProxy, until the connection closes', usual, '/'],
  ['HAProxy, chunks', usual, '/chunked'],
  ['HAProxy with http-no-delay, chunks', noDelay, '/chunked'],
]) {
  const late = await hear(port, path);
  console.log(`${name}: ${late >= 150 ? 'about 200 ms late' : late < 100 ? 'on time' : `${late} ms late`}`);
}
JS
node tell.mjs &
processes+=($!)
until [ -s ports ]; do sleep 0.1; done
read -r usual no_delay direct < ports
LD_LIBRARY_PATH=$here/debian/usr/lib/x86_64-linux-gnu debian/usr/sbin/haproxy -f haproxy.cfg -db > haproxy.log 2>&1 &
processes+=($!)
for port in "$usual" "$no_delay"; do
  until (: < "/dev/tcp/127.0.0.1/$port") 2>/dev/null; do kill -0 "${processes[1]}"; sleep 0.2; done
done
node hear.mjs "$usual" "$no_delay" "$direct" | tee seen
diff seen - <<'SEEN'
no proxy, chunks: on time
HAProxy, until the connection closes: on time
HAProxy, chunks: about 200 ms late
HAProxy with http-no-delay, chunks: on time
SEEN
echo "as described"
