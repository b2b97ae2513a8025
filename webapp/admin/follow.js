// @ts-check
// The console's own subscription to the events, as the page is signed in.
import { FlowFiEvents, ProblemError } from '../lib/flowfi-events.js';
import { base, sandbox } from '../shared/api.js';

/** @import { FlowFiEvent, Status } from '../lib/flowfi-events.js' */
/** @import { session as Session } from '../shared/session.js' */

/**
 * @param {typeof Session} session
 * @param {{streams?: string[], users?: string[], types?: string[], after?: number|null}} filters none: everything
 * @param {object} told
 * @param {(event: FlowFiEvent) => void} told.event
 * @param {(status: Status, lostAt: number) => void} told.status lostAt: since when it is not connected any more, in ms; 0
 *     if it is, or never was
 * @param {() => void} told.missed events may be missing: what is shown has to be read again
 * @returns {{close: () => void}}
 */
export function follow(session, { after = null, streams = [], users = [], types = [] }, told) {
  const client = new FlowFiEvents({
    url: base.href,
    sandbox,
    ...(streams.length + users.length === 0 ? { all: true } : { streams, users }),
    types,
    after,
    account: () => session.account,
    token: (/** @type {{renew: boolean}} */ { renew }) => {
      if (renew) {
        throw new ProblemError(401, { title: 'Signed out', detail: 'the sign-in has ended' });
      }
      return session.token;
    },
    share: 'own',
  });
  let wasOpen = false;
  let lostAt = 0;
  client.on('event', told.event);
  client.on('reset', told.missed);
  client.on('status', (status) => {
    wasOpen ||= status.name === 'open';
    lostAt = status.name === 'open' || !wasOpen ? 0 : lostAt || Date.now();
    told.status(status, lostAt);
    if (status.problem?.status === 401 || status.problem?.status === 409) {
      void session.look();
    }
  });
  client.open();
  return { close: () => client.close() };
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** @type {Record<Status['name'], [string, string]>} tone and words */
const WORDS = {
  open: ['ok', 'live'],
  connecting: ['warn', 'connecting'],
  reconnecting: ['warn', 'trying again'],
  closed: ['bad', 'not connected'],
};

/**
 * Shows how the subscription is.
 *
 * @param {HTMLElement} pill
 * @param {Status} status
 * @param {number} lostAt
 */
export function showStatus(pill, status, lostAt) {
  const [tone, now] = WORDS[status.name];
  pill.dataset.tone = tone;
  const words = lostAt > 0 ? `offline since ${clock.format(lostAt)}, ${now}` : now;
  const text = status.problem ? `${words}: ${status.problem.message}` : words;
  if (pill.textContent !== text) {
    pill.textContent = text;
  }
}
