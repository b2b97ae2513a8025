import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { FakeElement, fakePage } from './fake-elements.js';

mock.timers.enable({ apis: ['setTimeout'] });
const body = fakePage();
const { open } = await import('../../../webapp/admin/indexer.js');

const settled = () => new Promise((resolve) => { setImmediate(resolve); });
const EVENT = '0005302420000000001-0000000003';

const unknown = Object.fromEntries(
  ['lagLedgers', 'lagSeconds', 'historyFrom', 'margin', 'lastError', 'replay', 'followedBy', 'unmodelledStreams', 'unverifiedStreams',
    'quarantinedEvents', 'fault', 'contractUpgrade'].map((name) => [name, null]),
);
const STATE = {
  ...unknown, state: 'following', scannedLedger: 119, tip: 119, standsStill: false, standsStillSeconds: 3, marginLow: false, applied: 7,
  eventsPerSecond: 0, sources: [], anomalies: {}, unknownEvents: {},
};
const undecodable = { code: 'undecodable', reason: `event ${EVENT} cannot be decoded: cut off`, needsReset: false };
const DRIFT = { running: false, ended: null, compared: 0, later: 0, error: null, followedBy: null, drifts: [] };
const drifting = {
  ...DRIFT,
  drifts: [{
    streamId: '7', found: '2026-01-31T08:00:00Z', asOfLedger: 119,
    differences: [{ with: 'contract', field: 'withdrawn', here: '5', there: '6' }, { with: 'events', field: 'status', here: 'PAUSED', there: 'ACTIVE' }],
  }],
};

/** A view over answers that the test may change. */
async function opened(t, { state = {}, drift = DRIFT, aside = { events: [] } } = {}) {
  const answers = {
    'v1/admin/metrics': { indexer: {} },
    'v1/admin/indexer/status': { ...STATE, ...state },
    'v1/admin/indexer/drift': drift,
    'v1/admin/indexer/quarantine': aside,
  };
  const asked = [];
  const said = [];
  let looked = 0;
  let signal = null;
  let acted = async () => ({ state: 'following', changed: true });
  const api = async (path, { method, body: sent, signal: given } = {}) => {
    if (method === undefined) {
      looked += path.endsWith('/status') ? 1 : 0;
      signal = given;
      return answers[path];
    }
    asked.push([method, path, sent]);
    return acted();
  };
  const notices = {
    done: (what, words) => said.push(`${what}: ${words}`),
    problem: (what, problem) => said.push(`${what} failed: ${problem.message}`),
  };
  const root = new FakeElement('div');
  body.replaceChildren(root);
  const close = await open(root, { api, notices, session: { account: null }, rest: [] });
  t.after(() => close());
  await settled();
  const find = (id) => root.querySelector(`[data-testid="${id}"]`);
  const cells = (id) => find(id).querySelector('tbody').children.map((row) => row.children.map((cell) => cell.textContent));
  const dialog = () => body.querySelector('dialog');
  return {
    root, asked, said, find, cells, dialog,
    close,
    looked: () => looked,
    signal: () => signal,
    text: (id) => find(id).textContent,
    fact: (name) => find('indexer-facts').children.find((one) => one.children[0].textContent === name).children[1].textContent,
    /** The next look at the server shows this. */
    async later(changed, otherDrift = drift) {
      Object.assign(answers['v1/admin/indexer/status'], changed);
      answers['v1/admin/indexer/drift'] = otherDrift;
      document.dispatchEvent(new Event('visibilitychange'));
      await settled();
    },
    answers(act) {
      acted = act;
    },
    /** Clicks, types a name if one is wanted, and goes on. */
    async does(id, typed) {
      find(id).click();
      const question = dialog();
      if (typed !== undefined) {
        const go = question.querySelector('[data-testid="confirm-yes"]');
        assert.equal(go.disabled, true);
        question.querySelector('input').value = typed;
        question.querySelector('form').dispatchEvent(new Event('input'));
        assert.equal(go.disabled, false);
      }
      const words = question?.textContent ?? '';
      question?.close('yes');
      await settled();
      return words;
    },
  };
}

test('says how a contract is followed where none is', async () => {
  const asked = [];
  const root = new FakeElement('div');
  const api = async (path) => {
    asked.push(path);
    return { indexer: null };
  };
  (await open(root, { api, notices: {}, session: { account: null }, rest: [] }))();
  assert.match(root.textContent, /No contract is followed.*STREAM_CONTRACT_ID and SOROBAN_RPC_URL/);
  assert.deepEqual(asked, ['v1/admin/metrics']);
});

test('says what the indexer does, and whether that is well', async (t) => {
  const view = await opened(t);
  const said = async (state) => {
    await view.later(state);
    return [view.text('indexer-state'), view.find('indexer-state').dataset.tone];
  };
  assert.deepEqual(await said({ state: 'starting' }), ['starting', 'warn']);
  assert.deepEqual(await said({ state: 'standby' }), ['standing by', '']);
  assert.deepEqual(await said({ state: 'catching_up' }), ['catching up', 'warn']);
  assert.deepEqual(await said({ state: 'following' }), ['following', 'ok']);
  assert.deepEqual(await said({ state: 'waiting' }), ['waiting for an RPC node', 'warn']);
  assert.deepEqual(await said({ state: 'stopped' }), ['stopped', 'bad']);
  assert.deepEqual(await said({ state: 'of_a_later_version' }), ['of_a_later_version', '']);
  assert.deepEqual(await said({ state: 'waiting', standsStill: true, standsStillSeconds: 75 }), ['waiting for an RPC node', 'bad']);
  assert.match(view.root.textContent, /No ledger was read for 1 min 15 s/);
  assert.deepEqual(await said({ state: 'fault', standsStill: false, fault: undecodable }), ['stopped by a fault', 'bad']);
});

test('looks again three seconds after each answer, until it is left', async (t) => {
  const view = await opened(t);
  mock.timers.tick(2999);
  await settled();
  assert.equal(view.looked(), 1);
  mock.timers.tick(1);
  await settled();
  assert.deepEqual([view.looked(), view.signal().aborted], [2, false]);
  view.close();
  mock.timers.tick(3000);
  document.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.deepEqual([view.looked(), view.signal().aborted], [2, true]);
});

test('shows where the chain is read, and from whom', async (t) => {
  const view = await opened(t, {
    state: {
      tip: 1150, lagLedgers: 1031, lagSeconds: 5155, historyFrom: 20, margin: 1, marginLow: true, eventsPerSecond: 2.5, unmodelledStreams: 1,
      unverifiedStreams: 0, quarantinedEvents: 2, lastError: { at: '2026-01-31T08:00:00Z', message: 'one: timed out' },
      contractUpgrade: { ledger: 1100, at: '2026-01-31T08:00:00Z', alarm: false },
      sources: [
        { url: 'https://one', version: '27.1.0', oldestLedger: 1000, latestLedger: 1150 },
        { url: 'https://two', trouble: 'another network' },
      ],
    },
  });
  const facts = ['Ledger read', 'Newest ledger', 'Behind', 'First known ledger', 'Until the node forgets', 'Events a second', 'Events added',
    'Not modelled', 'Unverified', 'Put aside'].map(view.fact);
  assert.deepEqual(facts, ['119', '1,150', '1,031 ledgers, 1 h 25 min', '20', '1 ledger (low)', '2.5', '7', '1 stream', '0 streams', '2 events']);
  assert.match(view.fact('Code changed'), /^in ledger 1,100.*2026/);
  assert.match(view.fact('Last error'), /^one: timed out.*2026/);
  assert.deepEqual(view.cells('indexer-sources'), [
    ['https://one', '27.1.0', '1,000 to 1,150', 'well'],
    ['https://two', '–', '–', 'not usedanother network'],
  ]);
  assert.deepEqual(view.find('indexer-sources').querySelectorAll('.pill').map((pill) => pill.getAttribute('data-tone')), ['ok', 'warn']);
  await view.later({ ...unknown, marginLow: false, scannedLedger: null, tip: null, lagLedgers: 3 });
  const none = ['Ledger read', 'Newest ledger', 'Behind', 'Until the node forgets', 'Not modelled', 'Unverified', 'Put aside', 'Code changed', 'Last error'];
  assert.deepEqual(none.map(view.fact), ['–', '–', '3 ledgers', '–', '–', '–', '–', 'never', 'none']);
  await view.later({ lagLedgers: null, margin: 17 });
  assert.deepEqual([view.fact('Behind'), view.fact('Until the node forgets')], ['–', '17 ledgers']);
});

test('tells what was not expected and what was put aside, and that there is nothing', async (t) => {
  const view = await opened(t, {
    state: { anomalies: { after_end: 2 }, unknownEvents: { dispute_requested: 1 } },
    aside: { events: [{ id: EVENT, ledger: 118, streamId: '7', reason: 'cut off', position: 1041 }, { id: 'b', ledger: 119, reason: 'too deep', position: 2 }] },
  });
  assert.deepEqual(view.cells('indexer-odd'), [
    ['against our rules', 'after end', '2'],
    ['not understood, published as it is', 'dispute_requested', '1'],
  ]);
  assert.deepEqual(view.cells('indexer-aside'), [[EVENT, '118', '7', 'cut off', '1,041'], ['b', '119', '–', 'too deep', '2']]);
  const links = view.find('indexer-aside').querySelectorAll('a').map((link) => link.getAttribute('href'));
  assert.deepEqual(links, ['#/streams/7', '#/events/at/1041', '#/events/at/2']);
  const shown = (words) => !view.root.querySelectorAll('p').find((one) => one.textContent.startsWith(words)).hidden;
  const table = (id) => !view.find(id).closest('[role="region"]').hidden;
  assert.deepEqual([shown('Nothing since'), shown('None:'), table('indexer-odd'), table('indexer-aside')], [false, false, true, true]);
  const other = await opened(t);
  const otherShown = (words) => !other.root.querySelectorAll('p').find((one) => one.textContent.startsWith(words)).hidden;
  const otherTable = (id) => !other.find(id).closest('[role="region"]').hidden;
  assert.deepEqual(
    [otherShown('Nothing since'), otherShown('None:'), otherTable('indexer-odd'), otherTable('indexer-aside'), otherTable('indexer-drifts')],
    [true, true, false, false, false],
  );
});

test('says how far a replay is, and lets nobody end one that has ended', async (t) => {
  const view = await opened(t);
  assert.deepEqual([view.text('indexer-replay'), view.find('replay-cancel').hidden], ['', true]);
  assert.match(view.root.textContent, /No round has ended yet/);
  const replay = { fromLedger: 1000, atLedger: 1500, throughLedger: 2000, applied: 1, known: 1200, unreadable: 0, running: true };
  await view.later({ replay });
  assert.equal(view.text('indexer-replay'), 'The replay at ledger 1,500 of 1,000 to 2,000: 1 event was missing, 1,200 were known.');
  assert.equal(view.find('replay-cancel').hidden, false);
  view.find('replay-cancel').focus();
  await view.does('replay-cancel');
  assert.deepEqual(view.asked, [['DELETE', 'v1/admin/indexer/replay', undefined]]);
  await view.later({ replay: { ...replay, running: false, unreadable: 1000, error: 'no node has them' } });
  assert.equal(
    view.text('indexer-replay'),
    'The replay of 1,000 to 2,000 has ended: 1 event was missing, 1,200 were known, 1,000 cannot be read. no node has them',
  );
  assert.equal(view.find('replay-cancel').hidden, true);
  assert.equal(document.activeElement, view.find('replay'));
  await view.later({ replay: null });
  assert.equal(view.text('indexer-replay'), '');
});

test('names the fault and the way out of it, without a word to a screen reader while it is the same', async (t) => {
  const view = await opened(t, { state: { state: 'fault', fault: { ...undecodable } } });
  const fault = view.find('indexer-fault');
  assert.equal(fault.hidden, false);
  assert.match(view.text('indexer-fault'), /^The chain is not followed: undecodableevent .* cut offAll RPC nodes are asked again every minute/);
  const title = fault.children[0];
  await view.later({ fault: { ...undecodable } });
  assert.equal(fault.children[0], title);
  await view.later({ fault: { code: 'history_gap', reason: 'ledgers 3 to 4 are nowhere', needsReset: true } });
  assert.match(view.text('indexer-fault'), /not followed: history gapledgers 3 to 4 are nowhereOnly a reset ends it/);
  assert.equal(view.find('quarantine'), null);
  await view.later({ fault: { code: 'history_gap', reason: 'ledgers 3 to 5 are nowhere', needsReset: true } });
  assert.match(view.text('indexer-fault'), /3 to 5/);
  await view.later({ fault: null });
  assert.equal(fault.hidden, true);
  await view.later({ fault: { ...undecodable } });
  assert.deepEqual([fault.hidden, view.find('quarantine') === null], [false, false]);
});

test('lets only the node that follows the chain act', async (t) => {
  const acts = ['reset', 'replay', 'replay-cancel', 'quarantine', 'compare-all'];
  const view = await opened(t, { state: { state: 'fault', fault: undecodable } });
  const disabled = () => acts.map((act) => view.find(act).disabled);
  assert.deepEqual([disabled(), view.find('indexer-elsewhere').hidden], [acts.map(() => false), true]);
  await view.later({ followedBy: { id: 'x1', name: 'node-2' } });
  assert.deepEqual([disabled(), view.find('indexer-elsewhere').hidden], [acts.map(() => true), false]);
  assert.match(view.text('indexer-elsewhere'), /^Node node-2 \(x1\) follows/);
  await view.later({ followedBy: { id: 'x1' } });
  assert.match(view.text('indexer-elsewhere'), /^Node x1 follows/);
  await view.later({ followedBy: null });
  assert.deepEqual([disabled(), view.find('indexer-elsewhere').hidden], [acts.map(() => false), true]);
});

test('puts aside the event of the fault once its id was typed, and looks again', async (t) => {
  const view = await opened(t, { state: { state: 'fault', fault: undecodable } });
  const looks = view.looked();
  const words = await view.does('quarantine', EVENT);
  assert.match(words, new RegExp(`Event ${EVENT} will never be part of the log .* unverified`));
  assert.deepEqual(view.asked, [['POST', 'v1/admin/indexer/quarantine', { id: EVENT }]]);
  assert.deepEqual(view.said, [`Put aside: Event ${EVENT} is in quarantine; the indexer goes on behind it.`]);
  assert.equal(view.looked(), looks + 1);
  await view.later({ fault: { ...undecodable, reason: 'it names none' } });
  view.find('quarantine').click();
  assert.equal(view.dialog(), null);
});

test('does nothing that was not wanted', async (t) => {
  const view = await opened(t, { state: { state: 'fault', fault: undecodable }, drift: drifting });
  view.find('field-ledger').value = '130';
  view.find('field-from_ledger').value = '100';
  for (const act of ['quarantine', 'reset', 'replay', 'repair-7']) {
    view.find(act).click();
    view.dialog().close('');
    await settled();
  }
  assert.deepEqual([view.asked, view.said], [[], []]);
});

test('asks for a reset as it was written, and keeps what was written if it is refused', async (t) => {
  const view = await opened(t);
  const ledger = view.find('field-ledger');
  const gap = view.find('field-acceptGap');
  ledger.value = ' 130 ';
  gap.checked = true;
  view.answers(async () => { throw new Error('the cursor has moved'); });
  const words = await view.does('reset', '130');
  assert.match(words, /^Go on at ledger 130\?Ledgers 120 to 129 \(10\) are left out.*cannot be undone/);
  assert.deepEqual([view.said, ledger.value, gap.checked], [['Reset failed: the cursor has moved'], ' 130 ', true]);
  view.answers(async () => ({ state: 'catching_up' }));
  await view.does('reset', '130');
  assert.deepEqual(view.asked, [
    ['POST', 'v1/admin/indexer/reset', { ledger: 130, acceptGap: true }],
    ['POST', 'v1/admin/indexer/reset', { ledger: 130, acceptGap: true }],
  ]);
  assert.deepEqual([view.said[1], ledger.value, gap.checked], ['Reset: The next ledger to read is 130; the indexer is catching up.', '', false]);
  ledger.value = '120';
  assert.match(await view.does('reset', '120'), /Nothing is left out/);
  assert.deepEqual(view.asked[2][2], { ledger: 120, acceptGap: false });
  ledger.value = '100';
  assert.match(await view.does('reset', '100'), /are read once more.*left alone/);
  await view.later({ state: 'fault', fault: { code: 'other_chain', reason: 'another body', needsReset: true } });
  ledger.value = '100';
  assert.match(await view.does('reset', '100'), /are read once more.*may be wrong/);
});

test('takes only what is the number of a ledger', async (t) => {
  const view = await opened(t);
  const ledger = view.find('field-ledger');
  for (const wrong of ['', '0', '-1', '1.5', '4294967296', '12345678901', 'x', '1e3']) {
    ledger.value = wrong;
    view.find('reset').click();
    assert.deepEqual([view.dialog(), ledger.getAttribute('aria-invalid')], [null, 'true'], wrong);
    assert.match(ledger.reported, /from 1 to 4294967295/);
    ledger.reported = '';
    ledger.dispatchEvent(new Event('input'));
    assert.equal(ledger.validity, '');
  }
  view.find('field-from_ledger').value = '0';
  view.find('replay').click();
  assert.deepEqual([view.dialog(), view.find('field-from_ledger').getAttribute('aria-invalid')], [null, 'true']);
  for (const right of ['1', '4294967295']) {
    ledger.value = right;
    view.find('reset').click();
    assert.deepEqual([ledger.getAttribute('aria-invalid'), ledger.validity, ledger.reported], [null, '', '']);
    view.dialog().close();
    await settled();
  }
});

test('reads ledgers again from the one that was written', async (t) => {
  const view = await opened(t);
  view.find('field-from_ledger').value = '100';
  const words = await view.does('replay');
  assert.match(words, /^Read again from ledger 100\?20 ledgers, up to 119, are read once more/);
  assert.deepEqual(view.asked, [['POST', 'v1/admin/indexer/replay?from_ledger=100', {}]]);
  assert.deepEqual(view.said, ['Replay: It has begun. How far it is stands below.']);
  view.find('field-from_ledger').value = '150';
  assert.match(await view.does('replay'), /The server refuses that/);
});

test('shows every difference of a stream that drifts, and repairs it once its id was typed', async (t) => {
  const view = await opened(t, { drift: drifting });
  const [first, second] = view.cells('indexer-drifts');
  assert.deepEqual([first[0], ...first.slice(2)], ['7', 'withdrawn', 'the contract', '5', '6', 'Repair …']);
  assert.match(first[1], /2026/);
  assert.deepEqual(second, ['', '', 'status', 'its own events', 'PAUSED', 'ACTIVE', '']);
  const words = await view.does('repair-7', '7');
  assert.match(words, /\(withdrawn: 5 becomes 6; status: PAUSED becomes ACTIVE\).*stream\.reconciled/);
  assert.deepEqual(view.asked, [['POST', 'v1/admin/indexer/reconcile/7', {}]]);
  view.answers(async () => ({ changed: false }));
  await view.does('repair-7', '7');
  assert.deepEqual(view.said, ['Repair: Stream 7 is as the contract stores it.', 'Repair: Stream 7 was as it should be already.']);
});

test('asks about what is known now, though the button is the same as before', async (t) => {
  const [seven] = drifting.drifts;
  const view = await opened(t, { drift: { ...drifting, drifts: [{ ...seven, differences: seven.differences.slice(0, 1) }] } });
  const button = view.find('repair-7');
  await view.later({}, drifting);
  assert.equal(view.find('repair-7'), button);
  assert.match(await view.does('repair-7', '7'), /\(withdrawn: 5 becomes 6; status: PAUSED becomes ACTIVE\)/);
});

test('compares all streams without a question', async (t) => {
  const view = await opened(t);
  await view.does('compare-all');
  assert.deepEqual(view.asked, [['POST', 'v1/admin/indexer/reconcile', {}]]);
  assert.deepEqual(view.said, ['Compare: All open streams of the chain are compared; nothing is repaired.']);
});
