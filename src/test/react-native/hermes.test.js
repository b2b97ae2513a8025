// Our client in React Native's engine: Metro bundles the app of this folder as it does for Android, and Hermes runs it.
// Not run is what only a device has: the native side of its network.
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const { chmodSync } = require('node:fs');
const { join } = require('node:path');
const test = require('node:test');

const EXPECTED = `
https://events.example.com/v1/events/subscribe?all=true&lastEventId=0 Bearer old streams true
open
1 stream.created Zürich €
2 stream.paused
reconnecting connection lost
https://events.example.com/v1/events/subscribe?all=true&lastEventId=2
open
3 stream.resumed
reconnecting server said: token_expired
https://events.example.com/v1/events/subscribe?all=true&lastEventId=9 Bearer new
open
reconnecting connection lost
after silence aborted true
closed closed by you
after close aborted true
claimable 90071992547409930, complete true
iterated 1 stream.created
closed 403 Forbidden: not yours
closed fetch() does not stream bodies
done
`;

const run = (command, ...args) => execFileSync(command, args, { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const tool = (path) => {
  const file = join(__dirname, 'node_modules', path);
  chmodSync(file, 0o755);
  return file;
};

test('the client follows, resumes, iterates and says what is wrong', () => {
  const metro = join(__dirname, 'node_modules/metro/src/cli.js');
  const build = ['build', 'index.js', '--out', 'bundle.js', '--platform', 'android', '--dev', 'false', '--minify', 'false'];
  run(process.execPath, metro, ...build, '--config', 'metro.config.js');
  const said = run(tool('hermes-engine-cli/linux64-bin/hermes'), '-Xmicrotask-queue', '-w', 'bundle.js');
  assert.equal(said.replace(/ +$/gm, '').trim(), EXPECTED.trim());
  // the Hermes of this React Native has a compiler for a build machine, and no engine
  run(tool('hermes-compiler/hermesc/linux64-bin/hermesc'), '-emit-binary', '-O', '-out', 'bundle.hbc', 'bundle.js');
});
