#!/usr/bin/env bash
# @asyncapi/parser compares the examples of messages with their schemas in AsyncAPI 2, and no longer in AsyncAPI 3.
#
# Expected: an example of a message whose payload contradicts the schema beside it is an error, in both: AsyncAPI 3 says, too,
#   that the payload of an example must validate against that of the message ("Message Example Object"). Who moves a
#   document from 2.6 to 3 keeps the check that its build relied on.
# Happens: in 2.6 the parser reports asyncapi2-message-examples, as an error. There is no such rule for 3.0 and 3.1: the same
#   message is accepted without a word, and examples grow old unseen, from then on also in the pages and the code made
#   of them.
# Way out: go through the messages after parsing, and validate the examples by ajv.
# Version: @asyncapi/parser 3.6.6, Node.js 20.
# Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0#messageExampleObject; @asyncapi/parser, src/ruleset/v2 has
#   the rule, src/ruleset/v3 has none
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts @asyncapi/parser@3.6.6
cat > examples.mjs <<'JS'
import { Parser } from '@asyncapi/parser';

const message = {
  payload: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
  examples: [{ payload: { id: 5 } }],
};
const info = { title: 'Events', version: '1' };
const documents = {
  '2.6.0': { channels: { events: { subscribe: { message } } } },
  '3.0.0': {
    channels: { events: { address: 'events', messages: { paid: message } } },
    operations: { hear: { action: 'receive', channel: { $ref: '#/channels/events' } } },
  },
};
documents['3.1.0'] = documents['3.0.0'];
for (const [asyncapi, rest] of Object.entries(documents)) {
  const { diagnostics } = await new Parser().parse(JSON.stringify({ asyncapi, info, ...rest }));
  const errors = diagnostics.filter(({ severity }) => severity === 0);
  console.log(`${asyncapi}: ${[...new Set(errors.map(({ code }) => code))].join(', ') || 'valid'}`);
}
JS
node --no-warnings examples.mjs | tee seen
diff seen - <<'SEEN'
2.6.0: asyncapi2-message-examples
3.0.0: valid
3.1.0: valid
SEEN
echo "as described"
