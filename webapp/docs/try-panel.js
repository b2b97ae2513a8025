// @ts-check
// Sends a request of an operation and shows the answer; an event stream block by block, as long as it is open.
import { SseParser } from '../lib/sse-parser.js';
import { apiUrl, base } from '../shared/api.js';
import { credentials } from '../shared/credentials.js';
import { el } from '../shared/dom.js';
import { refocus, whileDisabled } from '../shared/focus.js';
import { session } from '../shared/session.js';
import { curlOf, requestOf } from './request.js';

/** @import { ApiDocument, Operation, Parameter } from './document.js' */
/** @import { Request } from './request.js' */

/** Older blocks are removed: a stream has no end. */
const MOST_BLOCKS = 200;

/** A larger answer is cut: nobody reads it here. In characters. */
const LONGEST_BODY = 200_000;

/** @param {string} text */
function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/**
 * @param {ApiDocument} api
 * @param {Operation} operation
 */
export function tryPanel(api, operation) {
  const panel = new TryPanel(api, operation);
  return panel.element;
}

class TryPanel {
  #operation;

  /** @type {AbortController|null} */
  #running = null;

  /** @type {Map<string, HTMLInputElement|HTMLSelectElement>} */
  #inputs = new Map();

  /** @type {HTMLTextAreaElement|null} */
  #body = null;

  #send = el('button', { type: 'submit', class: 'primary', text: 'Send' });
  #stop = el('button', { type: 'button', text: 'Stop', disabled: true });
  #command = el('pre', { class: 'code', tabindex: 0, 'aria-label': 'The same with curl' });
  #result = el('div', { class: 'result', 'data-testid': 'result' });

  /**
   * @param {ApiDocument} api
   * @param {Operation} operation
   */
  constructor(api, operation) {
    this.#operation = operation;
    const form = el('form', { 'data-testid': `try-${operation.id}` });
    if (operation.parameters.length > 0) {
      form.append(el('div', { class: 'inputs' }, ...operation.parameters.map((one) => this.#input(api, one))));
    }
    const content = operation.body?.content['application/json'];
    if (content) {
      this.#body = el('textarea', { spellcheck: 'false', 'data-testid': 'body' });
      this.#body.value = content.example ? JSON.stringify(content.example, null, 2) : '';
      form.append(el('label', { class: 'body-label' }, 'Body', this.#body));
    }
    form.append(el('div', { class: 'buttons' }, this.#send, this.#stop), this.#command, this.#result);
    form.addEventListener('input', () => this.#showCommand());
    session.addEventListener('change', () => this.#showCommand());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void whileDisabled([this.#send], () => this.#run());
    });
    this.#stop.addEventListener('click', () => this.#running?.abort());
    this.#showCommand();
    this.element = el('details', { class: 'try' }, el('summary', { text: 'Try it' }), form);
  }

  /**
   * @param {ApiDocument} api
   * @param {Parameter} parameter
   */
  #input(api, parameter) {
    const schema = api.resolve(parameter.schema);
    const choices = schema.type === 'boolean' ? ['true', 'false'] : schema.enum;
    const input = choices
      ? el('select', {}, ...['', ...choices].map((choice) => el('option', { value: choice, text: choice || '–' })))
      : el('input', { type: 'text', autocomplete: 'off', placeholder: schema.default ?? '' });
    input.name = parameter.name;
    // Examples fill only what has to be filled: a form must not select less than it seems to.
    if (parameter.required || parameter.name === 'all') {
      input.value = String(parameter.example ?? '');
    }
    input.required = parameter.required === true;
    this.#inputs.set(parameter.name, input);
    return el('label', {}, parameter.in === 'header' ? `${parameter.name} (header)` : parameter.name, input);
  }

  /** @returns {Request} */
  #request() {
    const values = Object.fromEntries([...this.#inputs].map(([name, input]) => [name, input.value]));
    return requestOf(this.#operation, values, this.#body?.value ?? null);
  }

  #showCommand() {
    this.#command.textContent = curlOf(this.#request(), base.href, session.mode === 'secured');
  }

  async #run() {
    const run = new AbortController();
    this.#running?.abort();
    this.#running = run;
    this.#stop.disabled = false;
    const { method, path, headers, body } = this.#request();
    try {
      const response = await fetch(apiUrl(path), {
        method,
        body,
        cache: 'no-store',
        signal: run.signal,
        headers: { ...headers, ...credentials.headers },
      });
      await this.#show(response);
    } catch (failure) {
      if (run.signal.aborted) {
        this.#note('warn', 'stopped');
      } else {
        this.#note('bad', `no answer, or it broke off: ${/** @type {Error} */ (failure).message}`);
      }
    } finally {
      this.#running = null;
      this.#stop.disabled = true;
    }
  }

  /**
   * @param {string} tone
   * @param {string} text
   */
  #note(tone, text) {
    this.#result.prepend(el('span', { class: 'pill', 'data-tone': tone, role: 'status', text }));
  }

  /** @param {Response} response */
  async #show(response) {
    const head = el('details', {}, el('summary', { class: 'small', text: 'Headers' }));
    const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    head.append(el('pre', { class: 'code', text: lines.join('\n') }));
    this.#result.replaceChildren(head);
    this.#note(response.ok ? 'ok' : 'bad', `${response.status} ${response.statusText}`.trim());
    if (response.headers.get('Content-Type')?.startsWith('text/event-stream') && response.body) {
      await this.#follow(response.body);
      this.#note('warn', 'the server has ended the stream');
    } else {
      const text = await response.text();
      const shown = text.length > LONGEST_BODY ? `${text.slice(0, LONGEST_BODY)}\n… cut` : readable(text);
      this.#result.append(el('pre', { class: 'code', tabindex: 0, 'data-testid': 'answer', text: shown }));
    }
  }

  /** @param {ReadableStream<Uint8Array<ArrayBuffer>>} body */
  async #follow(body) {
    const list = el('div', { class: 'blocks', role: 'log', tabindex: 0, 'aria-label': 'Events', 'data-testid': 'blocks' });
    this.#result.append(list);
    refocus(this.#stop); // it may go on for hours
    const parser = new SseParser(
      ({ type, text, id }) => {
        const name = el('span', { class: 'name', text: type });
        const position = id === null ? '' : ` at ${id}`;
        const line = el('div', { class: 'block' }, name, position, el('pre', { text: readable(text ?? '') }));
        list.prepend(line);
        if (list.childElementCount > MOST_BLOCKS) {
          list.lastElementChild?.remove();
        }
      },
      () => {},
    );
    for await (const bytes of body) {
      parser.push(bytes);
    }
  }
}
