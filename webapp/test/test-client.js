// @ts-check
// The visual test client: wires the feed, the checks and the views together.
import { shortKey } from '../shared/amounts.js';
import { getJson, serverSeconds, SUBSCRIBE } from '../shared/api.js';
import { Commands } from './commands.js';
import { byId, copyText, el, onceAFrame, setText } from '../shared/dom.js';
import { EventList } from './event-list.js';
import { EventFeed } from '../lib/feed.js';
import { EVENT_TYPES, subscribeQuery, subscribeUrl } from '../lib/subscription.js';
import { GapCheck } from './gaps.js';
import { asMillis, CommandTimes } from './latency.js';
import { Notices } from '../shared/notices.js';
import { RateChart } from './rate-chart.js';
import { session } from '../shared/session.js';
import { readSettings, splitList, writeSettings } from './settings.js';
import { StreamBook } from './stream-book.js';
import { StreamCards } from './stream-cards.js';
import { randomAccount, randomContract } from '../shared/strkey.js';
import { WireTap } from './wire-tap.js';

const numbers = new Intl.NumberFormat('en');
const notices = new Notices(byId('notices'));
const times = new CommandTimes();
const feed = new EventFeed(SUBSCRIBE, session);
const chart = new RateChart(byId('spark-line', SVGPathElement), byId('spark-area', SVGPathElement));
const list = new EventList(byId('event-rows'), (rows) => {
  byId('events-empty').hidden = rows > 0;
  byId('export').disabled = list.keptCount === 0;
});
const book = new StreamBook((id) => {
  cards.changed(id);
  showBookSize();
});
const commands = new Commands(times, book);
const cards = new StreamCards(byId('stream-list'), book, changeStream);
const tap = new WireTap(byId('wire'), (state) => {
  setText(byId('wire-state'), state);
  setText(byId('wire-toggle'), tap.running ? 'Close it' : 'Open a second connection');
});

let gaps = new GapCheck({ all: true, types: [] });
let received = 0;
let lastSeq = null;
let resume = null; // {after, head, how, replayed} of the last time the feed came back
let wanted = false; // whether the user wants to be connected

/* ---- settings ---- */

function formSettings() {
  return {
    all: byId('all').checked,
    streams: splitList(byId('streams').value),
    users: splitList(byId('users').value),
    types: checkedTypes(),
    snapshot: byId('snapshot').checked,
    lastEventId: byId('last-event-id').value.trim(),
    connect: wanted,
    away: byId('away').value,
    burst: byId('burst-count').value,
    rate: byId('burst-rate').value,
  };
}

const checkedTypes = () =>
  [...byId('types').querySelectorAll('input:checked')].map((input) => input.value);

function fillForm(settings) {
  byId('all').checked = settings.all;
  byId('streams').value = settings.streams.join(', ');
  byId('users').value = settings.users.join(', ');
  byId('snapshot').checked = settings.snapshot;
  byId('last-event-id').value = settings.lastEventId;
  byId('away').value = settings.away;
  byId('burst-count').value = settings.burst;
  byId('burst-rate').value = settings.rate;
  for (const type of EVENT_TYPES) {
    byId('types').append(
      el(
        'label',
        { class: 'check' },
        el('input', {
          type: 'checkbox',
          value: type,
          'data-testid': `type-${type}`,
          checked: settings.types.includes(type),
        }),
        el('span', { class: 'badge', 'data-type': type, text: type }),
      ),
    );
  }
  byId('types-box').open = settings.types.length > 0;
}

function settingsChanged() {
  const settings = formSettings();
  history.replaceState(null, '', writeSettings(settings));
  setText(byId('request'), `GET ${SUBSCRIBE.pathname}?${decodeURIComponent(subscribeQuery(settings))}`);
  setText(byId('types-summary'), settings.types.length === 0 ? 'any' : `${settings.types.length} chosen`);
  setText(byId('connect'), feed.active ? 'Reconnect' : 'Connect');
}

function addUser(address) {
  const users = new Set(splitList(byId('users').value));
  users.add(address);
  byId('users').value = [...users].join(', ');
  byId('all').checked = false;
  settingsChanged();
}

/* ---- connection ---- */

async function connect() {
  if (session.mode === null) {
    await session.look();
  }
  const settings = formSettings();
  if (!settings.all && settings.streams.length + settings.users.length === 0) {
    notices.problem('Nothing to subscribe to', new Error('Tick “Everything”, or name a stream or a user.'));
    return;
  }
  wanted = true;
  // "All of mine" leaves out the positions between, like any other filter.
  gaps = new GapCheck({ ...settings, all: settings.all && session.seesEverything });
  resume = null;
  feed.open(settings);
  settingsChanged();
}

function disconnect() {
  wanted = false;
  feed.close();
  list.mark('disconnected by you');
  settingsChanged();
}

function drop() {
  const seconds = Math.min(600, Math.max(1, Number(byId('away').value) || 5));
  const at = feed.lastEventId === null ? 'before the first position' : `at #${feed.lastEventId}`;
  list.mark(`dropped ${at}; back in ${seconds} s`, 'warn');
  feed.dropAndResume(seconds);
}

const TONES = { open: 'ok', connecting: 'warn', reconnecting: 'warn', dropped: 'warn', closed: '' };

const SLOW_CONNECT =
  'still waiting; over HTTP/1.1 a browser opens six connections to a server: are other tabs open?';

function showState() {
  const { name, by, reason, dueAt, problem, since } = feed.state;
  const pill = byId('state');
  pill.dataset.state = name;
  pill.dataset.tone = problem ? 'bad' : TONES[name];
  setText(pill, name);
  const wait = dueAt ? ` in ${Math.max(0, Math.ceil((dueAt - Date.now()) / 1000))} s` : '';
  const words = {
    open: '',
    connecting: Date.now() - since > 4000 ? SLOW_CONNECT : '',
    dropped: `resuming${wait}`,
    reconnecting: `${reason}; ${by === 'browser' ? 'the browser retries by itself' : `the page retries${wait}`}`,
    closed: reason,
  };
  setText(byId('state-reason'), words[name]);
  byId('disconnect').disabled = !feed.active;
  byId('drop').disabled = name !== 'open';
}

feed.addEventListener('state', ({ detail: state }) => {
  showState();
  settingsChanged();
  if (state.name === 'reconnecting' && state.by === 'browser') {
    list.mark(`${state.reason} at ${feed.lastEventId === null ? 'the beginning' : `#${feed.lastEventId}`}; the browser reconnects by itself`, 'warn');
  } else if (state.name === 'closed' && state.problem) {
    notices.problem('Subscription refused', state.problem);
    list.mark(`refused: ${state.reason}`, 'bad');
  }
});

const COMEBACKS = {
  first: 'from the position given',
  dropped: 'after the drop',
  browser: 'by the browser (Last-Event-ID)',
  page: 'by the page',
};

feed.addEventListener('connected', ({ detail }) => {
  gaps.connected(detail.from);
  const id = String(detail.clientId).slice(0, 8);
  if (detail.resumed === null) {
    list.mark(`connected as ${id}, from #${detail.from}`, 'ok');
  } else {
    resume = { after: detail.resumed, head: detail.head, how: detail.how, replayed: 0 };
    list.mark(`connected as ${id} ${COMEBACKS[detail.how]}: resumes after #${detail.resumed}, log is at #${detail.head}`, 'ok');
  }
  refreshSoon();
});

feed.addEventListener('reset', ({ detail }) => {
  gaps.reset(detail.from);
  list.mark(`reset: ${detail.reason}; the log holds #${detail.oldest} to #${detail.head}, live after #${detail.from}`, 'bad');
  refreshSoon();
});

feed.addEventListener('snapshot-end', ({ detail }) => gaps.snapshotEnd(detail.head));
// What was seen is of a log that is no more; under the same positions this one has other events.
feed.addEventListener('another-log', ({ detail }) => {
  clearAll();
  lastSeq = null;
  book.clear();
  byId('last-event-id').value = '';
  gaps = new GapCheck({ all: gaps.contiguous, types: checkedTypes() });
  resume = null;
  list.mark(`another log (${detail.log}, before ${detail.before}): the server’s data was restored or begun anew; starting over`, 'bad');
  notices.problem('Another log', new Error('The server’s data was restored or begun anew. What this page had seen is no longer so; it starts over.'));
  refreshSoon();
});

feed.addEventListener('closing-word', ({ detail }) => {
  list.mark(`the server asks to reconnect: ${detail.reason}`, 'warn');
});

feed.addEventListener('event', ({ detail: event }) => {
  received++;
  chart.count();
  if (event.type === 'stream.snapshot') {
    gaps.snapshot(event.data);
    book.know(event.data);
    list.add(event, null);
    refreshSoon();
    return;
  }
  if (event.id === null) {
    gaps.snapshot(event.data);
    book.apply(event.type, event.data);
    list.add(event, null);
    refreshSoon();
    return;
  }
  const seq = Number(event.id);
  gaps.event(seq, event.data);
  lastSeq = seq;
  const replay = resume !== null && seq <= resume.head;
  if (replay) {
    resume.replayed++;
  }
  const latency = times.arrived(event.data.reference, event.at, replay);
  book.apply(event.type, event.data);
  list.add(event, latency);
  refreshSoon();
});

/* ---- measurements ---- */

const refreshSoon = onceAFrame(() => {
  const verdict = gaps.verdict();
  byId('gap-tile').dataset.tone = verdict.tone;
  setText(byId('gap-word'), verdict.word);
  setText(byId('gap-detail'), verdict.detail);
  setText(byId('count'), numbers.format(received));
  byId('count').dataset.value = received;
  setText(byId('position'), lastSeq === null ? '–' : `#${lastSeq}`);
  setText(byId('latency-p50'), asMillis(times.quantile(0.5)));
  setText(byId('latency-p95'), asMillis(times.quantile(0.95)));
  setText(byId('latency-count'), numbers.format(times.count));
  if (resume === null) {
    setText(byId('replayed'), '–');
    setText(byId('replayed-note'), 'events replayed after coming back');
  } else {
    setText(byId('replayed'), numbers.format(resume.replayed));
    setText(byId('replayed-note'), `replayed ${COMEBACKS[resume.how]}, from #${resume.after} to #${resume.head}`);
  }
});

function showBookSize() {
  const size = book.size;
  setText(byId('streams-count'), size === 0 ? '' : `· ${size}`);
  byId('streams-empty').hidden = size > 0;
  byId('stream-list').hidden = size === 0;
}

setInterval(() => {
  setText(byId('rate-now'), numbers.format(chart.draw().now));
  showState();
}, 1000);

/* ---- commands ---- */

const REMEMBERED = 'flowfi.test-addresses';

function people() {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED));
    if (kept?.sender && kept.recipient && kept.tokenAddress) {
      return kept;
    }
  } catch {
    // No storage allowed, or not ours: new ones will do.
  }
  return newPeople();
}

function newPeople() {
  const made = { sender: randomAccount(), recipient: randomAccount(), tokenAddress: randomContract() };
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(made));
  } catch {
    // Then they last as long as the page.
  }
  return made;
}

function fillPeople(made) {
  byId('sender').value = made.sender;
  byId('recipient').value = made.recipient;
  byId('token').value = made.tokenAddress;
}

function showDuration() {
  let text = '';
  try {
    const rate = BigInt(byId('rate').value);
    const deposit = BigInt(byId('deposit').value);
    text = `Smallest units. Runs for ${numbers.format((deposit + rate - 1n) / rate)} s.`;
  } catch {
    text = 'Whole numbers in the token’s smallest unit.';
  }
  setText(byId('create-hint'), text);
}

function createFields() {
  const fields = {};
  for (const name of ['sender', 'recipient', 'tokenAddress', 'ratePerSecond', 'depositedAmount', 'streamId', 'reference']) {
    const value = byId('create').elements[name].value.trim();
    if (value !== '') {
      fields[name] = value;
    }
  }
  const start = byId('start-time').value.trim();
  // What is no number goes as it is: the server's answer explains it better than silence.
  fields.startTime = start === '' ? serverSeconds() : /^\d{1,15}$/.test(start) ? Number(start) : start;
  return fields;
}

function markFields(problem) {
  const wrong = new Set((problem?.errors ?? []).map((error) => error.field ?? error.parameter));
  for (const input of byId('create').querySelectorAll('input[name]')) {
    input.toggleAttribute('aria-invalid', false);
    if (wrong.has(input.name)) {
      input.setAttribute('aria-invalid', 'true');
      input.closest('details')?.setAttribute('open', '');
    }
  }
}

async function create(event) {
  event.preventDefault();
  const button = event.submitter ?? byId('create').querySelector('[type=submit]');
  button.disabled = true;
  try {
    const { stream, elapsed } = await commands.create(createFields(), byId('idempotency').value.trim());
    markFields(null);
    notices.done(
      `Stream ${stream.streamId} created`,
      `Durable and answered after ${asMillis(elapsed)}.${feed.active ? '' : ' Connect to see its event.'}`,
    );
  } catch (problem) {
    markFields(problem);
    notices.problem('Not created', problem);
  } finally {
    button.disabled = false;
  }
}

async function changeStream(stream, name, amount, card) {
  if (stream === undefined) {
    return;
  }
  card.root.setAttribute('aria-busy', 'true');
  try {
    await commands.change(stream, name, amount);
    card.amount.value = '';
  } catch (problem) {
    notices.problem(`Stream ${stream.streamId}: ${name} refused`, problem);
  } finally {
    card.root.removeAttribute('aria-busy');
  }
}

const bounded = (input, most) => Math.min(most, Math.max(1, Math.floor(Number(input.value)) || 1));

async function burst() {
  if (commands.bursting) {
    commands.stopBurst();
    return;
  }
  const count = bounded(byId('burst-count'), 500);
  const rate = bounded(byId('burst-rate'), 200);
  const bar = byId('burst-progress');
  bar.max = count;
  bar.value = 0;
  bar.hidden = false;
  setText(byId('burst'), 'Stop');
  const result = await commands.burst(createFields(), count, rate, (run) => {
    bar.value = run.done;
  });
  setText(byId('burst'), 'Burst');
  bar.hidden = true;
  if (result.failed) {
    notices.problem(`Burst stopped after ${result.done} of ${count}`, result.failed);
  } else {
    notices.done(`${result.done} streams created`, `In ${result.seconds.toFixed(1)} s, ${(result.done / result.seconds).toFixed(1)} a second.`);
  }
}

async function loadStreams() {
  try {
    const page = await getJson('v1/streams?limit=20&order=desc');
    for (const stream of page.streams.toReversed()) {
      book.know(stream);
    }
  } catch (problem) {
    notices.problem('Streams not loaded', problem);
  }
}

/* ---- views ---- */

function showTab(name) {
  for (const tab of ['events', 'wire']) {
    const chosen = tab === name;
    byId(`tab-${tab}`).setAttribute('aria-selected', String(chosen));
    byId(`tab-${tab}`).tabIndex = chosen ? 0 : -1;
    byId(`view-${tab}`).hidden = !chosen;
  }
  if (name !== 'wire' && tap.running) {
    tap.stop();
  }
}

function exportLines() {
  const url = URL.createObjectURL(new Blob([list.jsonLines()], { type: 'application/x-ndjson' }));
  const name = `flowfi-events-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.jsonl`;
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function clearAll() {
  list.clear();
  received = 0;
  times.clear();
  refreshSoon();
}

byId('connection').addEventListener('submit', (event) => {
  event.preventDefault();
  connect();
});
byId('connection').addEventListener('input', settingsChanged);
byId('disconnect').addEventListener('click', disconnect);
byId('drop').addEventListener('click', drop);
byId('add-me').addEventListener('click', () => addUser(session.account));
byId('add-sender').addEventListener('click', () => addUser(byId('sender').value));
byId('add-recipient').addEventListener('click', () => addUser(byId('recipient').value));
byId('copy-curl').addEventListener('click', async () => {
  // Never the token itself: a clipboard is no place for it.
  const who = session.account === null ? '' : '-H "Authorization: Bearer $TOKEN" ';
  const command = `curl -N ${who}'${subscribeUrl(SUBSCRIBE, formSettings())}'`;
  notices.done((await copyText(command)) ? 'Copied' : 'Copy it by hand', command);
});
byId('create').addEventListener('submit', create);
byId('create').addEventListener('input', () => {
  showDuration();
  settingsChanged();
});
byId('new-people').addEventListener('click', () => {
  fillPeople(newPeople());
  notices.done('New addresses', `${shortKey(byId('sender').value)} pays ${shortKey(byId('recipient').value)} from now on.`);
});
byId('burst').addEventListener('click', burst);
byId('load-streams').addEventListener('click', loadStreams);
byId('export').addEventListener('click', exportLines);
byId('clear').addEventListener('click', clearAll);
byId('tab-events').addEventListener('click', () => showTab('events'));
byId('tab-wire').addEventListener('click', () => showTab('wire'));
document.querySelector('.tabs').addEventListener('keydown', (event) => {
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    const other = byId('tab-events').tabIndex === 0 ? 'wire' : 'events';
    showTab(other);
    byId(`tab-${other}`).focus();
  }
});
byId('wire-toggle').addEventListener('click', () => {
  if (tap.running) {
    tap.stop();
  } else {
    tap.start(subscribeUrl(SUBSCRIBE, formSettings(), feed.lastEventId));
  }
});

/* ---- who is signed in ---- */

let account = null; // the last one that signed in
let present = null; // the one that is

session.addEventListener('change', () => {
  const signedInAs = session.account;
  const came = signedInAs !== null && signedInAs !== present;
  present = signedInAs;
  byId('add-me').hidden = signedInAs === null;
  byId('all-words').replaceChildren(
    session.seesEverything ? 'Everything (' : 'All of mine (',
    el('code', { text: 'all' }),
    ')',
  );
  if (signedInAs === null) {
    if (session.mode === 'secured' && feed.active) {
      feed.close('the sign-in has ended');
      list.mark('the sign-in has ended', 'bad');
    }
    return;
  }
  if (!came) {
    return;
  }
  if (account !== null && account !== signedInAs) {
    // Somebody else: what the one before has seen is not theirs.
    clearAll();
    lastSeq = null;
    book.clear();
    gaps = new GapCheck({ all: false, types: [] });
    resume = null;
    feed.close('signed in as somebody else: connect again to see theirs');
    wanted = false;
    settingsChanged();
  } else if (account !== null && wanted && !feed.active) {
    feed.resume();
  } else if (wanted && !feed.active) {
    connect();
  }
  account = signedInAs;
});

// A page that is left holds no connection; one that comes back from the browser's cache goes on where it was.
window.addEventListener('pagehide', () => {
  feed.close('page was left');
  tap.stop();
});
window.addEventListener('pageshow', (event) => {
  if (event.persisted && wanted) {
    feed.resume();
  }
});

const settings = readSettings(location.search);
fillForm(settings);
fillPeople(people());
showDuration();
settingsChanged();
showState();
if (settings.connect) {
  connect();
}
