// @ts-check
// Explains open mode on every page while the server is in it, and the sandbox on a page that was opened for it.
import { sandbox } from './api.js';
import { byId } from './dom.js';
import { session } from './session.js';

session.addEventListener('change', () => {
  byId('open-mode').hidden = session.mode !== 'open';
});
session.look();

if (sandbox) {
  const banner = document.createElement('p');
  banner.className = 'open-mode';
  banner.setAttribute('role', 'note');
  banner.dataset.testid = 'sandbox';
  const word = document.createElement('strong');
  word.textContent = 'Sandbox:';
  banner.append(word, ' nothing on this page is about real payments.');
  byId('open-mode').before(banner);
}
