// What the client adds to the raw stream in Node, side by side: `node src/test/pages/speed.mjs [events] [a second]`.
// A server of its own writes events; both readers are in this process, and a clock is in each event.
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { FlowFiEvents } from '../../../webapp/lib/flowfi-events.js';

const events = Number(process.argv[2] ?? 5000);
const perSecond = Number(process.argv[3] ?? 500);
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
for (const [way, times] of Object.entries(took)) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (q) => sorted[Math.floor(q * (sorted.length - 1))].toFixed(3);
  console.log(`${way.padEnd(7)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms  of ${sorted.length}`);
}
process.exit();
