// What the page of the API shows, without a browser: references, and the requests that its forms describe.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { ApiDocument, nameOf } from '../../../webapp/docs/document.js';
import { exampleOf } from '../../../webapp/docs/examples.js';
import { curlOf, requestOf } from '../../../webapp/docs/request.js';

const api = new ApiDocument(
  JSON.parse(readFileSync(new URL('../../../webapp/openapi.json', import.meta.url), 'utf8')),
);
const operation = (id) => api.operations.find((one) => one.id === id);

test('every operation of the description is shown, under a tag that has a heading', () => {
  assert.ok(api.operations.length > 20);
  const tags = new Set(api.tags.map(({ name }) => name));
  assert.deepEqual(api.operations.filter(({ tag }) => !tags.has(tag)), []);
});

test('references lead somewhere, also through others', () => {
  assert.equal(api.resolve({ $ref: '#/components/schemas/Time' }).type, 'integer');
  assert.equal(api.resolve({ $ref: '#/paths/~1v1~1events/get' }).operationId, 'getEvents');
  assert.throws(() => api.resolve({ $ref: '#/components/schemas/Nothing' }), /no #\/components/);
  assert.equal(nameOf({ $ref: '#/components/schemas/Time' }), 'Time');
  assert.equal(nameOf({ type: 'string' }), null);
});

test('examples look as they do on the wire', () => {
  const of = (id, type) => exampleOf(type, operation(id).responses.find(([status]) => status === '200')[1].content[type]);
  const stream = of('subscribe', 'text/event-stream');
  assert.match(stream, /^retry: \d+\ndata: \{"type":"connected",.*\}\nid: 41\.k3f9a81\n\nevent: stream\.withdrawn\ndata: \{/);
  assert.match(stream, /\n\nevent: heartbeat\ndata: \{"head":57\}\nid: 57\.k3f9a81\n\n/);
  assert.match(of('followLiveStats', 'text/event-stream'), /^event: stats\ndata: \{"time":.*\}\n\n$/);
  assert.match(of('getEvents', 'text/csv'), /^seq,type,.*\r\n42,stream\.withdrawn,/);
  assert.match(of('getEvents', 'application/x-ndjson'), /^\{"seq":42,.*\}\n$/);
  assert.match(of('getMetrics', 'text/plain'), /^# HELP flowfi_/);
  assert.match(of('getHealth', 'application/json'), /^\{\n {2}"status": "up",/);
  assert.equal(of('getSupportBundle', 'application/zip'), null);
});

test('values go where they belong, and empty ones nowhere', () => {
  const read = requestOf(operation('getStreamEvents'), { id: '7/8', type: 'stream.created', after: ' ' }, null);
  assert.deepEqual(read, {
    method: 'GET',
    path: 'v1/streams/7%2F8/events?type=stream.created',
    headers: {},
    body: null,
  });
  const command = requestOf(operation('topUpStream'), { id: '7', 'If-Match': '"3"' }, '{"amount":"5"}');
  assert.deepEqual(command, {
    method: 'POST',
    path: 'v1/streams/7/top-up',
    headers: { 'If-Match': '"3"', 'Content-Type': 'application/json' },
    body: '{"amount":"5"}',
  });
});

test('a command line is quoted for a shell, and names no token', () => {
  const request = requestOf(operation('pauseStream'), { id: '7' }, `{"reference":"Bob's"}`);
  assert.equal(
    curlOf(request, 'http://localhost:3001/', true),
    `curl -N 'http://localhost:3001/v1/streams/7/pause' -X POST -H "Authorization: Bearer $TOKEN"` +
      ` -H 'Content-Type: application/json' -d '{"reference":"Bob'\\''s"}'`,
  );
});
