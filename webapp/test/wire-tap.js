// @ts-check
// The bytes as they come, through fetch(): shows what EventSource hides (retry, comments, where a block ends).
import { problemOf } from '../lib/problem.js';
import { credentials } from '../shared/credentials.js';
import { el, onceAFrame } from '../shared/dom.js';
import { whenReleased } from '../shared/press.js';

const MAX_LINES = 400;

/** @type {[RegExp, string][]} */
const KINDS = [
  [/^:/, 'comment'],
  [/^id:/, 'id'],
  [/^event:/, 'event'],
  [/^retry:/, 'retry'],
  [/^data:/, 'data'],
];

export class WireTap {
  #output;
  /** @type {AbortController|null} */
  #running = null;

  /** @type {[string, string][]} the text of a line and its kind */
  #lines = [];

  #render = onceAFrame(() => whenReleased(this.#output, () => this.#flush()));
  #stateChanged;

  /**
   * @param {HTMLElement} output
   * @param {(state: string) => void} stateChanged
   */
  constructor(output, stateChanged) {
    this.#output = output;
    this.#stateChanged = stateChanged;
  }

  get running() {
    return this.#running !== null;
  }

  stop(why = 'stopped') {
    this.#running?.abort();
    this.#running = null;
    this.#stateChanged(why);
  }

  /** @param {string} url */
  async start(url) {
    this.#running?.abort();
    const run = new AbortController();
    this.#running = run;
    this.#output.replaceChildren();
    this.#lines = [];
    this.#stateChanged('connecting');
    let why = 'the server closed the connection';
    try {
      const response = await fetch(url, {
        headers: { Accept: 'text/event-stream', ...credentials.headers },
        cache: 'no-store',
        signal: run.signal,
      });
      if (!response.ok) {
        throw await problemOf(response);
      }
      this.#stateChanged('open');
      this.#add(`HTTP ${response.status} ${response.headers.get('Content-Type')}`, 'comment');
      const body = /** @type {ReadableStream<BufferSource>} */ (response.body);
      await this.#read(body.pipeThrough(new TextDecoderStream()).getReader());
    } catch (problem) {
      why = /** @type {Error} */ (problem).message;
    }
    if (this.#running === run) {
      this.stop(why);
    }
  }

  /** @param {ReadableStreamDefaultReader<string>} reader */
  async #read(reader) {
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        this.#add(line, KINDS.find(([pattern]) => pattern.test(line))?.[1] ?? 'blank');
      }
    }
  }

  /**
   * @param {string} text
   * @param {string} kind
   */
  #add(text, kind) {
    this.#lines.push([text, kind]);
    if (this.#lines.length > MAX_LINES) {
      this.#lines.shift();
    }
    this.#render();
  }

  #flush() {
    const follow =
      this.#output.scrollTop + this.#output.clientHeight >= this.#output.scrollHeight - 30;
    const fresh = this.#lines.map(([text, kind]) => el('span', { class: `wire-${kind}`, text: `${text}\n` }));
    this.#lines = [];
    this.#output.append(...fresh);
    while (this.#output.childElementCount > MAX_LINES) {
      this.#output.firstElementChild?.remove();
    }
    if (follow) {
      this.#output.scrollTop = this.#output.scrollHeight;
    }
  }
}
