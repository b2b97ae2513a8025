// What others get of the client: its size, and the package that npm makes of its folder. Needs the packages of this
// folder: `npm ci && node --test published.mjs`.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const LIB = fileURLToPath(new URL('../../../webapp/lib', import.meta.url));

const ENTRY = join(LIB, 'flowfi-events.js');

/** Loaded when somebody asks for what they do. */
const OPTIONAL = ['event-source.js', 'places.js', 'streams.js', 'tabs.js'];

const MOST_BYTES = 12 * 1024;

const MOST_BYTES_OF_ALL = 24 * 1024;

const run = (cwd, command, ...args) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** @param {string[]} external modules that are left out */
const minified = (external) =>
  build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: external.map((name) => `./${name}`),
    write: false,
    metafile: true,
    logLevel: 'silent',
  });

const sizeOf = ({ outputFiles: [bundle] }) => bundle.contents.length;

test('what everybody loads has less than 12 KB, and the rest comes when it is asked for', async () => {
  const core = await minified(OPTIONAL);
  const [{ imports }] = Object.values(core.metafile.outputs);
  assert.deepEqual([...new Set(imports.map(({ kind }) => kind))], ['dynamic-import']);
  assert.deepEqual([...new Set(imports.map(({ path }) => path.slice('./'.length)))].sort(), OPTIONAL);
  assert.ok(sizeOf(core) < MOST_BYTES, `${sizeOf(core)} bytes`);
});

test('all of it together has less than 24 KB', async () => {
  const all = await minified([]);
  assert.deepEqual(Object.values(all.metafile.outputs)[0].imports, []);
  assert.ok(sizeOf(all) < MOST_BYTES_OF_ALL, `${sizeOf(all)} bytes`);
});

test('the documents say how large it is, to the kilobyte', async () => {
  const kilobytes = async (external) => Math.ceil((sizeOf(await minified(external)) + 1) / 1024);
  const [core, all] = [await kilobytes(OPTIONAL), await kilobytes([])];
  for (const name of ['clients.md', 'streaming-guide.md']) {
    const text = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
    const [, ofCore, ofAll] = /less than (\d+) KB[^.]* less than (\d+) KB with all of them/.exec(text) ?? [];
    assert.deepEqual([ofCore, ofAll].map(Number), [core, all], name);
  }
});

test('React Native gets no module that its engine cannot compile', async () => {
  const replaced = JSON.parse(readFileSync(join(LIB, 'package.json'), 'utf8'))['react-native'];
  const { metafile } = await build({ entryPoints: [ENTRY], bundle: true, format: 'esm', write: false, metafile: true, logLevel: 'silent' });
  const names = Object.keys(metafile.inputs).map((path) => basename(path));
  assert.ok(names.includes('tabs.js') && names.includes('places.js'));
  // An empty module is in its place: it is for pages, and only they load it.
  assert.deepEqual(replaced, { './tabs.js': false });
  const unreadable = names.filter((name) => /\bimport\.meta\b/.test(readFileSync(join(LIB, name), 'utf8')));
  assert.deepEqual(unreadable, ['tabs.js']);
});

test('npm packs the modules and the types, and nothing else', () => {
  const [{ name, files }] = JSON.parse(run(LIB, 'npm', 'pack', '--dry-run', '--json'));
  assert.equal(name, 'flowfi-events');
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    'backoff.js',
    'claimable.js',
    'client.js',
    'connection.js',
    'event-source.js',
    'filters.js',
    'flowfi-events.d.ts',
    'flowfi-events.js',
    'package.json',
    'places.js',
    'problem.js',
    'sse-parser.js',
    'streams.js',
    'tabs.js',
    'worker.js',
  ]);
});

/** A project that installs the package. */
const project = mkdtempSync(join(tmpdir(), 'flowfi-events-'));
after(() => rmSync(project, { recursive: true }));

test('the package can be installed', () => {
  writeFileSync(join(project, 'package.json'), '{"private": true, "type": "module"}');
  const [{ filename }] = JSON.parse(run(project, 'npm', 'pack', LIB, '--json'));
  run(project, 'npm', 'install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', `./${filename}`);
});

const FOLLOWS = `
import { FlowFiEvents, ProblemError, EVENT_TYPES, claimable } from 'flowfi-events';

const client = new FlowFiEvents({ url: process.argv[2], all: true, snapshot: true });
for await (const { id, type } of client) {
  if (id !== null) {
    const [stream] = client.state.streams.values();
    const parts = [typeof claimable, typeof ProblemError, EVENT_TYPES.includes(type)];
    console.log(JSON.stringify([id, type, stream.status, stream.claimable.toString(), ...parts]));
    client.close();
  }
}
`;

const TERMS = { streamId: '7', sender: 'GA', recipient: 'GB', tokenAddress: 'CA', ratePerSecond: '5', depositedAmount: '100', startTime: 1 };

const BLOCKS = [
  ['', { type: 'connected', clientId: 'c', log: 'a', head: 41, heartbeat: 10 }],
  ['event: snapshot_end\n', { head: 41 }, 41],
  ['event: stream.created\n', { ...TERMS, version: 1, timestamp: 1, origin: 'api' }, 42],
];

test('the package works in Node', async (t) => {
  writeFileSync(join(project, 'follow.mjs'), FOLLOWS);
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    for (const [head, data, id] of BLOCKS) {
      response.write(`${head}data: ${JSON.stringify(data)}\n${id === undefined ? '' : `id: ${id}\n`}\n`);
    }
  });
  t.after(() => server.closeAllConnections());
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const url = `http://127.0.0.1:${server.address().port}/`;
  const said = await outputOf(project, 'node', 'follow.mjs', url);
  assert.deepEqual(JSON.parse(said), [42, 'stream.created', 'ACTIVE', '100', 'function', 'function', true]);
});

/** While it runs, the server of the test must answer. */
async function outputOf(cwd, command, ...args) {
  const process = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], timeout: 20_000 });
  let said = '';
  process.stdout.setEncoding('utf8').on('data', (piece) => (said += piece));
  const code = await new Promise((resolve) => process.on('close', resolve));
  assert.equal(code, 0, said);
  return said;
}

const USES = `
import { claimable, EVENT_TYPES, FlowFiEvents, ProblemError, type FlowFiEvent, type Stream } from 'flowfi-events';

const client = new FlowFiEvents({ url: 'https://events.example.com/', all: true, token: async ({ renew }) => (renew ? 'new' : 'old') });
client.on('stream.withdrawn', ({ data }): bigint => BigInt(data.amount));
export const of = (stream: Stream): bigint | null => claimable(stream, client.now()) ?? stream.claimable;
export const knows = (event: FlowFiEvent): boolean => EVENT_TYPES.includes(event.type);
export const problem: ProblemError | undefined = client.status.problem;
// @ts-expect-error a misspelt option is not silently ignored
new FlowFiEvents({ al: true });
`;

for (const [how, module, moduleResolution] of [['Node', 'nodenext', 'nodenext'], ['a bundler', 'esnext', 'bundler']]) {
  test(`the types of the package are found with the rules of ${how}`, () => {
      writeFileSync(join(project, 'uses.ts'), USES);
    const rules = { module, moduleResolution, target: 'es2022', lib: ['es2022', 'dom'], types: [] };
    const compilerOptions = { ...rules, strict: true, noEmit: true, skipDefaultLibCheck: true };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['uses.ts'] }));
    run(project, 'node', fileURLToPath(import.meta.resolve('typescript/bin/tsc')), '-p', '.');
  });
}
