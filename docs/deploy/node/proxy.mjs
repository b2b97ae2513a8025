// http-proxy 1.18.1 on Node 20 or newer: npm ci && node proxy.mjs
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import httpProxy from 'http-proxy';

const pem = readFileSync('/etc/ssl/private/events.pem');
const proxy = httpProxy.createProxyServer({ target: 'http://127.0.0.1:3001' });

proxy.on('proxyReq', (forwarded, request, response) => {
  // set, not added: clients write one of their own
  forwarded.setHeader('X-Forwarded-For', request.socket.remoteAddress);
  forwarded.setHeader('X-Forwarded-Proto', 'https');
  // else the place of a client that has left is never freed
  response.on('close', () => forwarded.destroy());
});
proxy.on('proxyRes', (answer, _request, response) => {
  // else a client waits forever for the rest of an answer whose server has gone
  answer.on('close', () => answer.complete || response.destroy());
});
proxy.on('error', (_error, _request, response) => {
  if (response.headersSent) {
    response.destroy();
  } else {
    response.writeHead(502).end();
  }
});

createServer({ cert: pem, key: pem }, (request, response) => proxy.web(request, response)).listen(443);
