import assert from 'node:assert/strict';
import test from 'node:test';
import { SseParser } from '../../../webapp/lib/sse-parser.js';

const utf8 = new TextEncoder();

/** What comes out of these pieces, in order. */
function parsed(...pieces) {
  const out = [];
  const parser = new SseParser(
    ({ type, text, id }) => out.push([type, text, id]),
    (ms) => out.push(ms),
  );
  for (const piece of pieces) {
    parser.push(typeof piece === 'string' ? utf8.encode(piece) : piece);
  }
  return out;
}

const STREAM =
  '\ufeffretry: 4917\ndata: {"type":"connected"}\nid: 41\n\n: a comment\nevent: stream.withdrawn\ndata: {"reference":"Zürich 😀 支払い"}\nid: 42\n\n' +
  'event: heartbeat\ndata: {"head":57}\nid: 57\n\n';
const SAID = [
  4917,
  ['message', '{"type":"connected"}', '41'],
  ['stream.withdrawn', '{"reference":"Zürich 😀 支払い"}', '42'],
  ['heartbeat', '{"head":57}', '57'],
];

for (const [name, end] of [['LF', '\n'], ['CR', '\r'], ['CRLF', '\r\n']]) {
  test(`says the same wherever the bytes are split, with ${name}`, () => {
    const all = utf8.encode(STREAM.replaceAll('\n', end));
    for (let at = 0; at <= all.length; at++) {
      assert.deepEqual(parsed(all.slice(0, at), all.slice(at)), SAID, `split at ${at}`);
    }
    assert.deepEqual(parsed(...Array.from(all, (byte) => Uint8Array.of(byte))), SAID);
  });

  test(`says nothing of a block that was cut anywhere, with ${name}`, () => {
    const whole = utf8.encode(`data: 1${end}id: 1${end}${end}`);
    const cut = utf8.encode(`event: x${end}data: 2${end}id: 2${end}`);
    for (let at = 0; at <= cut.length; at++) {
      assert.deepEqual(parsed(whole, cut.slice(0, at)), [['message', '1', '1']], `cut at ${at}`);
    }
  });
}

test('ends a block as soon as its blank line is there, and not with the next byte', () => {
  assert.deepEqual(parsed('data: 1\r\r'), [['message', '1', null]]);
});

test('mixes the three ends of a line', () => {
  assert.deepEqual(parsed('data: 1\rdata: 2\ndata: 3\r\n\r\n'), [['message', '1\n2\n3', null]]);
});

test('takes one space after the colon away, and no more', () => {
  assert.deepEqual(parsed('data:x\n\ndata:  y\n\ndata\n\ndata:\n\n').map(([, text]) => text), ['x', ' y', '', '']);
});

test('hands out an id without data, as a block without text', () => {
  assert.deepEqual(parsed('id: 9\n\n'), [['message', null, '9']]);
});

test('does not know the id of the block before', () => {
  assert.deepEqual(parsed('data: 1\nid: 7\n\ndata: 2\n\n')[1], ['message', '2', null]);
});

test('knows an empty id from none', () => {
  assert.equal(parsed('event: reset\ndata: {}\nid\n\n')[0][2], '');
});

test('ignores what the standard ignores', () => {
  assert.deepEqual(parsed('id: 1\0\nretry: soon\nretry: -1\nfoo: bar\n:\n\n'), []);
});

test('does not take an event name into the next block', () => {
  assert.deepEqual(parsed('event: x\n\ndata: 1\n\n'), [['message', '1', null]]);
});

test('reads a line of eight megabytes that comes in many pieces', () => {
  const piece = 'x'.repeat(64 * 1024);
  const [[, text]] = parsed('data: ', ...Array.from({ length: 128 }, () => piece), '\n\n');
  assert.equal(text.length, 8 * 1024 * 1024);
});

test('reads blocks without end', () => {
  const block = `data: ${'x'.repeat(2 ** 20)}\n\n`;
  assert.equal(parsed(...Array.from({ length: 17 }, () => block)).length, 17);
});

for (const line of ['x'.repeat(2 ** 20), `data: ${'x'.repeat(2 ** 20)}\n`]) {
  test(`does not gather a block without an end for ever, of ${line.endsWith('\n') ? 'many lines' : 'one'}`, () => {
    assert.throws(() => parsed(...Array.from({ length: 17 }, () => line)), /without an end/);
  });
}
