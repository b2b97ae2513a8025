// @ts-check
// Explains open mode on every page while the server is in it.
import { byId } from './dom.js';
import { session } from './session.js';

session.addEventListener('change', () => {
  byId('open-mode').hidden = session.mode !== 'open';
});
session.look();
