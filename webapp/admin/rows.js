// @ts-check
// The rows of a table in their order, without the page: searched, sorted, and where the place in the list goes when
// fresh rows arrive.

/** @typedef {string|number|bigint|null|undefined} Value */

/**
 * @template Row
 * @typedef {object} Ordered what the order needs to know of a column
 * @property {string} name
 * @property {(row: Row) => Value} value by which rows are sorted; no value is last in either direction
 */

/** @template Row */
export class Rows {
  #columns;
  #key;
  /** @type {Row[]} */
  #all = [];
  /** @type {Row[]} */
  #shown = [];
  /** @type {Map<string, number>} */
  #places = new Map();
  /** @type {Ordered<Row>|undefined} */
  #by;
  #sign = 1;
  /** @type {string[]} */
  #words = [];

  /**
   * @param {Ordered<Row>[]} columns
   * @param {(row: Row) => string} key what makes a row the same one later
   */
  constructor(columns, key) {
    this.#columns = columns;
    this.#key = key;
  }

  /**
   * Other rows. Of two with one key the last is shown.
   *
   * @param {Iterable<Row>} rows
   */
  replace(rows) {
    this.#all = [...new Map([...rows].map((row) => [this.#key(row), row])).values()];
    this.#arrange();
  }

  /**
   * @param {string} name of the column
   * @param {'ascending'|'descending'} direction
   */
  sort(name, direction) {
    this.#by = this.#columns.find((column) => column.name === name);
    this.#sign = direction === 'descending' ? -1 : 1;
    this.#arrange();
  }

  /**
   * Only rows that have every word, in any column and in any case.
   *
   * @param {string} text
   */
  filter(text) {
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.#arrange();
  }

  get length() {
    return this.#shown.length;
  }

  /** How many there are, shown or not. */
  get total() {
    return this.#all.length;
  }

  /** @param {number} place */
  at(place) {
    return this.#shown[place];
  }

  /** @param {number} place */
  keyAt(place) {
    return this.#key(this.#shown[place]);
  }

  /**
   * @param {string|null} key
   * @returns {number} -1 if it is not shown
   */
  placeOf(key) {
    return key === null ? -1 : (this.#places.get(key) ?? -1);
  }

  /** @param {Row} row */
  #matches(row) {
    const text = this.#columns.map((column) => column.value(row) ?? '').join('\n').toLowerCase();
    return this.#words.every((word) => text.includes(word));
  }

  #arrange() {
    const found = this.#words.length === 0 ? this.#all : this.#all.filter((row) => this.#matches(row));
    this.#shown = this.#by ? this.#sorted(found, this.#by) : found;
    this.#places = new Map(this.#shown.map((row, place) => [this.#key(row), place]));
  }

  /**
   * @param {Row[]} rows
   * @param {Ordered<Row>} by
   */
  #sorted(rows, by) {
    return rows
      .map((row) => ({ row, value: by.value(row), key: this.#key(row) }))
      .sort((a, b) => order(a.value, b.value, this.#sign) || (a.key < b.key ? -1 : 1))
      .map((item) => item.row);
  }
}

/**
 * @param {Value} a
 * @param {Value} b
 * @param {number} sign
 */
function order(a, b, sign) {
  if (a === null || a === undefined) {
    return b === null || b === undefined ? 0 : 1;
  }
  if (b === null || b === undefined) {
    return -1;
  }
  return a === b ? 0 : sign * (a < b ? -1 : 1);
}

/**
 * How far the place in the list moves with its rows: by as much as most of them. Rows that scatter, because what they
 * are sorted by has changed, do not take the reader along.
 *
 * @param {number[]} shifts of the rows in view that are still there
 */
export function shiftOfMost(shifts) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const shift of shifts) {
    const count = (counts.get(shift) ?? 0) + 1;
    if (count * 2 > shifts.length) {
      return shift;
    }
    counts.set(shift, count);
  }
  return 0;
}
