// Allowed imports: lib uses nothing of ours, shared only lib, a page lib and shared but never another page.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const WEBAPP = fileURLToPath(new URL('../../../webapp', import.meta.url));

const PAGES = { 'index.html': 'start', 'test-client.html': 'test', 'docs/index.html': 'docs', 'admin/index.html': 'admin' };

const MAY_USE = { lib: ['lib'], shared: ['lib', 'shared'] };
const mayUse = (room) => MAY_USE[room] ?? ['lib', 'shared', room];

const files = readdirSync(WEBAPP, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => posix.relative(WEBAPP, posix.join(entry.parentPath ?? entry.path, entry.name)))
  .filter((file) => !file.startsWith('WEB-INF/'));
const textOf = (file) => readFileSync(posix.join(WEBAPP, file), 'utf8');
const inFolder = (file) => file.includes('/');
// Other files at the top belong to the operator.
const roomOf = (file) => (inFolder(file) ? file.slice(0, file.indexOf('/')) : (PAGES[file] ?? ''));

/** The files that a script, a style or a page names: imports, also of types and at run time, and links. */
function namedIn(text) {
  const patterns = [
    /\bfrom\s*['"]([^'"]+)['"]/g,
    /\bimport\s*(?:url)?\(?\s*['"]([^'"]+)['"]/g,
    /<(?:script|link)\b[^>]*\b(?:src|href)="([^"]+)"/g,
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1]));
}

/** Those of the same folder, and what they use there, and so on. */
function forms(file, found = new Set()) {
  for (const name of namedIn(textOf(file)).filter((other) => other.startsWith('./'))) {
    const target = posix.join(posix.dirname(file), name);
    if (!found.has(target)) {
      found.add(target);
      forms(target, found);
    }
  }
  return [...found];
}

/** The ones that this file may not use. */
function forbidden(file, text) {
  return namedIn(text).filter((name) => {
    const target = name.startsWith('/') ? name.slice(1) : posix.join(posix.dirname(file), name);
    const ours = name.startsWith('.') || name.startsWith('/') || file.endsWith('.html') || file.endsWith('.css');
    return !ours || !files.includes(target) || !mayUse(roomOf(file)).includes(roomOf(target));
  });
}

test('every file uses only what its folder may', () => {
  for (const file of files) {
    if (/\.(js|css|html)$/.test(file)) {
      assert.deepEqual(forbidden(file, textOf(file)), [], file);
    }
  }
});

test('the rule sees what is wrong', () => {
  const api = "import { getJson } from '../shared/api.js';";
  assert.deepEqual(forbidden('lib/client.js', api), ['../shared/api.js']);
  assert.deepEqual(forbidden('lib/client.js', "/** @import { X } from '../shared/api.js' */"), ['../shared/api.js']);
  assert.deepEqual(forbidden('lib/client.js', "await import('../shared/api.js')"), ['../shared/api.js']);
  assert.deepEqual(forbidden('lib/client.js', "import './backoff.js';\nimport x from './no-such.js';"), ['./no-such.js']);
  assert.deepEqual(forbidden('lib/client.js', "import x from 'some-package';"), ['some-package']);
  assert.deepEqual(forbidden('shared/api.js', "import x from '../test/gaps.js';"), ['../test/gaps.js']);
  assert.deepEqual(forbidden('start/start.js', "import x from '../test/gaps.js';"), ['../test/gaps.js']);
  assert.deepEqual(forbidden('start/start.js', api), []);
  assert.deepEqual(forbidden('index.html', '<link rel="stylesheet" href="test/test-client.css">'), ['test/test-client.css']);
  assert.deepEqual(forbidden('start/a.css', "@import '../test/test-client.css';"), ['../test/test-client.css']);
});

test('every folder is a page’s, or for all of them', () => {
  const rooms = new Set(files.filter(inFolder).map(roomOf));
  assert.deepEqual([...rooms].sort(), [...Object.keys(MAY_USE), ...Object.values(PAGES)].sort());
});

test('the test client is put together of panels, each in a file of its own', () => {
  const scripts = files.filter((file) => file.startsWith('test/') && file.endsWith('.js'));
  const panels = scripts.filter((file) => file.endsWith('-panel.js'));
  assert.deepEqual(
    panels.filter((file) => !forms('test/test-client.js').includes(file)),
    [],
    'test-client.js uses each of them',
  );
  assert.ok(panels.length >= 4);
  assert.deepEqual(
    scripts.filter((file) => textOf(file).split('\n').length > 300),
    [],
    'longer than one subject',
  );
});

test('every script of ours asks editors to check its types, too', () => {
  const scripts = files.filter((file) => inFolder(file) && file.endsWith('.js') && !file.includes('/vendor/'));
  assert.ok(scripts.length > 20);
  assert.deepEqual(scripts.filter((file) => !textOf(file).startsWith('// @ts-check\n')), []);
});
