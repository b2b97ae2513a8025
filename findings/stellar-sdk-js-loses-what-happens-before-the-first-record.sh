#!/usr/bin/env bash
# A stream of Stellar's JavaScript SDK from `now` begins anew at each reconnect until its first record, and loses what was between.
#
# Expected: `payments().cursor('now').stream(...)` delivers every payment from the moment on when it was opened. Horizon ends
#   each stream after a while (`event: close`), and the SDK reconnects by itself, so that nobody has to care.
# Happens: the SDK remembers where it is by the paging token of the last record. As long as there was none it asks for
#   `cursor=now` again, and that is another now: a payment between two connections is never delivered. So an account that
#   waits for its first payment may miss it, at any of these ends or, by default, after any 15 s without a record; from
#   the first record on nothing is lost.
# Way out: ask for the last record (`order('desc').limit(1).call()`) and open the stream with its paging token, or with '0'.
# Version: @stellar/stellar-sdk 17.2.0, Node.js 20. The server here speaks as Horizon does: hello, records, byebye.
# Source: https://github.com/stellar/js-stellar-sdk, src/horizon/call_builder.ts, stream(): only `result.paging_token` sets
#   the cursor; https://developers.stellar.org/docs/data/apis/horizon/api-reference/structure/streaming
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts @stellar/stellar-sdk@17.2.0
cat > now.mjs <<'JS'
import { createServer } from 'node:http';
import { Horizon } from '@stellar/stellar-sdk';

const payments = []; // paging tokens 1, 2 and 3
const asked = [];
const server = createServer((request, response) => {
  const cursor = new URL(request.url, 'http://horizon').searchParams.get('cursor');
  asked.push(cursor);
  const begin = request.headers['last-event-id'] ?? cursor;
  let next = begin === 'now' ? payments.length : Number(begin);
  const send = () => {
    for (; next < payments.length; next++) {
      const token = String(next + 1);
      const record = { _links: {}, id: token, paging_token: token, type: 'payment', amount: payments[next] };
      response.write(`id: ${token}\ndata: ${JSON.stringify(record)}\n\n`);
    }
  };
  const bye = (paid) => {
    response.end('retry: 10\nevent: close\ndata: "byebye"\n\n');
    payments.push(paid); // between two connections
  };
  response.writeHead(200, { 'Content-Type': 'text/event-stream', Connection: 'close' });
  response.write('retry: 1000\nevent: open\ndata: "hello"\n\n');
  if (asked.length === 1) {
    bye('100');
  } else if (asked.length === 2) {
    payments.push('200');
    send();
    setTimeout(bye, 200, '300');
  } else {
    send();
  }
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const horizon = new Horizon.Server(`http://127.0.0.1:${server.address().port}`, { allowHttp: true });
const heard = [];
const close = horizon.payments().cursor('now').stream({ onmessage: (payment) => {
  heard.push(payment.amount);
  if (payment.amount === '300') {
    close();
    console.log(`asked for: ${asked.join(', ')}`);
    console.log(`paid: ${payments.join(', ')}`);
    console.log(`delivered: ${heard.join(', ')}`);
    process.exit();
  }
} });
JS
timeout 60 node --no-warnings now.mjs | tee seen
diff seen - <<'SEEN'
asked for: now, now, 2
paid: 100, 200, 300
delivered: 200, 300
SEEN
echo "as described"
