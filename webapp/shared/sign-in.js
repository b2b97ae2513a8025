// @ts-check
// Signing in and out, the same on every page: a corner of the top bar, a line below it, and a dialog.
import { shortKey } from './amounts.js';
import { byId, el, setText } from './dom.js';
import { keepingFocus } from './focus.js';
import { whenReleased } from './press.js';
import { KEEP, session } from './session.js';
import { tokenForm, walletForm } from './sign-in-forms.js';

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false });
const dayAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

const WHERE = {
  [KEEP.page]: 'Only in this page’s memory: reloading or leaving the page forgets it.',
  [KEEP.tab]: 'In this tab, until you close it or sign out.',
  [KEEP.cookie]: 'In a cookie that scripts cannot read, for all tabs of this browser.',
};

/** @type {Record<string, string>} */
const POWERS = {
  admin: 'Administrator: sees and may do everything.',
  service: 'Service: may register streams and run commands for others.',
};

/**
 * A moment as text: only the time, unless that is ambiguous.
 *
 * @param {number} millis
 */
function moment(millis) {
  const far = Math.abs(millis - Date.now()) > 20 * 3600 * 1000;
  return (far ? dayAndTime : timeOfDay).format(millis);
}

const corner = byId('account');
const line = byId('sign-in-line');
const dialog = el('dialog', { class: 'sign-in', 'aria-labelledby': 'sign-in-title', 'data-testid': 'sign-in-dialog' });
document.body.append(dialog);

/** @param {Record<string, string>} props */
function openButton(props) {
  const button = el('button', { type: 'button', 'aria-haspopup': 'dialog', ...props });
  button.addEventListener('click', openDialog);
  return button;
}

function showCorner() {
  corner.hidden = session.mode !== 'secured';
  if (session.account === null) {
    corner.replaceChildren(openButton({ class: 'compact primary', 'data-testid': 'sign-in', text: 'Sign in' }));
    return;
  }
  const role = session.roles.length > 0 ? ` · ${session.roles.join(', ')}` : '';
  corner.replaceChildren(
    openButton({
      class: 'compact',
      'data-testid': 'who',
      title: `${session.account}: who you are here, and until when`,
      text: `${shortKey(session.account)}${role} · until ${moment(session.expiresAt)}`,
    }),
  );
}

/** @type {{before: string, account: string}|null} */
let replaced = null; // {before, account}, while that account is signed in

function showLine() {
  if (replaced !== null && replaced.account === session.account) {
    showReplaced(replaced);
    return;
  }
  line.hidden = !session.required;
  if (session.required) {
    const gone = session.ended
      ? `You were signed in as ${shortKey(session.ended.account)} until ${moment(session.ended.at)}; that sign-in has ended. Sign in again to go on: nothing is missed.`
      : 'This server shows every account its own streams. Sign in to see yours.';
    line.dataset.tone = session.ended ? 'bad' : '';
    setText(line, gone);
  }
}

// Another tab has changed the cookie of this tab too: nothing may be done as one account and shown as another.
session.addEventListener('replaced', (event) => {
  replaced = /** @type {CustomEvent<{before: string, account: string}>} */ (event).detail;
});

/** @param {{before: string, account: string}} replaced */
function showReplaced({ before, account }) {
  line.hidden = false;
  line.dataset.tone = 'bad';
  setText(
    line,
    `Another tab has signed in as ${shortKey(account)}, and this browser is that account now: this page no longer acts for ${shortKey(before)}.`,
  );
}

/** @param {string} account */
function facts(account) {
  const list = el('dl', { class: 'who-facts' });
  /**
   * @param {string} term
   * @param {string} text
   * @param {string} testId
   */
  const add = (term, text, testId) =>
    list.append(el('div', {}, el('dt', { text: term }), el('dd', { text, 'data-testid': testId })));
  add('Account', account, 'who-account');
  add(
    'May',
    session.roles.map((role) => POWERS[role] ?? role).join(' ') ||
      'See its own streams and events. As sender: top up, pause, resume, cancel. As recipient: withdraw.',
    'who-roles',
  );
  add('Until', dayAndTime.format(session.expiresAt), 'who-until');
  add('Kept', session.kept === null ? '' : WHERE[session.kept], 'who-kept');
  return list;
}

function fillDialog() {
  const title = el('h2', { id: 'sign-in-title', text: session.account === null ? 'Sign in' : 'You are signed in' });
  const close = el('button', { type: 'button', class: 'compact push', 'data-testid': 'sign-in-close', text: 'Close' });
  close.addEventListener('click', () => dialog.close());
  const head = el('div', { class: 'panel-head' }, title, close);
  if (session.account === null) {
    const done = () => dialog.close();
    const forms = session.walletLogin ? [walletForm(session, done), tokenForm(session, done)] : [tokenForm(session, done)];
    dialog.replaceChildren(head, ...forms);
    return;
  }
  const signOut = el('button', { type: 'button', class: 'danger', 'data-testid': 'sign-out', text: 'Sign out' });
  signOut.addEventListener('click', async () => {
    await session.signOut();
    // The page's contents belong to the account that was signed in.
    location.reload();
  });
  dialog.replaceChildren(
    head,
    facts(session.account),
    el('p', {
      class: 'hint',
      text: 'When it ends, the server says so on open event streams and closes them. Sign in again, and they go on where they stopped. There is no way to call a single token back: signing out makes this browser forget it.',
    }),
    el('div', { class: 'form-actions' }, signOut),
  );
}

function openDialog() {
  fillDialog();
  dialog.showModal();
}

// The button that opened it may have been replaced meanwhile.
dialog.addEventListener('close', () => corner.querySelector('button')?.focus());

/** @type {string|null} */
let shown = null;

session.addEventListener('change', () => {
  whenReleased(corner, () => keepingFocus(corner, showCorner, () => [corner.querySelector('button')]));
  showLine();
  if (dialog.open && shown !== session.account) {
    fillDialog();
  }
  shown = session.account;
});
