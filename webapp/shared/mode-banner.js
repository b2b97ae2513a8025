// @ts-check
// Says on every page what open mode means, as long as the server is in it.
import { byId } from './dom.js';
import { session } from './session.js';

session.addEventListener('change', () => {
  byId('open-mode').hidden = session.mode !== 'open';
});
session.look();
