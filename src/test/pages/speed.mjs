// What the client adds to the raw stream in Node, side by side: `node src/test/pages/speed.mjs [events] [a second]`.
// A server of its own writes events; both readers are in this process, and a clock is in each event. It fails if the
// median is more than 1 ms later; `--at-most=MS`: another limit; `--print`: none.
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { FlowFiEvents } from '../../../webapp/lib/flowfi-events.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { print: { type: 'boolean' }, 'at-most': { type: 'string', default: '1' } },
});
const [events = 5000, perSecond = 500] = positionals.map(Number);
const atMost = values.print ? Infinity : Number(values['at-most']);
const padding = 'x'.repeat(350);
const answers = new Set();

const server = createServer((request, answer) => {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
  answer.write('retry: 4000\ndata: {"type":"connected","log":"a","head":0,"heartbeat":10}\nid: 0\n\n');
  answers.add(answer);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;

const took = { raw: [], client: [] };
const note = (way, at) => took[way].push(performance.now() - at);

async function raw() {
  const { body } = await fetch(`${url}v1/events/subscribe?all=true`);
  const text = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const blocks = (rest + text.decode(bytes, { stream: true })).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const line = block.split('\n').find((each) => each.startsWith('data: '));
      const { at } = JSON.parse(line.slice(6));
      if (at !== undefined) {
        note('raw', at);
      }
    }
  }
}

raw().catch(() => {});
const client = new FlowFiEvents({ url, all: true });
client.on('stream.created', ({ data }) => note('client', data.at));
client.open();
while (answers.size < 2) {
  await new Promise(setImmediate);
}

let id = 0;
const begin = performance.now();
while (id < events) {
  const due = Math.min(events, ((performance.now() - begin) / 1000) * perSecond);
  while (id < due) {
    id++;
    // in turn, so that neither is always the first
    const order = id % 2 ? [...answers] : [...answers].reverse();
    for (const answer of order) {
      const data = JSON.stringify({ streamId: String(id), at: performance.now(), padding });
      answer.write(`event: stream.created\ndata: ${data}\nid: ${id}\n\n`);
    }
  }
  await new Promise(setImmediate);
}
while (took.client.length < events || took.raw.length < events) {
  await new Promise(setImmediate);
}
const medians = {};
for (const [way, times] of Object.entries(took)) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q) => sorted[Math.floor(q * (sorted.length - 1))];
  medians[way] = at(0.5);
  console.log(`${way.padEnd(7)} p50 ${at(0.5).toFixed(3)} ms  p99 ${at(0.99).toFixed(3)} ms  of ${sorted.length}`);
}
const more = medians.client - medians.raw;
console.log(`the client's p50 is ${more.toFixed(3)} ms more`);
// Not a number is no good figure either.
process.exit(more <= atMost ? 0 : 1);
