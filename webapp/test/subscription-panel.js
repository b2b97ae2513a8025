// @ts-check
// The form that says what to subscribe to.
import { EVENT_TYPES } from '../lib/flowfi-events.js';
import { SUBSCRIBE } from '../shared/api.js';
import { byId, copyText, el, setText } from '../shared/dom.js';
import { keepingFocus } from '../shared/focus.js';
import { session } from '../shared/session.js';
import { requestOf, subscribeUrl } from './live-feed.js';
import { splitList } from './settings.js';

/** @import { Notices } from '../shared/notices.js' */
/** @import { LiveFeed } from './live-feed.js' */
/** @import { Filters, Settings } from './settings.js' */

const input = (/** @type {string} */ id) => byId(id, HTMLInputElement);

export class SubscriptionPanel {
  #feed;
  #notices;
  #changed;

  /**
   * @param {LiveFeed} feed
   * @param {Notices} notices
   * @param {() => void} changed called when the filters change
   */
  constructor(feed, notices, changed) {
    this.#feed = feed;
    this.#notices = notices;
    this.#changed = changed;
    byId('connection').addEventListener('input', changed);
    byId('add-me').addEventListener('click', () => this.#addUser(session.account ?? ''));
    byId('add-sender').addEventListener('click', () => this.#addUser(input('sender').value));
    byId('add-recipient').addEventListener('click', () => this.#addUser(input('recipient').value));
    byId('copy-curl').addEventListener('click', () => this.#copyCurl());
    session.addEventListener('change', () => this.#showCaller());
  }

  /** @returns {Filters} */
  get filters() {
    return {
      all: input('all').checked,
      streams: splitList(input('streams').value),
      users: splitList(input('users').value),
      types: [...byId('types').querySelectorAll('input')].filter((type) => type.checked).map((type) => type.value),
      snapshot: input('snapshot').checked,
      lastEventId: input('last-event-id').value.trim(),
      heartbeat: input('heartbeat').value,
    };
  }

  /** Seconds to wait after a drop, as text. */
  get away() {
    return input('away').value;
  }

  /** @param {Settings} settings */
  fill(settings) {
    input('all').checked = settings.all;
    input('streams').value = settings.streams.join(', ');
    input('users').value = settings.users.join(', ');
    input('snapshot').checked = settings.snapshot;
    input('last-event-id').value = settings.lastEventId;
    input('heartbeat').value = settings.heartbeat;
    input('away').value = settings.away;
    byId('types').append(...EVENT_TYPES.map((type) => typeChoice(type, settings.types.includes(type))));
    byId('types-box', HTMLDetailsElement).open = settings.types.length > 0;
  }

  /** Shows the form's request, and the possible actions. */
  show() {
    const { filters } = this;
    setText(byId('request'), `GET ${SUBSCRIBE.pathname}?${decodeURIComponent(requestOf(filters))}`);
    setText(byId('types-summary'), filters.types.length === 0 ? 'any' : `${filters.types.length} chosen`);
    setText(byId('connect'), this.#feed.active ? 'Reconnect' : 'Connect');
    keepingFocus(
      byId('connection'),
      () => this.#showActions(),
      ({ id }) => [byId(id === 'drop' ? 'away' : 'connect')],
    );
  }

  #showActions() {
    byId('disconnect', HTMLButtonElement).disabled = !this.#feed.active;
    byId('drop', HTMLButtonElement).disabled = this.#feed.state.name !== 'open';
  }

  /** A position of another log is not valid in this one. */
  forgetPosition() {
    input('last-event-id').value = '';
  }

  /** @param {string} address */
  #addUser(address) {
    const users = new Set(splitList(input('users').value));
    users.add(address);
    input('users').value = [...users].join(', ');
    input('all').checked = false;
    this.#changed();
  }

  async #copyCurl() {
    // Never the token itself: it does not belong in a clipboard.
    const who = session.account === null ? '' : '-H "Authorization: Bearer $TOKEN" ';
    const command = `curl -N ${who}'${subscribeUrl(this.filters)}'`;
    this.#notices.done((await copyText(command)) ? 'Copied' : 'Copy it by hand', command);
  }

  #showCaller() {
    byId('add-me').hidden = session.account === null;
    const words = byId('all-words');
    const now = session.seesEverything ? 'Everything (' : 'All of mine (';
    // only if it differs: the server may answer while they are pressed
    if (!words.textContent?.startsWith(now)) {
      words.replaceChildren(now, el('code', { text: 'all' }), ')');
    }
  }
}

/**
 * @param {string} type
 * @param {boolean} checked
 */
function typeChoice(type, checked) {
  return el(
    'label',
    { class: 'check' },
    el('input', { type: 'checkbox', value: type, 'data-testid': `type-${type}`, checked }),
    el('span', { class: 'badge', 'data-type': type, text: type }),
  );
}
