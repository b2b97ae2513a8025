// Follows everything with our client, and prints the position and the type of each event:
//
//   deno run --allow-net --allow-read follow.mjs http://127.0.0.1:3001/
import { FlowFiEvents } from '../../../webapp/lib/flowfi-events.js';

const url = globalThis.Deno ? Deno.args[0] : process.argv[2];

for await (const { id, type } of new FlowFiEvents({ url, all: true, after: 0 })) {
  console.log(id, type);
}
