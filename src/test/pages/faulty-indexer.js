// Run in the console by ConsoleIT and ConsoleKeyboardIT: the view of an indexer that a fault has stopped, over answers of the test's own.
const fault = { code: 'undecodable', reason: 'event 0005302420000000001-0000000003 cannot be decoded', needsReset: false };
const unknown = Object.fromEntries(
  ['lagSeconds', 'historyFrom', 'margin', 'lastError', 'replay', 'followedBy', 'unmodelledStreams', 'unverifiedStreams', 'quarantinedEvents']
    .map((name) => [name, null]),
);
const state = {
  ...unknown, state: 'fault', fault, scannedLedger: 119, tip: 150, lagLedgers: 31, applied: 7, eventsPerSecond: 0,
  sources: [], anomalies: {}, unknownEvents: {},
};
const differences = [{ with: 'contract', field: 'withdrawn', here: '5', there: '6' }];
const drift = {
  running: false, ended: '2026-01-31T08:00:00Z', compared: 1, later: 0, error: null, followedBy: null,
  drifts: [{ streamId: '7', found: '2026-01-31T08:00:00Z', asOfLedger: 119, differences }],
};
const answers = {
  'v1/admin/metrics': { indexer: {} },
  'v1/admin/indexer/status': state,
  'v1/admin/indexer/drift': drift,
  'v1/admin/indexer/quarantine': { events: [], more: false },
};
window.asked = [];
window.indexer = state;
window.drift = drift;
const api = async (path, { method, body } = {}) => {
  if (method !== undefined) {
    window.asked.push(`${method} ${path} ${JSON.stringify(body)}`);
    return { ...state, changed: true };
  }
  return answers[path];
};
const root = document.createElement('div');
root.className = 'view';
document.getElementById('view').append(root);
const context = { api, session: { account: null }, notices: { done() {}, problem() {} }, rest: [] };
return import('./indexer.js').then(async ({ open }) => { window.closeIndexer = await open(root, context); });
