// How long the console's table of connections keeps the browser's main thread, with 10,000 rows: `node src/test/pages/jank.mjs
// [rows]`. In Chromium, by chromedriver; the view is the console's own, over answers of this script. A task of more than
// 50 ms is one that people notice (the Long Tasks API of W3C).
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const rows = Number(process.argv[2] ?? 10_000);
const root = new URL('../../../webapp/', import.meta.url);
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };

/** A list as the server gives it; each answer has other positions, lags, ages and bytes. */
let turn = 0;
function list() {
  turn++;
  const connections = Array.from({ length: rows }, (_, i) => ({
    clientId: `7f3c2a10-0000-4000-8000-${String(i).padStart(12, '0')}`,
    account: `G${String(i % 2500).padStart(5, '0').replaceAll(/[018]/g, 'B')}${'A'.repeat(50)}`,
    address: `203.0.${(i >> 8) % 256}.${i % 256}`,
    filter: { all: i % 7 === 0, streams: i % 3 === 0 ? [String(i)] : [], users: [], types: [] },
    cursor: 1_000_000 + turn * 50 - (i % 40),
    lag: (i * 7919 + turn * 104_729) % 5000,
    since: '2026-11-30T00:00:00Z',
    ageSeconds: i + turn * 5,
    bytes: i * 1000 + turn * 400,
    node: 'node-1',
  }));
  return JSON.stringify({ connections, total: rows });
}

const answers = {
  '/health': () => '{"status":"up","mode":"open"}',
  '/v1/admin/connections': list,
  '/v1/events/stats': () => '{"cluster":{"nodes":[{"id":"node-1","name":"node-1"}]}}',
};
const pages = createServer(async ({ url }, answer) => {
  const { pathname } = new URL(url, 'http://localhost');
  try {
    const body = answers[pathname]?.() ?? (await readFile(new URL(`.${pathname}`, root)));
    const type = pathname in answers ? 'application/json' : types[pathname.split('.').at(-1)];
    answer.writeHead(200, { 'Content-Type': type }).end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));
const page = `http://127.0.0.1:${pages.address().port}/`;

const driver = spawn('chromedriver', ['--port=9516'], { stdio: 'ignore' });
async function ask(path, body) {
  const answer = await fetch(`http://127.0.0.1:9516${path}`, body && { method: 'POST', body: JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) {
    throw new Error(value.message);
  }
  return value;
}
async function ready() {
  for (let i = 0; i < 100; i++) {
    try {
      return await ask('/status');
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('chromedriver does not start');
}

/** Runs in the page: each act, and the long tasks in its time. */
const measure = `
  const done = arguments[arguments.length - 1];
  (async () => {
    const tasks = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => Math.round(duration)))).observe({ entryTypes: ['longtask'] });
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    for (const href of ['/shared/base.css', '/admin/admin.css', '/admin/panels.css', '/admin/table.css']) {
      document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));
    }
    const view = document.createElement('div');
    view.className = 'view connections';
    document.body.replaceChildren(view);
    const { open } = await import('/admin/connections.js');
    const api = async (path, { signal } = {}) => (await fetch('/' + path, { signal })).json();
    const context = { api, session: { account: null }, notices: { done() {}, problem() {} }, rest: [] };
    const found = [];
    async function during(what, act) {
      await rest(400);
      tasks.length = 0;
      const began = performance.now();
      await act();
      await rest(400);
      found.push({ what, seconds: Math.round(performance.now() - began) / 1000, tasks: [...tasks] });
    }
    let close;
    await during('the first list', async () => {
      close = await open(view, context);
      while (!document.querySelector('[data-testid=table-row]')) {
        await frame();
      }
    });
    const grid = document.querySelector('[role=grid]');
    await during('scrolling for 4 s', async () => {
      const until = performance.now() + 4000;
      while (performance.now() < until) {
        grid.scrollTop += 700;
        await frame();
      }
    });
    for (const column of ['client', 'account', 'address', 'filter', 'lag', 'bytes', 'node']) {
      await during('sorting by ' + column, async () => {
        document.querySelector('[data-testid=sort-' + column + ']').click();
        await frame();
      });
    }
    await during('searching, letter by letter', async () => {
      const search = document.querySelector('[data-testid=search]');
      for (const text of ['2', '20', '203', '203.', '203.0', '']) {
        search.value = text;
        search.dispatchEvent(new Event('input'));
        await frame();
      }
    });
    await during('three refreshes, 5 s apart', () => rest(15_500));
    close();
    return found;
  })().then(done, (failure) => done(String(failure.stack)));`;

try {
  await ready();
  const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--window-size=1440,1200'];
  const { sessionId } = await ask('/session', { capabilities: { alwaysMatch: { 'goog:chromeOptions': { args }, timeouts: { script: 120_000 } } } });
  await ask(`/session/${sessionId}/url`, { url: `${page}test-client.html` });
  const found = await ask(`/session/${sessionId}/execute/async`, { script: measure, args: [] });
  if (typeof found === 'string') {
    throw new Error(found);
  }
  for (const { what, seconds, tasks } of found) {
    console.log(`${what}: ${tasks.length} tasks over 50 ms in ${seconds} s${tasks.length > 0 ? `, of ${tasks.join(', ')} ms` : ''}`);
  }
  await fetch(`http://127.0.0.1:9516/session/${sessionId}`, { method: 'DELETE' });
} finally {
  driver.kill();
  pages.close();
  pages.closeAllConnections();
}
