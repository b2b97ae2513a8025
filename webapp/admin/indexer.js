// @ts-check
// How far the chain is followed, and what an administrator may do about it.
import { el, setText } from '../shared/dom.js';
import { keepingFocus } from '../shared/focus.js';
import { confirmed } from './confirm.js';
import { consequenceOf, driftWords, factsOf, leadOf, link, replayConsequence, replayWords, sourceRow } from './indexer-words.js';
import { button, count, facts, field, panel, smallTable, text, time } from './parts.js';
import { refreshing } from './refresh.js';
import { empty } from './states.js';

/** @import { Answer } from './indexer-words.js' */
/** @import { Context } from './views.js' */

/** @typedef {{state: Answer, drift: Answer, aside: Answer}} Known */

/** @type {Record<string, [string, string]>} tone and words of a state */
const STATES = {
  starting: ['warn', 'starting'],
  standby: ['', 'standing by'],
  catching_up: ['warn', 'catching up'],
  following: ['ok', 'following'],
  waiting: ['warn', 'waiting for an RPC node'],
  fault: ['bad', 'stopped by a fault'],
  stopped: ['bad', 'stopped'],
};

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, context) {
  // which says so without an error
  const { indexer } = await context.api('v1/admin/metrics');
  if (indexer === null) {
    root.replaceChildren(
      empty(
        'No contract is followed',
        'This server keeps streams that are registered through its API. To follow a contract on chain, start it with STREAM_CONTRACT_ID and SOROBAN_RPC_URL; its streams and events then come from there, and this view shows how far.',
      ),
    );
    return () => {};
  }
  const view = new IndexerView(context);
  const shown = refreshing({
    root,
    context,
    every: 3000,
    load: async (signal) => {
      const [state, drift, aside] = await Promise.all(
        ['status', 'drift', 'quarantine'].map((what) => context.api(`v1/admin/indexer/${what}`, { signal })),
      );
      return { state, drift, aside };
    },
    content: view.content,
    show: (known) => view.show(known),
  });
  view.refresh = shown.now;
  return shown.close;
}

class IndexerView {
  #api;
  #notices;
  /** @type {Known|null} */
  #known = null;

  /** Asks the server again. */
  refresh = async () => {};

  #pill = el('span', { class: 'pill', 'data-testid': 'indexer-state' });
  #lead = el('span', { class: 'muted' });
  #fault = el('div', { class: 'alarm', role: 'alert', 'data-testid': 'indexer-fault', hidden: true });
  #elsewhere = el('p', { class: 'stale', role: 'status', 'data-testid': 'indexer-elsewhere', hidden: true });
  #facts = facts('indexer-facts');
  #sources = smallTable('RPC nodes', ['RPC node', 'Version', 'Has ledgers', 'Trouble'], 'indexer-sources');
  #odd = smallTable('What was not expected', ['Kind', 'Name', 'Count'], 'indexer-odd');
  #noneOdd = el('p', { class: 'muted', text: 'Nothing since the node started: every event was one that is understood.' });
  #aside = smallTable('Events that were put aside', ['Event', 'Ledger', 'Stream', 'Why', 'Position'], 'indexer-aside');
  #noneAside = el('p', { class: 'muted', text: 'None: every event of the contract could be read.' });
  #drifts = smallTable('Streams that drift', ['Stream', 'Found', 'Field', 'With', 'Here', 'There', 'Repair'], 'indexer-drifts');
  #noneDrift = el('p', { class: 'muted' });
  #replay = el('p', { class: 'muted', role: 'status', 'data-testid': 'indexer-replay' });
  #ledger = text('ledger', { inputmode: 'numeric', pattern: '[0-9]*', placeholder: 'such as 1234567' });
  #gap = el('input', { type: 'checkbox', name: 'acceptGap', 'data-testid': 'field-acceptGap' });
  #from = text('from_ledger', { inputmode: 'numeric', pattern: '[0-9]*', placeholder: 'such as 1234000' });
  #quarantine = button('Put this event aside …', () => void this.#putAside(), { class: 'danger', 'data-testid': 'quarantine' });
  #readAgainButton = button('Read again …', () => void this.#readAgain(), { 'data-testid': 'replay' });
  #cancel = button('End the replay', () => void this.#endReplay(), { 'data-testid': 'replay-cancel' });
  #compare = button('Compare all now', () => void this.#compareAll(), { class: 'compact', 'data-testid': 'compare-all' });
  /** @type {HTMLButtonElement[]} what only the node that follows can do */
  #acts = [];

  /** @param {Context} context */
  constructor({ api, notices }) {
    this.#api = api;
    this.#notices = notices;
    const reset = button('Reset …', () => void this.#reset(), { class: 'danger', 'data-testid': 'reset' });
    this.#acts = [reset, this.#readAgainButton, this.#quarantine, this.#cancel, this.#compare];
    const drift = panel('Streams that are not as the contract stores them', this.#noneDrift, this.#drifts.element);
    drift.querySelector('.panel-head')?.append(el('span', { class: 'push' }, this.#compare));
    this.content = [
      el('p', { class: 'line' }, this.#pill, ' ', this.#lead),
      this.#elsewhere,
      this.#fault,
      this.#facts.element,
      panel('RPC nodes', this.#sources.element),
      drift,
      panel('Events that were put aside', this.#noneAside, this.#aside.element),
      panel('What was not expected', this.#noneOdd, this.#odd.element),
      panel(
        'Read a part of the chain again',
        el('p', { class: 'muted', text: 'From a ledger up to where the chain is known. Subscribers hear only what was missing.' }),
        el('div', { class: 'fields' }, field('First ledger', this.#from), this.#readAgainButton, this.#cancel),
        this.#replay,
      ),
      panel(
        'Go on at another ledger',
        el('p', {
          class: 'muted',
          text: 'The way out of a fault that needs one. Ledgers that are left out are lost to the log: those who follow everything are told so, and open streams of the chain are unverified until they were reconciled.',
        }),
        el(
          'div',
          { class: 'fields' },
          field('Next ledger to read', this.#ledger),
          el('label', { class: 'check' }, this.#gap, 'Accept that history is missing'),
          reset,
        ),
      ),
    ];
  }

  /** @param {Known} known */
  show(known) {
    this.#known = known;
    const { state, drift, aside } = known;
    const [tone, words] = STATES[state.state] ?? ['', state.state];
    this.#pill.dataset.tone = state.standsStill ? 'bad' : tone;
    setText(this.#pill, words);
    setText(this.#lead, leadOf(state));
    this.#showOther(state.followedBy);
    this.#showFault(state.fault);
    this.#facts.show(factsOf(state));
    this.#sources.show(state.sources.map(sourceRow));
    this.#showOdd(state);
    this.#showReplay(state.replay);
    this.#showDrift(drift);
    this.#aside.element.hidden = aside.events.length === 0;
    this.#noneAside.hidden = aside.events.length > 0;
    this.#aside.show(
      aside.events.map((/** @type {Answer} */ event) => [
        el('code', { text: event.id }),
        event.ledger,
        event.streamId ? link(event.streamId) : '–',
        event.reason,
        el('a', { href: `#/events/at/${event.position}`, text: count(event.position) }),
      ]),
    );
  }

  /** @param {Answer|null} other */
  #showOther(other) {
    this.#elsewhere.hidden = other === null;
    if (other) {
      const name = other.name ? `${other.name} (${other.id})` : other.id;
      setText(this.#elsewhere, `Node ${name} follows the chain for this log. What is done here has to be done there.`);
    }
    for (const act of this.#acts) {
      act.disabled = other !== null;
    }
  }

  /** @param {Answer|null} fault */
  #showFault(fault) {
    this.#fault.hidden = fault === null;
    const text = fault ? `${fault.code}: ${fault.reason}` : '';
    if (this.#fault.dataset.text === text) {
      return;
    }
    // only if it differs: it is an alert, and may have the focus
    this.#fault.dataset.text = text;
    if (fault) {
      const way = fault.needsReset
        ? 'Only a reset ends it, see below. Nothing of the chain is read until then, and nothing is lost meanwhile.'
        : 'All RPC nodes are asked again every minute. Nothing of the chain is passed on until then, and nothing is lost meanwhile.';
      this.#fault.replaceChildren(
        el('h2', { text: `The chain is not followed: ${fault.code.replaceAll('_', ' ')}` }),
        el('p', { text: fault.reason }),
        el('p', { class: 'muted', text: way }),
        ...(fault.code === 'undecodable' ? [this.#quarantine] : []),
      );
    }
  }

  /** @param {Answer} state */
  #showOdd({ anomalies, unknownEvents }) {
    const rows = [
      ...Object.entries(anomalies).map(([name, n]) => ['against our rules', name.replaceAll('_', ' '), n]),
      ...Object.entries(unknownEvents).map(([name, n]) => ['not understood, published as it is', name, n]),
    ];
    this.#odd.element.hidden = rows.length === 0;
    this.#noneOdd.hidden = rows.length > 0;
    this.#odd.show(rows);
  }

  /** @param {Answer|null} replay */
  #showReplay(replay) {
    const hide = () => {
      this.#cancel.hidden = !replay?.running;
    };
    keepingFocus(this.#cancel, hide, () => [this.#readAgainButton]);
    setText(this.#replay, replayWords(replay));
  }

  /** @param {Answer} drift */
  #showDrift(drift) {
    const rows = drift.drifts.flatMap((/** @type {Answer} */ one) =>
      one.differences.map((/** @type {Answer} */ part, /** @type {number} */ i) => [
        i === 0 ? link(one.streamId) : '',
        i === 0 ? time(one.found) : '',
        part.field,
        part.with === 'contract' ? 'the contract' : 'its own events',
        part.here,
        part.there,
        i === 0
          ? button('Repair …', () => void this.#repair(one.streamId), { class: 'compact danger', 'aria-label': `Repair stream ${one.streamId}`, 'data-testid': `repair-${one.streamId}` })
          : '',
      ]),
    );
    this.#drifts.element.hidden = rows.length === 0;
    this.#drifts.show(rows);
    setText(this.#noneDrift, driftWords(drift));
  }

  /**
   * @param {string} what
   * @param {() => Promise<string>} act resolves to what came of it
   */
  async #do(what, act) {
    try {
      this.#notices.done(what, await act());
    } catch (problem) {
      this.#notices.problem(what, problem);
    }
    await this.refresh();
  }

  async #putAside() {
    const { fault } = this.#known?.state ?? {};
    const id = /\d{19}-\d{10}/.exec(fault?.reason ?? '')?.[0];
    if (id === undefined) {
      return;
    }
    if (
      await confirmed({
        title: 'Put this event aside?',
        consequence: `Event ${id} will never be part of the log as what it was. Its stream, if its topics tell, is shown as unverified until it is reconciled; those who follow everything get protocol.event_quarantined. The indexer then goes on behind it.`,
        action: 'Put it aside',
        typed: id,
      })
    ) {
      await this.#do('Put aside', async () => {
        await this.#api('v1/admin/indexer/quarantine', { method: 'POST', body: { id } });
        return `Event ${id} is in quarantine; the indexer goes on behind it.`;
      });
    }
  }

  async #reset() {
    const ledger = ledgerOf(this.#ledger);
    if (ledger === null) {
      return;
    }
    const { scannedLedger = null, fault = null } = this.#known?.state ?? {};
    const acceptGap = this.#gap.checked;
    if (
      await confirmed({
        title: `Go on at ledger ${count(ledger)}?`,
        consequence: consequenceOf(ledger, scannedLedger, acceptGap, fault?.needsReset === true),
        action: 'Reset the indexer',
        typed: String(ledger),
      })
    ) {
      await this.#do('Reset', async () => {
        const state = await this.#api('v1/admin/indexer/reset', { method: 'POST', body: { ledger, acceptGap } });
        this.#ledger.value = '';
        this.#gap.checked = false;
        return `The next ledger to read is ${count(ledger)}; the indexer is ${STATES[state.state]?.[1] ?? state.state}.`;
      });
    }
  }

  async #readAgain() {
    const from = ledgerOf(this.#from);
    if (from === null) {
      return;
    }
    if (
      await confirmed({
        title: `Read again from ledger ${count(from)}?`,
        consequence: replayConsequence(from, this.#known?.state.scannedLedger ?? null),
        action: 'Read again',
      })
    ) {
      await this.#do('Replay', async () => {
        await this.#api(`v1/admin/indexer/replay?from_ledger=${from}`, { method: 'POST', body: {} });
        return 'It has begun. How far it is stands below.';
      });
    }
  }

  #endReplay() {
    return this.#do('Replay', async () => {
      await this.#api('v1/admin/indexer/replay', { method: 'DELETE' });
      return 'It ends with the page that it works on.';
    });
  }

  #compareAll() {
    return this.#do('Compare', async () => {
      await this.#api('v1/admin/indexer/reconcile', { method: 'POST', body: {} });
      return 'All open streams of the chain are compared; nothing is repaired.';
    });
  }

  /** @param {string} streamId */
  async #repair(streamId) {
    const { differences } = this.#known?.drift.drifts.find((/** @type {Answer} */ one) => one.streamId === streamId);
    const values = differences.map((/** @type {Answer} */ one) => `${one.field}: ${one.here} becomes ${one.there}`).join('; ');
    if (
      await confirmed({
        title: `Repair stream ${streamId}?`,
        consequence: `Its state is replaced by what the contract stores now (${values}). Its sender, its recipient and everybody who follows it get stream.reconciled.`,
        action: 'Repair it',
        typed: streamId,
      })
    ) {
      await this.#do('Repair', async () => {
        const { changed } = await this.#api(`v1/admin/indexer/reconcile/${streamId}`, { method: 'POST', body: {} });
        return changed ? `Stream ${streamId} is as the contract stores it.` : `Stream ${streamId} was as it should be already.`;
      });
    }
  }
}

/** @param {HTMLInputElement} input */
function ledgerOf(input) {
  const ledger = /^\d{1,10}$/.test(input.value.trim()) ? Number(input.value.trim()) : 0;
  const good = ledger > 0 && ledger < 2 ** 32;
  input.setCustomValidity(good ? '' : 'The number of a ledger, from 1 to 4294967295');
  input.toggleAttribute('aria-invalid', false);
  if (!good) {
    input.setAttribute('aria-invalid', 'true');
    input.reportValidity();
    input.addEventListener('input', () => input.setCustomValidity(''), { once: true });
    return null;
  }
  return ledger;
}
