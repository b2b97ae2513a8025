// @ts-check
// Events a second over the last minute.

const SECONDS = 60;

export class RateChart {
  #bins = new Array(SECONDS).fill(0);
  #second = Math.floor(Date.now() / 1000);
  #line;
  #area;

  /**
   * @param {SVGPathElement} line
   * @param {SVGPathElement} area
   */
  constructor(line, area) {
    this.#line = line;
    this.#area = area;
  }

  count() {
    this.#advance();
    this.#bins[SECONDS - 1]++;
  }

  #advance() {
    const now = Math.floor(Date.now() / 1000);
    const steps = Math.min(SECONDS, Math.max(0, now - this.#second));
    for (let i = 0; i < steps; i++) {
      this.#bins.shift();
      this.#bins.push(0);
    }
    this.#second = now;
  }

  /** Draws into a 120 by 32 view box; returns the last full second's count and the highest. */
  draw() {
    this.#advance();
    const full = this.#bins.slice(0, -1);
    const highest = Math.max(1, ...full);
    const points = full.map((n, i) => {
      const x = ((i / (full.length - 1)) * 120).toFixed(1);
      return `${x} ${(31 - (n / highest) * 29).toFixed(1)}`;
    });
    this.#line.setAttribute('d', `M${points.join('L')}`);
    this.#area.setAttribute('d', `M0 32L${points.join('L')}L120 32Z`);
    return { now: full[full.length - 1], highest: Math.max(0, ...full) };
  }
}
