// @ts-check
// The measurements, as tiles above the events.
import { byId, onceAFrame, setText } from '../shared/dom.js';
import { asMillis } from './latency.js';
import { RateChart } from './rate-chart.js';

/** @import { How } from './live-feed.js' */
/** @import { Measurements } from './measurements.js' */

const numbers = new Intl.NumberFormat('en');

/** @type {Record<How, string>} how the feed reconnected, in words */
export const COMEBACKS = {
  first: 'from the position given',
  dropped: 'after the drop',
  page: 'by the page',
};

export class Tiles {
  #measurements;
  #chart = new RateChart(byId('spark-line', SVGPathElement), byId('spark-area', SVGPathElement));

  /** Shows what has changed, before the next paint. */
  refresh = onceAFrame(() => this.#show());

  /** @param {Measurements} measurements */
  constructor(measurements) {
    this.#measurements = measurements;
    setInterval(() => setText(byId('rate-now'), numbers.format(this.#chart.draw().now)), 1000);
  }

  /** An event arrived. */
  count() {
    this.#chart.count();
    this.refresh();
  }

  #show() {
    const { gaps, received, lastSeq, times, resume } = this.#measurements;
    const verdict = gaps.verdict();
    byId('gap-tile').dataset.tone = verdict.tone;
    setText(byId('gap-word'), verdict.word);
    setText(byId('gap-detail'), verdict.detail);
    setText(byId('count'), numbers.format(received));
    byId('count').dataset.value = String(received);
    setText(byId('position'), lastSeq === null ? '–' : `#${lastSeq}`);
    setText(byId('latency-p50'), asMillis(times.quantile(0.5)));
    setText(byId('latency-p95'), asMillis(times.quantile(0.95)));
    setText(byId('latency-count'), numbers.format(times.count));
    setText(byId('replayed'), resume === null ? '–' : numbers.format(resume.replayed));
    setText(
      byId('replayed-note'),
      resume === null
        ? 'events replayed after coming back'
        : `replayed ${COMEBACKS[resume.how]}, from #${resume.after} to #${resume.head}`,
    );
  }
}
