// What the React hook of the documentation asks the server for; DashboardIT has it in React. Needs the packages of this
// folder: `npm ci && node --test hook.mjs`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** As much of React as a hook needs that is rendered once. */
const REACT = `
  export const useMemo = (make) => make();
  export const useRef = (current) => ({ current });
  export const useEffect = (effect) => void effect();
  export const useSyncExternalStore = (subscribe, snapshot) => (globalThis.unmount = subscribe(() => {}), snapshot());
`;

const react = {
  name: 'react',
  setup(bundle) {
    bundle.onResolve({ filter: /^react(\/.*)?$/ }, () => ({ path: 'react', namespace: 'react' }));
    bundle.onLoad({ filter: /.*/, namespace: 'react' }, () => ({ contents: REACT }));
  },
};

async function hook() {
  const { outputFiles } = await build({
    entryPoints: [here('docs/examples/useStreamEvents.tsx')],
    alias: { 'flowfi-events': here('webapp/lib/flowfi-events.js') },
    plugins: [react],
    bundle: true,
    format: 'esm',
    jsx: 'transform',
    write: false,
    logLevel: 'silent',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** What is asked for by the first request of a component with this hook. */
async function askedWith(t, options) {
  const { useStreamEvents } = await hook();
  const asked = new Promise((resolve) => {
    t.mock.method(globalThis, 'fetch', (url) => {
      resolve(new URL(url));
      return new Promise(() => {});
    });
  });
  useStreamEvents({ url: 'http://h:1/', account: 'GA', ...options });
  t.after(globalThis.unmount);
  const { pathname, searchParams } = await asked;
  assert.equal(pathname, '/v1/events/subscribe');
  return [...searchParams];
}

test('streamIds are the ids of streams, userKeys the addresses of their parties', async (t) => {
  assert.deepEqual(await askedWith(t, { streamIds: ['1', '2'], userKeys: ['GB', 'GC'] }), [
    ['streams', '1'],
    ['streams', '2'],
    ['users', 'GB'],
    ['users', 'GC'],
    ['account', 'GA'],
  ]);
});

test('each of them alone asks for nothing of the other', async (t) => {
  assert.deepEqual(await askedWith(t, { streamIds: ['1'] }), [['streams', '1'], ['account', 'GA']]);
  assert.deepEqual(await askedWith(t, { userKeys: ['GB'] }), [['users', 'GB'], ['account', 'GA']]);
});

test('all, types and the snapshot are passed on as they are', async (t) => {
  assert.deepEqual(await askedWith(t, { all: true, types: ['stream.created'], snapshot: true }), [
    ['all', 'true'],
    ['types', 'stream.created'],
    ['snapshot', 'true'],
    ['account', 'GA'],
  ]);
});
