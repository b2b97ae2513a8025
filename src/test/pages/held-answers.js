// Run in the console by ConsoleKeyboardIT: lists whose answers wait until the test lets them go. They have a further page,
// the same one, as long as the test says so; or they are refused, as the support bundle always is.
const LISTS = /\/v1\/(streams|streams\/\d+\/events|events|admin\/audit|admin\/audit\/deliveries)$/;
const BUNDLE = '/v1/admin/support-bundle';
const ask = window.fetch;
let more = true;
let refused = false;
/** @type {(() => void)[]|null} */
let held = null;

globalThis.answers = {
  hold() {
    held = [];
  },
  waiting: () => held?.length ?? 0,
  /**
   * @param {boolean} further whether there is a page behind this one
   * @param {boolean} [refuse]
   */
  release(further, refuse = false) {
    const waiting = held ?? [];
    held = null;
    more = further;
    refused = refuse;
    waiting.forEach((go) => go());
  },
};

window.fetch = async (input, init) => {
  const url = new URL(input, document.baseURI);
  const bundle = url.pathname.endsWith(BUNDLE);
  if (!bundle && !LISTS.test(url.pathname)) {
    return ask(input, init);
  }
  url.searchParams.delete('cursor');
  const answer = bundle ? null : await (await ask(url, init)).json();
  if (held !== null) {
    const waiting = held;
    await new Promise((go) => waiting.push(go));
  }
  return refused || bundle
    ? Response.json({ title: 'Busy', status: 503, detail: 'of a test' }, { status: 503 })
    : Response.json({ ...answer, nextCursor: more ? 'further' : null });
};
