// @ts-check
// The page's measurements: how many events, whether all of them, how fast, and how many were replayed.
import { GapCheck } from './gaps.js';

/** @import { CommandTimes } from './latency.js' */
/** @import { Arrived, How, Said } from './live-feed.js' */
/** @import { Filters } from './settings.js' */

/** @typedef {Pick<Filters, 'all'|'types'>} Scope decides whether all positions must arrive, or only some */

/**
 * The latest reconnect: from a position to the head at that time, and the events replayed since.
 *
 * @typedef {{after: number, head: number, how: How, replayed: number}} Resume
 */

export class Measurements {
  /** @type {Scope} */
  #scope = { all: true, types: [] };

  gaps = new GapCheck(this.#scope);
  received = 0;

  /** @type {number|null} the last position that arrived */
  lastSeq = null;

  /** @type {Resume|null} */
  resume = null;

  /** @param {CommandTimes} times of the page's own commands */
  constructor(times) {
    this.times = times;
  }

  /**
   * Another subscription: it need not continue the previous one.
   *
   * @param {Scope} scope
   */
  begin(scope) {
    this.#scope = scope;
    this.gaps = new GapCheck(scope);
    this.resume = null;
  }

  /** Resets the counts; the expected next position stays. */
  clear() {
    this.received = 0;
    this.times.clear();
  }

  /**
   * Forgets everything received: it is no longer true, or not for this account.
   *
   * @param {Scope} [scope]
   */
  startOver(scope = this.#scope) {
    this.clear();
    this.lastSeq = null;
    this.begin(scope);
  }

  /** @param {Said['connected']} detail */
  connected(detail) {
    this.gaps.connected(detail.from);
    if (detail.resumed !== null) {
      this.resume = { after: detail.resumed, head: detail.head, how: detail.how, replayed: 0 };
    }
  }

  /**
   * Counts an event; returns the milliseconds since this page sent its command, or null if unknown.
   *
   * @param {Arrived} event
   */
  arrived(event) {
    this.received++;
    if (event.id === null) {
      this.gaps.snapshot(event.data);
      return null;
    }
    const seq = event.id;
    this.gaps.event(seq, event.data);
    this.lastSeq = seq;
    const replay = this.resume !== null && seq <= this.resume.head;
    if (this.resume !== null && replay) {
      this.resume.replayed++;
    }
    return this.times.arrived(event.data.reference, event.at, replay);
  }
}
