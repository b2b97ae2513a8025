// @ts-check
// The state of the feed, in the top bar.
import { byId, setText } from '../shared/dom.js';

/** @import { LiveFeed } from './live-feed.js' */

const TONES = { open: 'ok', connecting: 'warn', reconnecting: 'warn', dropped: 'warn', closed: '' };

const SLOW_CONNECT =
  'still waiting; over HTTP/1.1 a browser opens six connections to a server: are other tabs open?';

export class StatePill {
  #feed;

  /** @param {LiveFeed} feed */
  constructor(feed) {
    this.#feed = feed;
    feed.on('state', () => this.#show());
    // It counts down to the next try.
    setInterval(() => this.#show(), 1000);
    this.#show();
  }

  #show() {
    const { name, reason = '', dueAt, problem, since } = this.#feed.state;
    const pill = byId('state');
    pill.dataset.state = name;
    pill.dataset.tone = problem ? 'bad' : TONES[name];
    setText(pill, name);
    const wait = dueAt ? ` in ${Math.max(0, Math.ceil((dueAt - Date.now()) / 1000))} s` : '';
    const words = {
      open: '',
      connecting: Date.now() - since > 4000 ? SLOW_CONNECT : '',
      dropped: `resuming${wait}`,
      reconnecting: `${reason}; the page retries${wait}`,
      closed: reason,
    };
    setText(byId('state-reason'), words[name]);
  }
}
