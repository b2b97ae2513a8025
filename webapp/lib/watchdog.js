// @ts-check
// Notices a connection that has died silently: after a sleep, behind a router that forgot it, on another network.

/** The server sends something at least every few seconds, so after this much silence the connection is dead. */
const SILENCE_MS = 45_000;

const LOOK_MS = 5000;

export class Watchdog {
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #timer;

  #heardAt = 0;
  #limit = SILENCE_MS;
  #onSilence;

  /** @param {() => void} onSilence called once for every such silence */
  constructor(onSilence) {
    this.#onSilence = onSilence;
  }

  start() {
    this.heard();
    clearInterval(this.#timer);
    // Reads the clock and does not count: timers stand still while a machine sleeps.
    this.#timer = setInterval(() => {
      if (this.quietFor > this.#limit) {
        this.heard();
        this.#onSilence();
      }
    }, LOOK_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  heard() {
    this.#heardAt = Date.now();
  }

  /**
   * The server's heartbeat interval in seconds, as it announces it.
   *
   * @param {unknown} seconds
   */
  expect(seconds) {
    this.#limit = Math.max(SILENCE_MS, 3000 * (Number(seconds) || 0));
  }

  get quietFor() {
    return Date.now() - this.#heardAt;
  }
}
