// @ts-check
// Plots over the last hour, drawn by uPlot, each with a table that says the same in words and numbers.
import { el, setText } from '../shared/dom.js';

/** @import { default as UPlot, Options, AlignedData } from './vendor/uplot/uPlot.iife.min.js' */
/** @import { Column, History } from './stats.js' */

/**
 * A line of a plot.
 *
 * @typedef {object} Line
 * @property {string} name
 * @property {string} column of the history
 * @property {string} colour a custom property of the page's colours
 * @property {number[]} [dash] so that it differs from the others not by its colour alone
 */

const HEIGHT = 190;

/** Between two lines of the grid, where there is nothing between one and two. */
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();

/** A shorter time looks as if something was missing. In seconds. */
const SHORTEST = 300;

const hourAndMinute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });
const toTheSecond = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

/** @type {Promise<typeof UPlot>|null} */
let library = null;

/** The library is no module: it leaves its one name with the page. */
export function loadPlots() {
  library ??= new Promise((resolve, reject) => {
    const script = el('script', { src: new URL('vendor/uplot/uPlot.iife.min.js', import.meta.url).href });
    script.addEventListener('load', () => resolve(/** @type {any} */ (globalThis).uPlot));
    script.addEventListener('error', () => reject(new Error('the plots could not be loaded')));
    document.head.append(script);
  });
  return library;
}

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * The least and the most of what is known.
 *
 * @param {Column} column
 * @returns {[number|null, number|null]}
 */
export function extremes(column) {
  /** @type {number|null} */
  let least = null;
  /** @type {number|null} */
  let most = null;
  for (const value of column) {
    if (value !== null) {
      least = least === null || value < least ? value : least;
      most = most === null || value > most ? value : most;
    }
  }
  return [least, most];
}

/** The latest value that is known: percentiles are not while nothing happens. @param {Column} column */
const lastKnown = (column) => column.findLast((value) => value !== null) ?? null;

export class Plot {
  #plot;
  #lines;
  #format;
  #whole;
  #when;

  /** @type {{now: HTMLElement, least: HTMLElement, most: HTMLElement}[]} */
  #cells;

  /** @type {Pick<History, 'time'|'columns'>} */
  #history = { time: [], columns: {} };

  #box = el('div', { class: 'plot-canvas', 'aria-hidden': 'true' });
  #width = new ResizeObserver(([{ contentRect }]) => this.#fit(contentRect.width));
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #repaint = () => this.#plot.redraw();

  /**
   * @param {typeof UPlot} uPlot
   * @param {string} title
   * @param {Line[]} lines
   * @param {(value: number) => string} format
   * @param {boolean} whole whether the values are counts
   */
  constructor(uPlot, title, lines, format, whole) {
    this.#lines = lines;
    this.#format = format;
    this.#whole = whole;
    this.#cells = lines.map(() => ({ now: el('td'), least: el('td'), most: el('td') }));
    this.#when = el('th', { scope: 'col', text: 'Now' });
    const rows = lines.map(({ name, colour: shade, dash }, i) => {
      const { now, least, most } = this.#cells[i];
      const swatch = el('span', { class: 'swatch', 'data-colour': shade.slice(2), 'data-dash': dash !== undefined, 'aria-hidden': 'true' });
      return el('tr', {}, el('th', { scope: 'row' }, swatch, name), now, least, most);
    });
    this.element = el(
      'section',
      { class: 'panel plot', 'aria-label': title, 'data-testid': 'plot' },
      el('h2', { text: title }),
      this.#box,
      el(
        'table',
        { class: 'plot-numbers' },
        el('caption', { class: 'visually-hidden', text: `${title}: numbers of the last hour` }),
        el('thead', {}, el('tr', {}, el('td'), this.#when, el('th', { scope: 'col', text: 'Min' }), el('th', { scope: 'col', text: 'Max' }))),
        el('tbody', {}, ...rows),
      ),
    );
    this.#plot = new uPlot(this.#options(), /** @type {AlignedData} */ ([[], ...lines.map(() => [])]), this.#box);
    this.#width.observe(this.#box);
    this.#dark.addEventListener('change', this.#repaint);
  }

  /** @returns {Options} */
  #options() {
    const axis = {
      stroke: () => colour('--muted'),
      grid: { stroke: () => colour('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    return {
      width: 400,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false, setScale: false }, points: { size: 6 } },
      scales: {
        x: { range: (_, least, most) => [Math.min(least, most - SHORTEST), most] },
        y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] },
      },
      axes: [
        { ...axis, size: 26, space: 70, values: (_, at) => at.map((second) => hourAndMinute.format(second * 1000)) },
        { ...axis, size: 54, ...(this.#whole ? { incrs: WHOLE_STEPS } : {}), values: (_, at) => at.map((value) => this.#format(value)) },
      ],
      series: [
        {},
        ...this.#lines.map(({ colour: name, dash }) => ({
          stroke: () => colour(name),
          width: 1.75,
          dash,
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [() => this.#numbers()] },
    };
  }

  /** @param {number} width */
  #fit(width) {
    if (width > 0) {
      this.#plot.setSize({ width: Math.floor(width), height: HEIGHT });
    }
  }

  /** @param {Pick<History, 'time'|'columns'>} history */
  show(history) {
    this.#history = history;
    const { time, columns } = history;
    this.#plot.setData(/** @type {AlignedData} */ ([time, ...this.#lines.map(({ column }) => columns[column])]));
    this.#numbers();
  }

  /** The table, with the values under the mouse where it points at some. */
  #numbers() {
    const { time, columns } = this.#history;
    const at = this.#plot?.cursor.idx ?? null;
    const pointed = at !== null && time[at] !== undefined;
    setText(this.#when, pointed ? toTheSecond.format(time[at] * 1000) : 'Now');
    this.#lines.forEach(({ column }, i) => {
      const values = columns[column] ?? [];
      const [least, most] = extremes(values);
      const { now, least: lowest, most: highest } = this.#cells[i];
      setText(now, this.#said(pointed ? values[at] : lastKnown(values)));
      setText(lowest, this.#said(least));
      setText(highest, this.#said(most));
    });
  }

  /** @param {number|null} value */
  #said(value) {
    return value === null ? '–' : this.#format(value);
  }

  close() {
    this.#width.disconnect();
    this.#dark.removeEventListener('change', this.#repaint);
    this.#plot.destroy();
  }
}
