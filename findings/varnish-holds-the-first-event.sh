#!/usr/bin/env bash
# Varnish holds the first event of a stream until the second one, if it came from the server together with the head of the answer.
#
# Expected: what a server has sent is passed on, or it is not; how it was cut into packets makes no difference (RFC 9293: TCP is
#   a stream of bytes).
# Happens: an answer that ends with its connection, and whose first bytes arrive in the same read as its head, is passed on
#   with the head alone. The rest of that read stays in Varnish until the server writes again: a snapshot, a greeting or the
#   replay that a client waits for comes with the next event or heartbeat, maybe an hour later. Whether it happens depends
#   on a flush in the server: 200 ms between the two, and the event is there at once. A chunked answer is, always.
# Way out for a server: a flush behind the head and a short while, or chunks; for Varnish: return (pipe).
# Version: varnish 7.1.1-2+deb12u1 (Debian 12), Node.js 20 for the server.
# Source: https://varnish-cache.org/docs/7.1/users-guide/vcl-built-in-subs.html (pipe); bin/varnishd/cache/cache_fetch.c, the
#   fetch of a body without a length
#
# Needs: Debian 12 and a C compiler, for which Varnish asks. Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
processes=()
trap 'kill "${processes[@]}" 2>/dev/null; wait; rm -rf "$here"' EXIT
cd "$here"
apt-get download -q varnish=7.1.1-2+deb12u1 libvarnishapi3=7.1.1-2+deb12u1 > apt.log 2>&1
for package in *.deb; do dpkg -x "$package" debian; done
cat > listen.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n';
const streams = {
  '/together': [head + 'Connection: close\r\n\r\ndata: first\n\n'],
  '/apart': [head + 'Connection: close\r\n\r\n', 'data: first\n\n'],
  '/chunked': [head + 'Transfer-Encoding: chunked\r\n\r\nd\r\ndata: first\n\n\r\n'],
};
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (request) => {
    const path = String(request).split(' ')[1];
    const [now, later] = streams[path];
    socket.write(now);
    if (later) setTimeout(() => socket.write(later), 200);
    setTimeout(() => socket.write(path === '/chunked' ? 'e\r\ndata: second\n\n\r\n' : 'data: second\n\n'), 3000);
  });
});
const free = createServer().listen(0, '127.0.0.1', () => {
  const { port } = free.address();
  free.close(() => server.listen(0, '127.0.0.1', () => {
    writeFileSync('default.vcl', `vcl 4.1; backend default { .host = "127.0.0.1"; .port = "${server.address().port}"; }`);
    writeFileSync('port', String(port));
  }));
});
JS
cat > hear.mjs <<'JS'
import { once } from 'node:events';
import { get } from 'node:http';

for (const path of ['/together', '/apart', '/chunked']) {
  const began = performance.now();
  const client = get(`http://127.0.0.1:${process.argv[2]}${path}`);
  client.on('error', () => {});
  const [answer] = await once(client, 'response');
  const [piece] = await once(answer, 'data');
  const seconds = (performance.now() - began) / 1000;
  console.log(`${path}: ${seconds < 2 ? 'at once' : 'after 3 s'}: ${String(piece).trim().replaceAll('\n', ' ')}`);
  client.destroy();
}
JS
node listen.mjs &
processes+=($!)
until [ -s port ]; do sleep 0.1; done
touch varnish.log
libraries=$here/debian/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$libraries debian/usr/sbin/varnishd -F -n "$here/work" -a "127.0.0.1:$(cat port)" -f "$here/default.vcl" \
  -j none -T none -p vmod_path="$libraries/varnish/vmods" > varnish.log 2>&1 &
processes+=($!)
until grep -q 'Child starts' varnish.log; do kill -0 "${processes[1]}"; sleep 0.2; done
node hear.mjs "$(cat port)" | tee seen
diff seen - <<'SEEN'
/together: after 3 s: data: first  data: second
/apart: at once: data: first
/chunked: at once: data: first
SEEN
echo "as described"
