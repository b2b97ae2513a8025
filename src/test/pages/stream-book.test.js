import assert from 'node:assert/strict';
import test from 'node:test';

// The environment of the module in a page.
globalThis.document = { baseURI: 'http://127.0.0.1:1/test-client.html' };
const { StreamBook } = await import('../../../webapp/shared/stream-book.js');

const created = {
  streamId: '1',
  version: 1,
  ratePerSecond: '5',
  depositedAmount: '1000',
  startTime: 100,
  timestamp: 90,
};

function bookOf(...events) {
  const asked = [];
  globalThis.fetch = async (url) => {
    asked.push(url.pathname);
    return new Response('{}', { status: 404 });
  };
  const book = new StreamBook(60, () => {});
  for (const [type, event] of events) {
    book.apply(type, event);
  }
  return { book, asked };
}

test('keeps a stream current by its events', () => {
  const { book } = bookOf(
    ['stream.created', created],
    ['stream.topped_up', { streamId: '1', version: 2, newDepositedAmount: '9007199254740993' }],
    ['stream.withdrawn', { streamId: '1', version: 3, withdrawnAmount: '20' }],
  );
  assert.equal(book.get('1').depositedAmount, '9007199254740993');
  assert.equal(book.get('1').withdrawnAmount, '20');
  assert.equal(book.get('1').version, 3);
});

test('counts a pause from the start where it began before', () => {
  const { book } = bookOf(
    ['stream.created', created],
    ['stream.paused', { streamId: '1', version: 2, pausedAt: 95, timestamp: 95 }],
    ['stream.resumed', { streamId: '1', version: 3, timestamp: 130 }],
  );
  assert.equal(book.get('1').status, 'ACTIVE');
  assert.equal(book.get('1').totalPausedDuration, 30);
});

test('does not take an event twice, nor an older state', () => {
  const { book } = bookOf(
    ['stream.created', created],
    ['stream.paused', { streamId: '1', version: 2, pausedAt: 120, timestamp: 120 }],
    ['stream.paused', { streamId: '1', version: 2, pausedAt: 125, timestamp: 125 }],
  );
  book.know({ ...created, status: 'ACTIVE' });
  assert.equal(book.get('1').pausedAt, 120);
  assert.equal(book.get('1').status, 'PAUSED');
});

test('reads the stream whose event it has missed', () => {
  const { book, asked } = bookOf(
    ['stream.created', created],
    ['stream.withdrawn', { streamId: '1', version: 3, withdrawnAmount: '20' }],
  );
  assert.deepEqual(asked, ['/v1/streams/1']);
  assert.equal(book.get('1').version, 1);
});

test('forgets the stream whose change is the longest ago', () => {
  const { book } = bookOf(
    ...Array.from({ length: 61 }, (_, i) => ['stream.created', { ...created, streamId: String(i) }]),
  );
  assert.equal(book.size, 60);
  assert.equal(book.get('0'), undefined);
});

test('reads every stream again of which it has missed an event, a few at a time', async () => {
  const asked = [];
  const answers = [];
  globalThis.fetch = (url) => {
    asked.push(url.pathname);
    return new Promise((resolve) => {
      answers.push(() => resolve(Response.json({ ...created, streamId: url.pathname.split('/').pop(), version: 5 })));
    });
  };
  const book = new StreamBook(60, () => {});
  const ids = ['1', '2', '3', '4'];
  for (const streamId of ids) {
    book.know({ ...created, streamId });
    book.apply('stream.withdrawn', { streamId, version: 5, withdrawnAmount: '20' });
  }
  assert.equal(asked.length, 2);
  while (answers.length > 0) {
    answers.shift()();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  assert.deepEqual(asked, ids.map((id) => `/v1/streams/${id}`));
  assert.deepEqual(ids.map((id) => book.get(id).version), [5, 5, 5, 5]);
});
