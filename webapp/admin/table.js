// @ts-check
// A table of many rows, of which the page only has those in view. Rows have one height. The row with the focus stays in
// the page wherever it goes, so that fresh rows never take the focus away.
//
// Long, because scrolling, sorting, fresh rows and the focus move the same lines, and must be read together.
import { el, onceAFrame, setText } from '../shared/dom.js';
import { whenReleased } from '../shared/press.js';
import { Rows, shiftOfMost } from './rows.js';

/** @import { Value } from './rows.js' */

/** Rows above and below those in view, so that a short scroll shows no blank. */
const SPARE = 8;

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} name
 * @property {string} label
 * @property {number} width at least, in rem; wider ones get more of what is left
 * @property {(row: Row) => Value} value sorted by and searched for
 * @property {(row: Row) => string} [text] shown; by default the value
 * @property {(cell: HTMLElement, row: Row) => void} [fill] builds the cell, and later changes it, in place of a text
 * @property {boolean} [numeric] aligned right, and greatest first at the first click
 */

/**
 * @template Row
 * @typedef {object} Action a button in each row
 * @property {string} label
 * @property {(row: Row) => string} name what a screen reader says
 * @property {(row: Row) => void} act
 * @property {boolean} [danger]
 */

/**
 * @template Row
 * @typedef {object} TableOptions
 * @property {string} caption
 * @property {Column<Row>[]} columns
 * @property {(row: Row) => string} key what makes a row the same one later
 * @property {number} [rowHeight] px
 * @property {string} empty says what would be here
 * @property {(row: Row) => void} [opened] Enter or a double click on a row
 * @property {Action<Row>[]} [actions]
 */

/**
 * @template Row
 * @param {TableOptions<Row>} options
 */
export function virtualTable(options) {
  return new VirtualTable(options);
}

/**
 * @template Row
 * @typedef {object} Line a row in the page
 * @property {HTMLElement} element
 * @property {HTMLElement[]} cells
 * @property {HTMLButtonElement[]} buttons
 * @property {Row} [row] as last drawn
 */

/** @template Row */
class VirtualTable {
  #columns;
  #rowHeight;
  #empty;
  #opened;
  #actions;
  #rows;
  /** @type {Map<string, Line<Row>>} */
  #lines = new Map();
  /** @type {Map<string, HTMLElement>} */
  #headers = new Map();
  #body = el('div', { class: 'vtable-body', role: 'rowgroup' });
  #note = el('p', { class: 'vtable-empty muted', role: 'status' });
  #scroll;
  #searched = '';
  /** @type {string|null} the row that Tab goes to */
  #active = null;
  /** Its place when it was last drawn. */
  #place = 0;
  #draw = onceAFrame(() => this.#flush());

  /** @param {TableOptions<Row>} options */
  constructor({ caption, columns, key, rowHeight = 36, empty, opened, actions = [] }) {
    this.#columns = columns;
    this.#rowHeight = rowHeight;
    this.#empty = empty;
    this.#opened = opened;
    this.#actions = actions;
    this.#rows = new Rows(columns, key);
    this.#scroll = el(
      'div',
      {
        class: 'vtable',
        role: 'grid',
        'aria-label': caption,
        'aria-colcount': columns.length + (actions.length > 0 ? 1 : 0),
        'data-testid': 'table',
        // for the focus of the last row that was there
        tabindex: -1,
      },
      this.#head(),
      this.#body,
    );
    this.element = el('div', { class: 'vtable-frame' }, this.#scroll, this.#note);
    const widths = [...columns.map((column) => column.width), ...(actions.length > 0 ? [actions.length * 5.5] : [])];
    this.element.style.setProperty('--vtable-columns', widths.map((w) => `minmax(${w}rem, ${w}fr)`).join(' '));
    this.element.style.setProperty('--vtable-width', `${widths.reduce((sum, w) => sum + w, 0)}rem`);
    this.element.style.setProperty('--vtable-row', `${rowHeight}px`);
    this.#scroll.addEventListener('scroll', this.#draw, { passive: true });
    this.#scroll.addEventListener('keydown', (event) => this.#key(event));
    this.#body.addEventListener('focusin', (event) => this.#focused(event));
    this.#body.addEventListener('click', (event) => this.#clicked(event));
    this.#body.addEventListener('dblclick', (event) => this.#open(this.#lineOf(event.target)?.row));
    new ResizeObserver(this.#draw).observe(this.#scroll);
    this.#flush();
  }

  /** How many rows the search leaves. */
  get shown() {
    return this.#rows.length;
  }

  /** Where Tab comes to in it: a row, or the table if it has none. */
  get stop() {
    return this.#lines.get(this.#active ?? '')?.element ?? this.#scroll;
  }

  /**
   * Fresh rows in place of the last ones: what is looked at, and what has the focus, stays where it is. A row that is
   * pressed stays in any case, until it is released.
   *
   * @param {Iterable<Row>} rows
   */
  show(rows) {
    whenReleased(this.#body, () => this.#keepPlace(() => this.#rows.replace(rows)));
  }

  /**
   * @param {string} name of a column
   * @param {'ascending'|'descending'} direction
   */
  sort(name, direction) {
    this.#rows.sort(name, direction);
    for (const [other, header] of this.#headers) {
      header.setAttribute('aria-sort', other === name ? direction : 'none');
    }
    this.#scroll.scrollTop = 0;
    this.#draw();
  }

  /**
   * Shows only rows that have all words of a text.
   *
   * @param {string} text
   */
  filter(text) {
    this.#searched = text.trim();
    this.#rows.filter(text);
    this.#scroll.scrollTop = 0;
    this.#draw();
  }

  /**
   * Brings a row into view and gives it the focus.
   *
   * @param {string} key
   * @returns {boolean} whether it is shown
   */
  focusRow(key) {
    const place = this.#rows.placeOf(key);
    if (place < 0) {
      return false;
    }
    this.#active = key;
    const top = place * this.#rowHeight;
    const room = this.#room();
    if (top < this.#scroll.scrollTop) {
      this.#scroll.scrollTop = top;
    } else if (top + this.#rowHeight > this.#scroll.scrollTop + room) {
      this.#scroll.scrollTop = top + this.#rowHeight - room;
    }
    this.#flush();
    this.#lines.get(key)?.element.focus({ preventScroll: true });
    return true;
  }

  /** The height of the rows' part of the view: the header hides what is behind it. */
  #room() {
    return Math.max(this.#rowHeight, this.#scroll.clientHeight - this.#rowHeight);
  }

  /** @returns {[number, number]} the places in view, the second not included */
  #view() {
    const first = Math.floor(this.#scroll.scrollTop / this.#rowHeight);
    const last = Math.ceil((this.#scroll.scrollTop + this.#room()) / this.#rowHeight);
    return [Math.min(first, this.#rows.length), Math.min(last, this.#rows.length)];
  }

  #hasFocus() {
    return this.#body.contains(document.activeElement);
  }

  /** @param {() => void} change of the rows */
  #keepPlace(change) {
    const [first, last] = this.#view();
    const before = Array.from({ length: last - first }, (_, i) => this.#rows.keyAt(first + i));
    const focused = this.#hasFocus() && before.includes(this.#active ?? '') ? [this.#active] : null;
    const places = new Map(before.map((key, i) => [/** @type {string|null} */ (key), first + i]));
    change();
    const shifts = (focused ?? before)
      .filter((key) => this.#rows.placeOf(key) >= 0)
      .map((key) => this.#rows.placeOf(key) - (places.get(key) ?? 0));
    const shift = shiftOfMost(shifts);
    // the body's height bounds where one can scroll to
    this.#resize();
    // at the top, the reader waits for what comes first
    if (shift !== 0 && (focused || this.#scroll.scrollTop > 0)) {
      this.#scroll.scrollTop += shift * this.#rowHeight;
    }
    this.#draw();
  }

  #resize() {
    this.#body.style.height = `${this.#rows.length * this.#rowHeight}px`;
  }

  #flush() {
    const rows = this.#rows;
    this.#resize();
    this.#scroll.setAttribute('aria-rowcount', String(rows.length + 1));
    this.#body.hidden = rows.length === 0;
    this.#note.hidden = rows.length > 0;
    setText(this.#note, rows.length > 0 ? '' : rows.total === 0 ? this.#empty : `Nothing here has “${this.#searched}”.`);
    const [first, last] = this.#view();
    const focused = this.#hasFocus();
    if (rows.placeOf(this.#active) < 0 || (!focused && !within(rows.placeOf(this.#active), first, last))) {
      this.#moveOn(first, focused);
    }
    const from = Math.max(0, first - SPARE);
    const to = Math.min(rows.length, last + SPARE);
    const places = Array.from({ length: to - from }, (_, i) => from + i);
    const active = rows.placeOf(this.#active);
    if (active >= 0 && !within(active, from, to)) {
      places.push(active);
    }
    const wanted = new Set(places.map((place) => rows.keyAt(place)));
    for (const [key, line] of this.#lines) {
      if (!wanted.has(key)) {
        line.element.remove();
        this.#lines.delete(key);
      }
    }
    for (const place of places) {
      this.#drawRow(place);
    }
    this.#place = rows.placeOf(this.#active);
    this.#putInOrder(places.sort((a, b) => a - b).map((place) => rows.keyAt(place)));
  }

  /**
   * Screen readers read rows as they come in the page. The row with the focus would lose it if it were moved, so the
   * others move around it.
   *
   * @param {string[]} keys
   */
  #putInOrder(keys) {
    let next = this.#body.firstElementChild;
    for (const key of keys) {
      const element = /** @type {Line<Row>} */ (this.#lines.get(key)).element;
      if (element === next || (element.isConnected && element.contains(document.activeElement))) {
        next = element.nextElementSibling;
      } else {
        this.#body.insertBefore(element, next);
      }
    }
  }

  /**
   * The row that Tab goes to is gone or out of view.
   *
   * @param {number} first place in view
   * @param {boolean} focused whether the row had the focus, which then goes to the row in its place, or to the table
   */
  #moveOn(first, focused) {
    const place = Math.min(focused ? this.#place : first, this.#rows.length - 1);
    this.#active = place >= 0 ? this.#rows.keyAt(place) : null;
    if (focused && place >= 0) {
      const { element } = this.#drawRow(place);
      if (!element.isConnected) {
        this.#body.append(element);
      }
      element.focus({ preventScroll: true });
    } else if (focused) {
      this.#scroll.focus({ preventScroll: true });
    }
  }

  /** @param {number} place */
  #drawRow(place) {
    const key = this.#rows.keyAt(place);
    const row = this.#rows.at(place);
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = this.#build(key);
      this.#lines.set(key, line);
    }
    if (line.row !== row) {
      this.#fill(line, row);
    }
    const tabIndex = key === this.#active ? 0 : -1;
    line.element.tabIndex = tabIndex;
    for (const button of line.buttons) {
      button.tabIndex = tabIndex;
    }
    line.element.style.transform = `translateY(${place * this.#rowHeight}px)`;
    // the header is row 1
    line.element.setAttribute('aria-rowindex', String(place + 2));
    line.element.toggleAttribute('data-odd', place % 2 === 1);
    return line;
  }

  /**
   * @param {string} key
   * @returns {Line<Row>}
   */
  #build(key) {
    const cells = this.#columns.map((column, i) =>
      el('div', { role: 'gridcell', class: cellClass(column), 'aria-colindex': i + 1, 'data-column': column.name }),
    );
    const buttons = this.#actions.map((action, i) =>
      el('button', { type: 'button', class: `compact${action.danger ? ' danger' : ''}`, text: action.label, 'data-action': i }),
    );
    const element = el('div', { role: 'row', class: 'vtable-row', 'data-key': key, 'data-testid': 'table-row' }, ...cells);
    if (buttons.length > 0) {
      const place = this.#columns.length + 1;
      element.append(el('div', { role: 'gridcell', class: 'vtable-actions', 'aria-colindex': place }, ...buttons));
    }
    return { element, cells, buttons };
  }

  /**
   * @param {Line<Row>} line
   * @param {Row} row
   */
  #fill(line, row) {
    line.row = row;
    this.#columns.forEach((column, i) => {
      const cell = line.cells[i];
      if (column.fill) {
        column.fill(cell, row);
      } else {
        const text = column.text ? column.text(row) : String(column.value(row) ?? '');
        setText(cell, text);
        // what does not fit is still there to read
        cell.title = text;
      }
    });
    this.#actions.forEach((action, i) => line.buttons[i].setAttribute('aria-label', action.name(row)));
  }

  #head() {
    const cells = this.#columns.map((column, i) => {
      const button = el('button', { type: 'button', class: 'vtable-sort', text: column.label, 'data-testid': `sort-${column.name}` });
      const header = el(
        'div',
        { role: 'columnheader', class: cellClass(column), 'aria-sort': 'none', 'aria-colindex': i + 1 },
        button,
      );
      button.addEventListener('click', () => this.#sortClicked(column));
      // browsers leave it where it is if a part of it is in view
      button.addEventListener('focus', () => header.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
      this.#headers.set(column.name, header);
      return header;
    });
    if (this.#actions.length > 0) {
      cells.push(el('div', { role: 'columnheader', 'aria-colindex': cells.length + 1, text: 'Actions' }));
    }
    const row = el('div', { role: 'row', class: 'vtable-row', 'aria-rowindex': 1 }, ...cells);
    return el('div', { role: 'rowgroup', class: 'vtable-head' }, row);
  }

  /** @param {Column<Row>} column */
  #sortClicked(column) {
    const now = this.#headers.get(column.name)?.getAttribute('aria-sort');
    const other = now === 'ascending' ? 'descending' : 'ascending';
    this.sort(column.name, now === 'none' && column.numeric ? 'descending' : other);
  }

  /** @param {EventTarget|null} target */
  #lineOf(target) {
    const row = target instanceof Element ? target.closest('[data-key]') : null;
    return row instanceof HTMLElement ? this.#lines.get(row.dataset.key ?? '') : undefined;
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const line = this.#lineOf(event.target);
    if (line && line.element.dataset.key !== this.#active) {
      this.#active = line.element.dataset.key ?? null;
      this.#draw();
    }
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const line = this.#lineOf(event.target);
    const button = event.target instanceof Element ? event.target.closest('button[data-action]') : null;
    if (line?.row !== undefined && button instanceof HTMLElement) {
      this.#actions[Number(button.dataset.action)].act(line.row);
    }
  }

  /** @param {Row|undefined} row */
  #open(row) {
    if (row !== undefined) {
      this.#opened?.(row);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const line = this.#lineOf(event.target);
    if (!line || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    if (event.key === 'Enter') {
      // a button in the row has its own Enter
      if (event.target === line.element) {
        event.preventDefault();
        this.#open(line.row);
      }
      return;
    }
    const place = this.#rows.placeOf(this.#active);
    const page = Math.max(1, Math.floor(this.#room() / this.#rowHeight) - 1);
    /** @type {Record<string, number>} */
    const goals = {
      ArrowUp: place - 1,
      ArrowDown: place + 1,
      PageUp: place - page,
      PageDown: place + page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const goal = goals[event.key];
    if (goal !== undefined && this.#rows.length > 0) {
      event.preventDefault();
      this.focusRow(this.#rows.keyAt(Math.min(Math.max(goal, 0), this.#rows.length - 1)));
    }
  }
}

/**
 * @param {number} place
 * @param {number} from
 * @param {number} to
 */
function within(place, from, to) {
  return place >= from && place < to;
}

/** @param {{numeric?: boolean}} column */
function cellClass(column) {
  return column.numeric ? 'vtable-cell numeric' : 'vtable-cell';
}
