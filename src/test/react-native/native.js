// What a device has and Hermes' command line has not: a network, and a clock. The test moves both.
const atOnce = globalThis.setTimeout; // whatever the delay
let now = 1_700_000_000_000;
let timers = [];
let count = 0;

Date.now = () => now;

function later(run, delay = 0, every = null) {
  timers.push({ id: ++count, run, at: now + delay, every });
  return count;
}

function forget(id) {
  timers = timers.filter((timer) => timer.id !== id);
}

Object.assign(globalThis, {
  setTimeout: (run, delay) => later(run, delay),
  setInterval: (run, delay) => later(run, delay, delay),
  clearTimeout: forget,
  clearInterval: forget,
  console: { log: print, warn: print, error: print, assert() {} },
});

/** All that was promised has happened. */
export const settled = () =>
  new Promise((resolve) => {
    let turns = 200;
    const next = () => (turns-- > 0 ? atOnce(next, 0) : resolve());
    next();
  });

/** Moves the clock, and runs what is due by then. */
export async function pass(ms) {
  const end = now + ms;
  await settled();
  for (;;) {
    const [due] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
    if (due === undefined) {
      break;
    }
    now = due.at;
    if (due.every === null) {
      forget(due.id);
    } else {
      due.at += due.every;
    }
    due.run();
    await settled();
  }
  now = end;
}

const listeners = new Set();

/** What was asked for, each answered by the test. */
export const requests = [];

async function tell(name, ...words) {
  for (const one of [...listeners].filter((listener) => listener.name === name)) {
    one.hear(words);
  }
  await settled();
}

/** React Native's module of this name: its JavaScript calls these, and hears these events. */
export const Networking = {
  addListener(name, hear) {
    const listener = { name, hear };
    listeners.add(listener);
    return { remove: () => listeners.delete(listener) };
  },
  sendRequest(method, trackingName, url, headers, data, responseType, incrementalUpdates, timeout, created) {
    const id = requests.length + 1;
    requests.push({
      url,
      headers,
      streams: responseType === 'text' && incrementalUpdates,
      aborted: false,
      answer: (status, type) => tell('didReceiveNetworkResponse', id, status, { 'Content-Type': type }, url),
      say: (text) => tell('didReceiveNetworkIncrementalData', id, text, 0, 0),
      end: (error = '') => tell('didCompleteNetworkResponse', id, error, false),
    });
    created(id);
  },
  abortRequest(id) {
    requests[id - 1].aborted = true;
  },
};

/** There is none: no page has blobs here. */
export default null;
