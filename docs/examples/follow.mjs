// Follows payment streams from Node 20 or newer, with our client:
//
//   TOKEN=... node follow.mjs http://localhost:3001/
//
// Prints a line for each event: its position, its type, its data. `start over` means that the lines before are not true
// any more: the server has another log, or does not know our position. The client does the rest: it resumes, waits as
// long as it is told to, and notices silence.
import { FlowFiEvents } from '../../webapp/lib/flowfi-events.js'; // yours: 'flowfi-events', see docs/clients.md

for (;;) {
  const over = new AbortController();
  const events = new FlowFiEvents({
    url: process.argv[2],
    all: true,
    after: 0, // from the beginning. A service that stores its position gives it here, with `log: events.log`
    token: process.env.TOKEN,
    signal: over.signal,
  });
  events.on('reset', () => over.abort());
  events.on('status', ({ name, reason }) => console.error(name, reason ?? ''));
  for await (const { id, type, text } of events) {
    if (id !== null) {
      // what has no position is not in the log: a notice
      console.log(id, type, text);
    }
  }
  console.log('start over');
}
