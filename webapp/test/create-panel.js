// @ts-check
// The form that creates streams: one, or a burst of them.
import { shortKey } from '../shared/amounts.js';
import { serverSeconds } from '../shared/api.js';
import { byId, setText } from '../shared/dom.js';
import { whileDisabled } from '../shared/focus.js';
import { asMillis } from './latency.js';
import { newAddresses, rememberedAddresses } from './test-addresses.js';

/** @import { LiveFeed } from './live-feed.js' */
/** @import { ProblemError } from '../lib/problem.js' */
/** @import { Notices } from '../shared/notices.js' */
/** @import { Commands, Fields } from './commands.js' */
/** @import { Settings } from './settings.js' */
/** @import { Addresses } from './test-addresses.js' */

const numbers = new Intl.NumberFormat('en');

const MAX_BURST = 500;
const MAX_RATE = 200; // a second

const input = (/** @type {string} */ id) => byId(id, HTMLInputElement);

/**
 * @param {HTMLInputElement} field
 * @param {number} most
 */
const bounded = (field, most) => Math.min(most, Math.max(1, Math.floor(Number(field.value)) || 1));

export class CreatePanel {
  #form = byId('create', HTMLFormElement);
  #commands;
  #feed;
  #notices;

  /**
   * @param {Commands} commands
   * @param {LiveFeed} feed
   * @param {Notices} notices
   * @param {() => void} changed called when a field has changed
   */
  constructor(commands, feed, notices, changed) {
    this.#commands = commands;
    this.#feed = feed;
    this.#notices = notices;
    this.#form.addEventListener('submit', (event) => this.#create(event));
    this.#form.addEventListener('input', () => {
      this.#showDuration();
      changed();
    });
    byId('new-people').addEventListener('click', () => {
      this.#fillAddresses(newAddresses());
      notices.done('New addresses', `${shortKey(input('sender').value)} pays ${shortKey(input('recipient').value)} from now on.`);
    });
    byId('burst').addEventListener('click', () => this.#burst());
  }

  get settings() {
    return { burst: input('burst-count').value, rate: input('burst-rate').value };
  }

  /** @param {Settings} settings */
  fill(settings) {
    input('burst-count').value = settings.burst;
    input('burst-rate').value = settings.rate;
    this.#fillAddresses(rememberedAddresses());
    this.#showDuration();
  }

  /** @param {Addresses} made */
  #fillAddresses(made) {
    input('sender').value = made.sender;
    input('recipient').value = made.recipient;
    input('token').value = made.tokenAddress;
  }

  #showDuration() {
    let text = '';
    try {
      const rate = BigInt(input('rate').value);
      const deposit = BigInt(input('deposit').value);
      text = `Smallest units. Runs for ${numbers.format((deposit + rate - 1n) / rate)} s.`;
    } catch {
      text = 'Whole numbers in the token’s smallest unit.';
    }
    setText(byId('create-hint'), text);
  }

  #fields() {
    /** @type {Fields} */
    const fields = {};
    for (const id of ['sender', 'recipient', 'token', 'rate', 'deposit', 'stream-id', 'reference']) {
      const { name, value } = input(id);
      if (value.trim() !== '') {
        fields[name] = value.trim();
      }
    }
    const start = input('start-time').value.trim();
    // A text that is not a number is sent unchanged: the server's answer explains the error.
    fields.startTime = start === '' ? serverSeconds() : /^\d{1,15}$/.test(start) ? Number(start) : start;
    return fields;
  }

  /** @param {ProblemError|null} problem */
  #markFields(problem) {
    const wrong = new Set((problem?.errors ?? []).map((error) => error.field ?? error.parameter));
    for (const field of this.#form.querySelectorAll('input')) {
      field.toggleAttribute('aria-invalid', false);
      if (field.name !== '' && wrong.has(field.name)) {
        field.setAttribute('aria-invalid', 'true');
        field.closest('details')?.setAttribute('open', '');
      }
    }
  }

  /** @param {SubmitEvent} event */
  #create(event) {
    event.preventDefault();
    /** @type {NodeListOf<HTMLButtonElement>} */
    const buttons = this.#form.querySelectorAll('button[type=submit]');
    return whileDisabled(buttons, () => this.#createOne());
  }

  async #createOne() {
    try {
      const { stream, elapsed } = await this.#commands.create(this.#fields(), input('idempotency').value.trim());
      this.#markFields(null);
      this.#notices.done(
        `Stream ${stream.streamId} created`,
        `Durable and answered after ${asMillis(elapsed)}.${this.#feed.active ? '' : ' Connect to see its event.'}`,
      );
    } catch (problem) {
      this.#markFields(/** @type {ProblemError} */ (problem));
      this.#notices.problem('Not created', problem);
    }
  }

  async #burst() {
    if (this.#commands.bursting) {
      this.#commands.stopBurst();
      return;
    }
    const count = bounded(input('burst-count'), MAX_BURST);
    const rate = bounded(input('burst-rate'), MAX_RATE);
    const bar = byId('burst-progress', HTMLProgressElement);
    bar.max = count;
    bar.value = 0;
    bar.hidden = false;
    setText(byId('burst'), 'Stop');
    const result = await this.#commands.burst(this.#fields(), count, rate, (run) => {
      bar.value = run.done;
    });
    setText(byId('burst'), 'Burst');
    bar.hidden = true;
    if (result.failed) {
      this.#notices.problem(`Burst stopped after ${result.done} of ${count}`, result.failed);
    } else {
      this.#notices.done(
        `${result.done} streams created`,
        `In ${result.seconds.toFixed(1)} s, ${(result.done / result.seconds).toFixed(1)} a second.`,
      );
    }
  }
}
