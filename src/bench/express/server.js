'use strict';
// A peer of the benchmark: Express, each event written to each response in a loop. PORT says where it listens.
const express = require('express');

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const clients = new Set();
let id = 0;

app.get('/events', (req, res) => {
  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  res.flushHeaders();
  res.write('data: {"type":"connected"}\n\n');
  clients.add(res);
  req.on('close', () => clients.delete(res));
});

app.post('/events', express.text({ type: () => true }), (req, res) => {
  const frame = `id: ${++id}\ndata: ${req.body}\n\n`;
  for (const client of clients) {
    client.write(frame);
  }
  res.status(202).end();
});

const server = app.listen(Number(process.env.PORT), '127.0.0.1', 4096);
server.keepAliveTimeout = 60000;
process.on('SIGTERM', () => process.exit(0));
