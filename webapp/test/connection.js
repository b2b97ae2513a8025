// @ts-check
// When the feed is open: as the user wants, for the signed-in account, and while the page is open.
import { byId } from '../shared/dom.js';
import { session } from '../shared/session.js';

/** @import { Notices } from '../shared/notices.js' */
/** @import { EventList } from './event-list.js' */
/** @import { LiveFeed } from './live-feed.js' */
/** @import { Scope } from './measurements.js' */
/** @import { SubscriptionPanel } from './subscription-panel.js' */

const MAX_AWAY = 600; // seconds

export class Connection {
  #feed;
  #form;
  #list;
  #notices;
  #page;

  /** @type {string|null} the last one that signed in */
  #account = null;

  /** @type {string|null} the one that is signed in */
  #present = null;

  /** Whether the user wants to be connected. */
  wanted = false;

  /**
   * @param {LiveFeed} feed
   * @param {SubscriptionPanel} form
   * @param {EventList} list
   * @param {Notices} notices
   * @param {{changed(): void, begin(scope: Scope): void, startOver(scope: Scope): void, leave(): void}} page what must
   *     react: to another wish, another subscription, another account, or leaving the page
   */
  constructor(feed, form, list, notices, page) {
    this.#feed = feed;
    this.#form = form;
    this.#list = list;
    this.#notices = notices;
    this.#page = page;
    byId('connection').addEventListener('submit', (event) => {
      event.preventDefault();
      this.open();
    });
    byId('disconnect').addEventListener('click', () => this.#disconnect());
    byId('drop').addEventListener('click', () => this.#drop());
    session.addEventListener('change', () => this.#signedInOrOut());
    // The feed itself holds no connection then, and continues where it was when the page returns.
    window.addEventListener('pagehide', () => page.leave());
  }

  async open() {
    if (session.mode === null) {
      await session.look();
    }
    const { filters } = this.#form;
    if (!filters.all && filters.streams.length + filters.users.length === 0) {
      this.#notices.problem('Nothing to subscribe to', new Error('Tick “Everything”, or name a stream or a user.'));
      return;
    }
    this.wanted = true;
    // "All of mine" leaves out the positions between, like any other filter.
    this.#page.begin({ all: filters.all && session.seesEverything, types: filters.types });
    this.#feed.open(filters);
    this.#page.changed();
  }

  #disconnect() {
    this.wanted = false;
    this.#feed.close();
    this.#list.mark('disconnected by you');
    this.#page.changed();
  }

  #drop() {
    const seconds = Math.min(MAX_AWAY, Math.max(1, Number(this.#form.away) || 5));
    const at = this.#feed.position === null ? 'before the first position' : `at #${this.#feed.position}`;
    this.#list.mark(`dropped ${at}; back in ${seconds} s`, 'warn');
    this.#feed.dropAndResume(seconds);
  }

  #signedInOrOut() {
    const came = session.account !== null && session.account !== this.#present;
    this.#present = session.account;
    if (session.account === null) {
      if (session.mode === 'secured' && this.#feed.active) {
        this.#feed.close('the sign-in has ended');
        this.#list.mark('the sign-in has ended', 'bad');
      }
      return;
    }
    if (!came) {
      return;
    }
    if (this.#account !== null && this.#account !== session.account) {
      // Another account: it must not see what the previous one saw.
      this.#page.startOver({ all: false, types: [] });
      this.#feed.close('signed in as somebody else: connect again to see theirs');
      this.wanted = false;
      this.#page.changed();
    } else if (this.wanted && !this.#feed.active) {
      if (this.#account === null) {
        this.open();
      } else {
        this.#feed.resume();
      }
    }
    this.#account = session.account;
  }
}
