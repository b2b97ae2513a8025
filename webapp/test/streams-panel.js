// @ts-check
// The streams that this page knows, and the commands on each.
import { getJson } from '../shared/api.js';
import { byId, setText } from '../shared/dom.js';
import { StreamBook } from '../shared/stream-book.js';
import { Commands } from './commands.js';
import { StreamCards } from './stream-cards.js';

/** @import { StreamState } from '../lib/streams.js' */
/** @import { Notices } from '../shared/notices.js' */
/** @import { CommandTimes } from './latency.js' */
/** @import { Card } from './stream-cards.js' */

const MAX_STREAMS = 60;

export class StreamsPanel {
  #notices;
  #cards;

  book = new StreamBook(MAX_STREAMS, (id) => this.#changed(id));

  /**
   * @param {CommandTimes} times
   * @param {Notices} notices
   */
  constructor(times, notices) {
    this.#notices = notices;
    this.commands = new Commands(times, this.book);
    this.#cards = new StreamCards(byId('stream-list'), this.book, (stream, name, amount, card) =>
      this.#change(stream, name, amount, card),
    );
    byId('load-streams').addEventListener('click', () => this.#load());
  }

  /** @param {string|null} id */
  #changed(id) {
    this.#cards.changed(id);
    const { size } = this.book;
    setText(byId('streams-count'), size === 0 ? '' : `· ${size}`);
    byId('streams-empty').hidden = size > 0;
    byId('stream-list').hidden = size === 0;
  }

  /**
   * @param {StreamState} stream
   * @param {string} name
   * @param {string} amount
   * @param {Card} card
   */
  async #change(stream, name, amount, card) {
    card.root.setAttribute('aria-busy', 'true');
    try {
      await this.commands.change(stream, name, amount);
      card.amount.value = '';
    } catch (problem) {
      this.#notices.problem(`Stream ${stream.streamId}: ${name} refused`, problem);
    } finally {
      card.root.removeAttribute('aria-busy');
    }
  }

  async #load() {
    try {
      const page = await getJson('v1/streams?limit=20&order=desc');
      for (const stream of page.streams.toReversed()) {
        this.book.know(stream);
      }
    } catch (problem) {
      this.#notices.problem('Streams not loaded', problem);
    }
  }
}
