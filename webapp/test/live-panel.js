// @ts-check
// The received events, as rows or as the bytes on the wire.
import { byId, save, setText } from '../shared/dom.js';
import { keepingFocus } from '../shared/focus.js';
import { EventList } from './event-list.js';
import { WireTap } from './wire-tap.js';

const TABS = ['events', 'wire'];

export class LivePanel {
  list = new EventList(byId('event-rows'), (rows) => this.#listChanged(rows));

  #tap = new WireTap(byId('wire'), (state) => this.#tapChanged(state));

  /**
   * @param {() => string} wireUrl where the second connection would subscribe
   * @param {() => void} clear called to clear the list
   */
  constructor(wireUrl, clear) {
    byId('export').addEventListener('click', () => this.#export());
    byId('clear').addEventListener('click', clear);
    for (const tab of TABS) {
      byId(`tab-${tab}`).addEventListener('click', () => this.#show(tab));
      byId(`tab-${tab}`).addEventListener('keydown', (event) => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
          const other = TABS[1 - TABS.indexOf(tab)];
          this.#show(other);
          byId(`tab-${other}`).focus();
        }
      });
    }
    byId('wire-toggle').addEventListener('click', () => {
      if (this.#tap.running) {
        this.#tap.stop();
      } else {
        this.#tap.start(wireUrl());
      }
    });
  }

  /** Ends the second connection. */
  leave() {
    this.#tap.stop();
  }

  /** @param {number} rows */
  #listChanged(rows) {
    byId('events-empty').hidden = rows > 0;
    const button = byId('export', HTMLButtonElement);
    const show = () => {
      button.disabled = this.list.keptCount === 0;
    };
    keepingFocus(button, show, () => [byId('clear')]);
  }

  /** @param {string} state */
  #tapChanged(state) {
    setText(byId('wire-state'), state);
    setText(byId('wire-toggle'), this.#tap.running ? 'Close it' : 'Open a second connection');
  }

  /** @param {string} name */
  #show(name) {
    for (const tab of TABS) {
      const chosen = tab === name;
      byId(`tab-${tab}`).setAttribute('aria-selected', String(chosen));
      byId(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
      byId(`view-${tab}`).hidden = !chosen;
    }
    if (name !== 'wire' && this.#tap.running) {
      this.#tap.stop();
    }
  }

  #export() {
    const name = `flowfi-events-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.jsonl`;
    save(new Blob([this.list.jsonLines()], { type: 'application/x-ndjson' }), name);
  }
}
