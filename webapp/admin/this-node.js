// @ts-check
// What an administrator does with the node that answers this page: take it out of the traffic, and look into it.
import { file } from '../shared/api.js';
import { el, save, setText } from '../shared/dom.js';
import { whileDisabled } from '../shared/focus.js';
import { asked } from './confirm.js';
import { button, field, panel, some, text, timeText } from './parts.js';

/** @import { Context } from './views.js' */

/** @typedef {{state: 'serving'|'leaving'|'drained', since: string|null, connections: number}} Drain */

/**
 * @typedef {object} Known
 * @property {string} name of the node
 * @property {Drain} drain
 * @property {boolean} alone whether no other node of the log lives
 */

/** @type {Record<Drain['state'], [string, string]>} tone and words */
const STATES = {
  serving: ['ok', 'gets traffic'],
  leaving: ['warn', 'on its way out'],
  drained: ['warn', 'out of the traffic'],
};

/**
 * What taking a node out leads to, said before it is done.
 *
 * @param {Known} known
 */
export function drainConsequence({ name, drain, alone }) {
  const clients = drain.connections === 0 ? 'it has no clients' : `${some(drain.connections, 'connection')} of it ${drain.connections === 1 ? 'is' : 'are'} told to reconnect`;
  const others = alone
    ? 'No other node of this log lives, so its clients have nowhere else to go.'
    : 'The other nodes take its clients.';
  return `Node ${name} is not ready from then on: a load balancer sends nobody there, and ${clients}. ${others} It runs on, and serves who comes all the same, until it is taken back or restarted.`;
}

/**
 * @param {Context} context
 * @param {() => Promise<void>} refresh asks the server again
 */
export function thisNode({ api, notices }, refresh) {
  const pill = el('span', { class: 'pill', 'data-testid': 'drain-state' });
  const words = el('span', { class: 'muted', 'data-testid': 'drain-words' });
  const leave = button('Take it out of the traffic …', () => void drain(), { class: 'danger', 'data-testid': 'drain' });
  const back = button('Take it back', () => void restore(), { class: 'primary', 'data-testid': 'restore', hidden: true });
  const bundle = button('Support bundle', () => void whileDisabled([bundle], download), { 'data-testid': 'bundle' });
  const element = panel(
    'This node',
    el('p', { class: 'line' }, pill, ' ', words),
    el('p', { class: 'line' }, leave, ' ', back, ' ', bundle),
    el('p', {
      class: 'muted small',
      text: 'The bundle is a zip for whoever looks for a fault: settings without secrets, versions, health, figures, threads and the last lines of the log. It names accounts and addresses. Both are of the node that answers this page; for another one, open the console at its own address.',
    }),
  );
  /** @type {Known|null} */
  let known = null;

  /**
   * @param {string} what
   * @param {() => Promise<string>} act resolves to what came of it
   */
  async function doing(what, act) {
    try {
      notices.done(what, await act());
    } catch (problem) {
      notices.problem(what, problem);
    }
    await refresh();
  }

  async function drain() {
    if (known === null) {
      return;
    }
    const seconds = text('seconds', { inputmode: 'numeric', placeholder: 'as the settings say' });
    const wanted = () => seconds.value.trim();
    const sure = await asked({
      title: `Take ${known.name} out of the traffic?`,
      body: [
        el('p', { id: 'confirm-consequence', text: drainConsequence(known) }),
        field('Tell its clients over so many seconds, 600 at most', seconds),
      ],
      action: 'Take it out',
      danger: true,
      ready: () => wanted() === '' || (/^\d{1,3}$/.test(wanted()) && Number(wanted()) <= 600),
    });
    if (sure) {
      await doing('Out of the traffic', async () => {
        await api('v1/admin/drain', { method: 'POST', body: wanted() === '' ? {} : { seconds: Number(wanted()) } });
        return 'It is not ready any more, and tells its clients to reconnect.';
      });
    }
  }

  const restore = () =>
    doing('Back in the traffic', async () => {
      await api('v1/admin/drain', { method: 'DELETE' });
      return 'It is ready again. Clients come back as load balancers send them.';
    });

  async function download() {
    try {
      const { blob, name } = await file('v1/admin/support-bundle');
      save(blob, name);
    } catch (problem) {
      notices.problem('Support bundle', problem);
    }
  }

  return {
    element,
    /** @param {Known} now */
    show(now) {
      known = now;
      const { state, since, connections } = now.drain;
      const [tone, said] = STATES[state];
      pill.dataset.tone = tone;
      setText(pill, said);
      const when = since === null ? '' : `since ${timeText(Date.parse(since) / 1000)}, `;
      setText(words, `${now.name}: ${when}${some(connections, 'connection')}${state === 'serving' ? '' : ' left'}`);
      // the focus goes with the button that takes the place of the other
      const focused = [leave, back].find((one) => one === document.activeElement);
      leave.hidden = state !== 'serving';
      back.hidden = state === 'serving';
      if (focused?.hidden) {
        (leave.hidden ? back : leave).focus();
      }
    },
  };
}
