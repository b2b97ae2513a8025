#!/usr/bin/env bash
# h2o passes an answer that its server broke off on as a complete one.
#
# Expected: a chunked answer without its last chunk is incomplete, and a proxy must not make a complete one of it (RFC 9112, 8).
#   The client sees that something is missing, and asks again.
# Happens: if the server's connection is closed in the middle of a chunked answer, as by the end of its process, h2o sends the last
#   chunk itself. A client of an export has half of it with status 200 and an orderly end, and nothing tells. So it is
#   with an answer that ends with its connection, if that is reset. lighttpd breaks both off.
# Way out: a last line in the format itself that says how many there are.
# Version: h2o 2.2.5+dfsg2-7 and lighttpd 1.4.69-1 (Debian 12), Node.js 20 for the server.
# Source: https://www.rfc-editor.org/rfc/rfc9112#section-8
#
# Needs: Debian 12. Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
processes=()
trap 'kill "${processes[@]}" 2>/dev/null; wait; rm -rf "$here"' EXIT
cd "$here"
apt-get download -q h2o=2.2.5+dfsg2-7 lighttpd=1.4.69-1 > apt.log 2>&1
for package in *.deb; do dpkg -x "$package" debian; done
cat > listen.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (request) => {
    const chunked = String(request).startsWith('GET /chunked');
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
      + (chunked ? 'Transfer-Encoding: chunked\r\n\r\n8\r\n1 of 2\r\n\r\n' : 'Connection: close\r\n\r\n1 of 2\r\n'));
    setTimeout(() => (chunked ? socket.end() : socket.resetAndDestroy()), 300);
  });
});
/** A port that is free now. */
const free = () => new Promise((found) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => found(port));
  });
});
const [h2o, lighttpd] = [await free(), await free()];
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  writeFileSync('h2o.conf', `listen: {port: ${h2o}, host: 127.0.0.1}
hosts: {default: {paths: {/: {proxy.reverse.url: "http://127.0.0.1:${port}/"}}}}
`);
  writeFileSync('lighttpd.conf', `server.document-root = "${process.cwd()}"
server.port = ${lighttpd}
server.bind = "127.0.0.1"
server.modules = ("mod_proxy")
server.stream-response-body = 1
proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${port})))
`);
  writeFileSync('ports', `${h2o} ${lighttpd}`);
});
JS
cat > hear.mjs <<'JS'
import { setTimeout as pause } from 'node:timers/promises';

const [h2o, lighttpd] = process.argv.slice(2);
for (const [name, port] of Object.entries({ lighttpd, h2o })) {
  for (const path of ['/chunked', '/close']) {
    let answer;
    for (let tries = 0; !answer; tries++) {
      // until it listens
      answer = await fetch(`http://127.0.0.1:${port}${path}`).catch((error) => {
        if (tries === 50) throw error;
        return pause(100);
      });
    }
    console.log(`${name} ${path}: ${await answer.text().then((text) => `complete: ${text.trim()}`, () => 'broken off')}`);
  }
}
JS
node listen.mjs &
processes+=($!)
until [ -s ports ]; do sleep 0.1; done
debian/usr/bin/h2o -c h2o.conf > h2o.log 2>&1 &
processes+=($!)
debian/usr/sbin/lighttpd -D -f lighttpd.conf -m debian/usr/lib/lighttpd > lighttpd.log 2>&1 &
processes+=($!)
# shellcheck disable=SC2046
node hear.mjs $(cat ports) | tee seen
diff seen - <<'SEEN'
lighttpd /chunked: broken off
lighttpd /close: broken off
h2o /chunked: complete: 1 of 2
h2o /close: complete: 1 of 2
SEEN
echo "as described"
