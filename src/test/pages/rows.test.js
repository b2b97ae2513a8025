import assert from 'node:assert/strict';
import test from 'node:test';
import { Rows, shiftOfMost } from '../../../webapp/admin/rows.js';

const COLUMNS = [
  { name: 'id', value: (row) => row.id },
  { name: 'lag', value: (row) => row.lag },
];
const rowsOf = (...items) => {
  const rows = new Rows(COLUMNS, (row) => row.id);
  rows.replace(items.map(([id, lag]) => ({ id, lag })));
  return rows;
};
const keys = (rows) => Array.from({ length: rows.length }, (_, i) => rows.keyAt(i)).join('');

test('leaves rows as they come until a column is chosen', () => {
  assert.equal(keys(rowsOf(['b', 1], ['a', 2])), 'ba');
});

test('sorts in both directions, and puts no value last in both', () => {
  const rows = rowsOf(['a', 3], ['b', null], ['c', 10n], ['d', 2], ['e']);
  rows.sort('lag', 'ascending');
  assert.equal(keys(rows), 'dacbe');
  rows.sort('lag', 'descending');
  assert.equal(keys(rows), 'cadbe');
});

test('keeps rows of one value in one order, however they arrive', () => {
  const rows = rowsOf(['b', 7], ['c', 7], ['a', 7]);
  rows.sort('lag', 'descending');
  assert.equal(keys(rows), 'abc');
  rows.replace([{ id: 'c', lag: 7 }, { id: 'a', lag: 7 }, { id: 'd', lag: 8 }, { id: 'b', lag: 7 }]);
  assert.equal(keys(rows), 'dabc');
});

test('finds rows that have every word, in any column and in any case', () => {
  const rows = rowsOf(['Alpha', 12], ['beta', 12], ['alphabet', 3]);
  rows.filter('  ALPHA 12');
  assert.deepEqual([keys(rows), rows.length, rows.total], ['Alpha', 1, 3]);
  rows.filter('');
  assert.equal(rows.length, 3);
});

test('knows where a row is, and that it is gone', () => {
  const rows = rowsOf(['a', 1], ['b', 2]);
  rows.sort('lag', 'descending');
  assert.deepEqual([rows.placeOf('a'), rows.placeOf('b'), rows.placeOf('x'), rows.placeOf(null)], [1, 0, -1, -1]);
  rows.filter('a');
  assert.deepEqual([rows.placeOf('a'), rows.placeOf('b')], [0, -1]);
});

test('shows a key once, as it was said last', () => {
  const rows = rowsOf(['a', 1], ['b', 2], ['a', 3]);
  assert.deepEqual([keys(rows), rows.at(0).lag], ['ab', 3]);
});

test('moves the place with most of its rows, and with no fewer', () => {
  assert.equal(shiftOfMost([5, 5, -80, 5]), 5);
  assert.equal(shiftOfMost([5, 5, -80, 900]), 0);
  assert.equal(shiftOfMost([40, -3, 700]), 0);
  assert.equal(shiftOfMost([]), 0);
});

test('arranges ten thousand rows as it does three', () => {
  const rows = new Rows(COLUMNS, (row) => row.id);
  rows.sort('lag', 'descending');
  rows.replace(Array.from({ length: 10_000 }, (_, i) => ({ id: `c${i}`, lag: (i * 7919) % 10_000 })));
  for (let place = 0; place < 10_000; place++) {
    assert.equal(rows.at(place).lag, 9_999 - place);
  }
  assert.equal(rows.placeOf(rows.keyAt(4_321)), 4_321);
});
