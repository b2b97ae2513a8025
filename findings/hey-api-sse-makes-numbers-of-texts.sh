#!/usr/bin/env bash
# The SSE client that Hey API generates makes numbers, booleans and nothing of texts, and takes the spaces in front away.
#
# Expected: data are a text; if the description says `type: string`, as here, they arrive as the text that was sent, without the one
#   space behind the colon (HTML standard, 9.2.6).
# Happens: each text that could be JSON becomes what that says, whatever the schema is. An amount or an id of 20 digits arrives as a
#   number that is another one, "1e3" as 1000, "true" as a boolean, "null" as nothing; all others stay texts, so the type is
#   a matter of the value, and TypeScript says string. Spaces and tabs in front of a line are gone.
# Way out: JSON on the server, so a string in quotation marks.
# Version: @hey-api/openapi-ts 0.99.0 (client-fetch), TypeScript 5.9.3, Node.js 20.
# Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation; the generated
#   core/serverSentEvents.gen.ts: `JSON.parse(rawData)`, `line.replace(/^data:\s*/, '')`
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts @hey-api/openapi-ts@0.99.0 typescript@5.9.3
cat > openapi.yaml <<'YAML'
openapi: 3.1.0
info: {title: Events, version: '1'}
paths:
  /events:
    get:
      operationId: getEvents
      responses:
        '200':
          description: events
          content: {text/event-stream: {schema: {type: string}}}
YAML
npx openapi-ts --input openapi.yaml --output generated > generator.log 2>&1
node_modules/.bin/tsc --module commonjs --moduleResolution node10 --target es2022 --lib es2022,dom,dom.asynciterable \
  --outDir js generated/core/serverSentEvents.gen.ts > tsc.log 2>&1 || true # only what it makes is of interest
client=$(find js -name serverSentEvents.gen.js)
cat > texts.js <<'JS'
const { createServer } = require('node:http');
const { createSseClient } = require(process.argv[2]);

const texts = ['170141183460469231731687303715884105727', '1e3', 'true', 'null', '  indented', 'a text'];
const server = createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.end(texts.map((text) => `data: ${text}\n\n`).join(''));
});
server.listen(0, '127.0.0.1', async () => {
  const { stream } = createSseClient({ url: `http://127.0.0.1:${server.address().port}/` });
  let next = 0;
  for await (const data of stream) console.log(`"${texts[next++]}": ${typeof data === 'string' ? `"${data}"` : data}`);
  process.exit();
});
JS
node texts.js "./$client" | tee seen
diff seen - <<'SEEN'
"170141183460469231731687303715884105727": 1.7014118346046923e+38
"1e3": 1000
"true": true
"null": null
"  indented": "indented"
"a text": "a text"
SEEN
echo "as described"
