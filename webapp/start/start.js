// @ts-check
// Start page: live status of this server, and curl commands that name this server.
import { getJson, getJsonAnyStatus } from '../shared/api.js';
import { byId, copyText, setText } from '../shared/dom.js';
import { session } from '../shared/session.js';

const REFRESH_MS = 5000;
const count = new Intl.NumberFormat('en');
/** @param {unknown} value */
const asCount = (value) => (Number.isFinite(value) ? count.format(/** @type {number} */ (value)) : 'not told');

function fillCommands() {
  const origin = new URL('.', document.baseURI).href.replace(/\/$/, '');
  const now = Math.floor(Date.now() / 1000);
  for (const id of ['curl-subscribe', 'curl-create', 'curl-read']) {
    const node = byId(id);
    node.textContent = (node.textContent ?? '')
      .replace('http://127.0.0.1:3001', origin)
      .replace('"startTime": 1767225600', `"startTime": ${now}`);
  }
}

/** A secured server needs the credentials from curl, too. */
function addTokenToCommands() {
  if (session.mode === 'secured') {
    for (const id of ['curl-subscribe', 'curl-create', 'curl-read']) {
      const node = byId(id);
      const command = node.textContent ?? '';
      if (!command.includes('$TOKEN')) {
        node.textContent = command.replace("'http", '-H "Authorization: Bearer $TOKEN" \'http');
      }
    }
  }
}

function wireCopyButtons() {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-copy]'))) {
    button.addEventListener('click', async () => {
      const copied = await copyText(byId(button.dataset.copy ?? '').textContent);
      button.textContent = copied ? 'Copied' : 'Select and copy by hand';
      byId('copy-status').textContent = copied ? 'Command copied' : 'Copying is not allowed here';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2000);
    });
  }
}

/**
 * @param {string} tone
 * @param {string} word
 */
function show(tone, word) {
  byId('health-pill').dataset.tone = tone;
  setText(byId('health-pill'), word);
  setText(byId('fact-health'), word);
}

async function refresh() {
  try {
    if (session.mode === null) {
      await session.look();
    }
    /** @type {[{status: number, body: any}, any]} */
    const [health, stats] = await Promise.all([
      getJsonAnyStatus('health'),
      session.required ? {} : getJson('v1/events/stats'),
    ]);
    const word = String(health.body.status ?? (health.status === 200 ? 'up' : 'down'));
    show(health.status === 200 ? 'ok' : 'bad', word);
    setText(byId('fact-mode'), String(health.body.mode ?? stats.mode ?? 'not told'));
    const most = Number.isFinite(stats.maxConnections) ? ` of ${asCount(stats.maxConnections)}` : '';
    setText(byId('fact-connections'), asCount(stats.activeConnections) + most);
    setText(byId('fact-head'), asCount(stats.head));
    setText(byId('fact-published'), asCount(stats.published));
    const note = session.required ? 'sign in for the numbers; as of' : 'as of';
    setText(byId('status-note'), `${note} ${new Date().toLocaleTimeString()}`);
  } catch (problem) {
    show('bad', 'not answering');
    setText(byId('status-note'), /** @type {Error} */ (problem).message);
  }
}

async function keepRefreshing() {
  // Nobody sees a hidden page, so it sends no requests.
  if (!document.hidden) {
    await refresh();
  }
  setTimeout(keepRefreshing, REFRESH_MS);
}

fillCommands();
wireCopyButtons();
keepRefreshing();
session.addEventListener('change', () => {
  addTokenToCommands();
  refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) {
    refresh();
  }
});
