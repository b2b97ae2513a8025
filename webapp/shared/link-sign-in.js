// @ts-check
// Signs in with the token of a link that was printed when the server started (mvn -Psecured): #token=eyJ... What stands behind
// the # is sent nowhere, and is taken out of the address at once. On this machine's own names only: elsewhere such a link could
// have been sent by somebody who wants to be taken for the visitor.
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
    // What is wrong with a token is the sign-in line's to say: nobody is signed in.
    await session.withToken(token, KEEP.tab).catch(() => {});
  }
}

signInByLink();
