// Follows a server in Node, for ClientChaosIT: each event is a line with its position; "state" on the standard input
// asks for the state of all streams.
import { createInterface } from 'node:readline';
import { FlowFiEvents } from '../../../webapp/lib/flowfi-events.js';

const url = process.argv[2];
const token = async ({ renew }) => (await fetch(`${url}test-token?renew=${renew}`)).text();
const options = { url, all: true, token, maxWait: 300 };

const state = new FlowFiEvents({ ...options, snapshot: true, maxStreams: 20_000 }).open();
createInterface({ input: process.stdin })
  .on('line', () => console.log(JSON.stringify({ position: state.position, streams: [...state.state.streams.values()] })))
  .on('close', () => process.exit());

for await (const { id } of new FlowFiEvents({ ...options, after: 0 })) {
  console.log(id);
}
