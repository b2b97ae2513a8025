import assert from 'node:assert/strict';
import test, { mock } from 'node:test';

mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-01-31T08:00:00Z') });

/** As much of an element as the states of a view need. */
class Node extends EventTarget {
  children = [];
  attributes = {};
  textContent = '';
  hidden = false;
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  append(...more) {
    this.children.push(...more.filter((child) => child !== ''));
  }
  replaceChildren(...other) {
    this.children = other;
  }
  contains() {
    return false;
  }
  get text() {
    return this.textContent + this.children.map((child) => child.text ?? String(child)).join(' ');
  }
}
const page = Object.assign(new EventTarget(), { hidden: false, createElement: () => new Node() });
globalThis.document = page;
const { refreshing } = await import('../../../webapp/admin/refresh.js');

const settled = () => new Promise((resolve) => { setImmediate(resolve); });
const problem = (status) => Object.assign(new Error('why'), { status, title: 'Title', requestId: 'r-1' });

async function opened(t, ...answers) {
  const root = new Node();
  const content = new Node();
  const seen = { asked: 0, shown: [], signal: null };
  const view = refreshing({
    root,
    context: { session: { account: 'GALICE' } },
    every: 5000,
    content: [content],
    load: async (signal) => {
      seen.asked++;
      seen.signal = signal;
      const answer = answers.shift();
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    },
    show: (loaded) => seen.shown.push(loaded),
  });
  t.after(() => view.close());
  const state = () => root.children[0]?.attributes?.['data-state'];
  const later = async () => {
    mock.timers.tick(5000);
    await settled();
  };
  assert.equal(state(), 'loading');
  await settled();
  return { root, content, seen, view, state, later };
}

test('keeps what was last known while the server does not answer, and says since when', async (t) => {
  const { root, content, seen, later } = await opened(t, 1, problem(0), problem(503), 2);
  assert.deepEqual([seen.shown, root.children.includes(content), root.children[0].hidden], [[1], true, true]);
  await later();
  const said = root.children[0].text;
  assert.match(said, /Offline since \d\d:00:05/);
  await later();
  assert.deepEqual([root.children[0].text, seen.shown], [said, [1]]);
  await later();
  assert.deepEqual([root.children[0].hidden, seen.shown], [true, [1, 2]]);
});

test('says what is wrong, and asks again only if that may help', async (t) => {
  const waiting = await opened(t, problem(503), 1);
  assert.equal(waiting.state(), 'failed');
  assert.match(waiting.root.text, /Title \(503\).*why.*r-1/);
  await waiting.later();
  assert.deepEqual(waiting.seen.shown, [1]);

  const wrong = await opened(t, problem(500), 1);
  await wrong.later();
  assert.deepEqual([wrong.state(), wrong.seen.asked], ['failed', 1]);
});

test('names the account that may not see it, also if it could before', async (t) => {
  const { root, seen, state, later } = await opened(t, 1, problem(403));
  await later();
  assert.equal(state(), 'forbidden');
  assert.match(root.text, /GALICE/);
  await later();
  assert.equal(seen.asked, 2);
});

test('asks nothing while nobody looks, and at once when somebody does', async (t) => {
  const { seen, later, view } = await opened(t, 1, 2, 3);
  page.hidden = true;
  await later();
  assert.equal(seen.asked, 1);
  page.hidden = false;
  page.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.deepEqual(seen.shown, [1, 2]);
  view.close();
  assert.equal(seen.signal.aborted, true);
  page.dispatchEvent(new Event('visibilitychange'));
  await later();
  assert.equal(seen.asked, 2);
});
