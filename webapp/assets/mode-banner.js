// Says on every page what open mode means, as long as the server is in it.
import { getJsonAnyStatus } from './api.js';
import { byId } from './dom.js';

try {
  const health = await getJsonAnyStatus('health');
  byId('open-mode').hidden = health.body.mode !== 'open';
} catch {
  // No answer: the page itself says so.
}
