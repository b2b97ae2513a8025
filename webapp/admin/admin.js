// @ts-check
// The console's frame: who is signed in, which view is open, and what they have in common.
import { request } from '../shared/api.js';
import { byId, setText } from '../shared/dom.js';
import { Notices } from '../shared/notices.js';
import { session } from '../shared/session.js';
import { failed, forbidden, loading, stale } from './states.js';
import { Stats } from './stats.js';
import { routeOf, VIEWS } from './views.js';

const stats = new Stats();
const notices = new Notices(byId('notices'));
const title = byId('title');
const feed = byId('feed');
const offline = byId('offline');
const root = byId('view');
const links = [...document.querySelectorAll('.views a')];

/** Takes away the open view. */
let close = () => {};

/** Which opening is the latest: a slow one must not put its view over a later one. */
let opening = 0;

/** @param {string} hash */
const go = (hash) => {
  location.hash = hash;
};

function leave() {
  const done = close;
  close = () => {};
  try {
    done();
  } catch (failure) {
    reportError(failure);
  }
}

/** @param {boolean} [moved] whether the reader asked for another view, and is to be taken to it */
async function show(moved = false) {
  const mine = ++opening;
  leave();
  const { name, rest } = routeOf(location.hash);
  const route = VIEWS[name];
  for (const link of links) {
    link.toggleAttribute('aria-current', false);
    if (link.getAttribute('href') === `#/${name}`) {
      link.setAttribute('aria-current', 'page');
      // On a phone the links are in one line, which scrolls.
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }
  document.title = `${route.title} · Console · FlowFi Events`;
  setText(title, route.title);
  if (moved) {
    title.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  if (session.mode === null) {
    root.replaceChildren(loading('Asking the server …'));
    return;
  }
  if (session.required || !session.seesEverything) {
    stats.stop();
    feed.hidden = true;
    root.replaceChildren(forbidden(session.account));
    return;
  }
  stats.start();
  root.replaceChildren(loading());
  try {
    const view = await route.load();
    if (mine !== opening) {
      return;
    }
    // Of its own, so that a view that opens slowly writes nowhere once it is no longer wanted.
    const place = document.createElement('div');
    place.className = `view ${name}`;
    root.replaceChildren(place);
    const end = await view.open(place, { api: request, session, notices, stats, go, rest });
    if (mine === opening) {
      close = end;
    } else {
      end();
    }
  } catch (failure) {
    if (mine === opening) {
      root.replaceChildren(failed(failure, session.account, () => show(true)));
    }
  }
}

/** @type {Record<string, [string, string]>} */
const LINKS = {
  connecting: ['', 'connecting'],
  live: ['ok', 'live'],
  offline: ['bad', 'offline'],
  refused: ['bad', 'refused'],
};

function showLink() {
  const [tone, words] = LINKS[stats.link];
  feed.hidden = false;
  feed.dataset.tone = tone;
  setText(feed, words);
  offline.replaceChildren(...(stats.link === 'offline' ? [stale(stats.since)] : []));
}

stats.addEventListener('link', showLink);
// A browser keeps pages that were left, and their connections: of those it has only six for a server.
addEventListener('pagehide', () => {
  leave();
  stats.stop();
});
addEventListener('pageshow', (event) => {
  if (event.persisted) {
    show();
  }
});
addEventListener('hashchange', () => show(true));
for (const link of links) {
  // Browsers leave a link where it is that is in view in part, and on a phone that is the smaller one.
  link.addEventListener('focus', () => link.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
}
byId('skip').addEventListener('click', (event) => {
  // The hash is the view's.
  event.preventDefault();
  byId('main').focus();
});

let seen = '';
session.addEventListener('change', () => {
  const now = [session.mode, session.account, ...session.roles].join();
  if (now !== seen) {
    seen = now;
    show();
  }
});
show();
