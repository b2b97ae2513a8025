// @ts-check
// A question before an act. A dangerous act says what it leads to, and wants a name typed.
import { el } from '../shared/dom.js';
import { refocus } from '../shared/focus.js';
import { drawnAnew } from './parts.js';

/**
 * Shows a dialog over the page, with the focus in its first field, else on Cancel.
 *
 * @param {object} question
 * @param {string} question.title
 * @param {Node[]} question.body what it says and asks
 * @param {string} question.action what the button says
 * @param {boolean} [question.danger]
 * @param {() => boolean} [question.ready] whether the act may go ahead; asked again at every input
 * @returns {Promise<boolean>} whether the user wants it; Escape is a no
 */
export function asked({ title, body, action, danger = false, ready = () => true }) {
  const go = el('button', { type: 'submit', value: 'yes', class: danger ? 'danger' : 'primary', text: action, 'data-testid': 'confirm-yes' });
  const cancel = el('button', { type: 'button', text: 'Cancel', 'data-testid': 'confirm-no' });
  const form = el(
    'form',
    { method: 'dialog' },
    el('h2', { id: 'confirm-title', text: title }),
    ...body,
    el('div', { class: 'confirm-buttons' }, cancel, go),
  );
  const dialog = el('dialog', { class: 'confirm', 'aria-labelledby': 'confirm-title', 'data-testid': 'confirm' }, form);
  const check = () => {
    go.disabled = !ready();
  };
  form.addEventListener('input', check);
  // Enter in a field must not go round the check
  form.addEventListener('submit', (event) => {
    if (!ready()) {
      event.preventDefault();
    }
  });
  cancel.addEventListener('click', () => dialog.close());
  check();
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  const field = form.querySelector('input, textarea, select');
  (field instanceof HTMLElement ? field : cancel).focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      // not all browsers give it to a button that is clicked
      if (before !== null && before !== document.body) {
        // fresh data may have drawn the button that asked anew; if its row is gone, the keyboard begins at the title
        refocus(before, drawnAnew(document.body, before), document.getElementById('title'));
      }
      resolve(dialog.returnValue === 'yes');
    });
  });
}

/**
 * @param {object} act
 * @param {string} act.title
 * @param {string} act.consequence what will be so afterwards, for whom
 * @param {string} act.action what the button says
 * @param {string} [act.typed] a name that has to be typed first, for what cannot be undone
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, consequence, action, typed }) {
  const words = el('p', { id: 'confirm-consequence', text: consequence });
  if (typed === undefined) {
    return asked({ title, body: [words], action, danger: true });
  }
  const field = el('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', 'data-testid': 'confirm-name' });
  const label = el('label', {}, 'Type ', el('code', { text: typed }), ' to go on', field);
  return asked({ title, body: [words, label], action, danger: true, ready: () => field.value.trim() === typed });
}
