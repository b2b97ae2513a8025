// @ts-check
// Signs in with the token of a link that was printed when the server started (mvn -Psecured): #token=eyJ... The part
// behind the # is never sent, and is removed from the address at once. Only at this machine's own names: elsewhere an
// attacker could send such a link to sign a visitor in as another account.
import { KEEP, session } from './session.js';

const OURS = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

async function signInByLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) {
    return;
  }
  history.replaceState(null, '', location.pathname + location.search);
  await session.look();
  if (session.mode === 'secured' && OURS.test(location.hostname)) {
    // The sign-in line shows what is wrong with a token: nobody is signed in.
    await session.withToken(token, KEEP.tab).catch(() => {});
  }
}

signInByLink();
