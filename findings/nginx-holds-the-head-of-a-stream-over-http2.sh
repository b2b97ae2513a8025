#!/usr/bin/env bash
# Over HTTP/2 with TLS nginx keeps the head of a stream back until the first byte of its body, though buffering is off.
#
# Expected: with X-Accel-Buffering: no from the server, or proxy_buffering off, what the server has sent is passed on at
#   once; an event stream is open for its page when its head is there, and nothing need happen in it for hours.
# Happens: over HTTP/1.1 with TLS, and over HTTP/2 without, the head is there at once. Over HTTP/2 with TLS, as browsers speak it, it
#   comes with the first byte of the body: the page's stream stays "connecting", a client gives up at its time limit, and the error
#   is looked for in the server. postpone_output 0, a smaller ssl_buffer_size and tcp_nodelay change nothing.
# Way out: a server that writes something, a comment or a greeting, as soon as it has sent the head.
# Version: nginx 1.22.1-9+deb12u11 (Debian 12), Node.js 20 for the server and the client.
# Source: https://nginx.org/en/docs/http/ngx_http_proxy_module.html, proxy_buffering; what happens was seen by running it
#
# Needs: Debian 12 and openssl. Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
apt-get download -q nginx=1.22.1-9+deb12u11 > apt.log 2>&1
for package in *.deb; do dpkg -x "$package" debian; done
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=localhost 2> openssl.log
cat > hear.mjs <<'JS'
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get as plain } from 'node:http';
import { connect as http2 } from 'node:http2';
import { get as secure } from 'node:https';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const here = process.cwd();
const port = async (server) => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
};
/** A port that is free now. */
const free = async () => {
  const probe = createServer();
  const found = await port(probe);
  await once(probe.close(), 'close');
  return found;
};
/** The head at once, the first event after 3 s. */
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n'
      + 'X-Accel-Buffering: no\r\nConnection: close\r\n\r\n');
    setTimeout(() => socket.write('data: first\n\n'), 3000);
  });
});
const upstream = await port(server);

async function run(title, listen, ask, inServer = '', inLocation = '') {
  const own = await free();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${here}/${kind};`);
  writeFileSync('nginx.conf', `daemon off; pid ${here}/pid; error_log ${here}/error.log;
events {} http { access_log off; ${temporary.join(' ')}
server { listen 127.0.0.1:${own} ${listen}; ${inServer} location / { proxy_pass http://127.0.0.1:${upstream}; ${inLocation} } } }
`);
  const nginx = spawn(`${here}/debian/usr/sbin/nginx`, ['-p', here, '-e', `${here}/error.log`, '-c', `${here}/nginx.conf`], { stdio: 'inherit' });
  for (let open = false; !open; await pause(100)) {
    const probe = connect(own, '127.0.0.1');
    open = await Promise.race([once(probe, 'connect').then(() => true), once(probe, 'close').then(() => false)]).catch(() => false);
    probe.destroy();
    if (nginx.exitCode !== null) throw new Error('nginx has ended');
  }
  const began = performance.now();
  const end = await ask(own);
  console.log(`${title}: head ${performance.now() - began < 2000 ? 'at once' : 'with the first event'}`);
  end();
  nginx.kill();
  await once(nginx, 'exit');
}

const overHttp1 = (get, scheme) => async (own) => {
  const request = get(`${scheme}://127.0.0.1:${own}/`, { rejectUnauthorized: false });
  request.on('error', () => {});
  await once(request, 'response');
  return () => request.destroy();
};
const overHttp2 = (scheme) => async (own) => {
  const session = http2(`${scheme}://127.0.0.1:${own}`, { rejectUnauthorized: false });
  session.on('error', () => {});
  const request = session.request({ ':path': '/' });
  request.on('error', () => {});
  await once(request, 'response');
  return () => session.destroy();
};
const tls = `ssl_certificate ${here}/certificate.pem; ssl_certificate_key ${here}/key.pem;`;
await run('HTTP/1.1', '', overHttp1(plain, 'http'));
await run('HTTP/1.1, TLS', 'ssl', overHttp1(secure, 'https'), tls);
await run('HTTP/2', 'http2', overHttp2('http'));
await run('HTTP/2, TLS', 'ssl http2', overHttp2('https'), tls);
await run('HTTP/2, TLS, proxy_buffering off', 'ssl http2', overHttp2('https'), tls, 'proxy_buffering off;');
await run('HTTP/2, TLS, ssl_buffer_size 1k', 'ssl http2', overHttp2('https'), `${tls} ssl_buffer_size 1k;`);
await run('HTTP/2, TLS, postpone_output 0', 'ssl http2', overHttp2('https'), `${tls} postpone_output 0;`);
process.exit();
JS
node hear.mjs | tee seen
diff seen - <<'SEEN'
HTTP/1.1: head at once
HTTP/1.1, TLS: head at once
HTTP/2: head at once
HTTP/2, TLS: head with the first event
HTTP/2, TLS, proxy_buffering off: head with the first event
HTTP/2, TLS, ssl_buffer_size 1k: head with the first event
HTTP/2, TLS, postpone_output 0: head with the first event
SEEN
echo "as described"
