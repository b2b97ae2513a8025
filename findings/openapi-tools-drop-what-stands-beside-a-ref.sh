#!/usr/bin/env bash
# openapi-typescript, swagger-typescript-api and Redocly's dereferencing drop one half of a schema that has a $ref and more.
#
# Expected: in OpenAPI 3.1 keywords beside a `$ref` of a schema count in addition to what it names (JSON Schema 2020-12, core,
#   8.2.3.1: `$ref` is an applicator like others; in 3.0 they were ignored). `Paid` below has an id and an amount, both
#   required: the short way to say "an event, and an amount".
# Happens: openapi-typescript forgets what stands beside the `$ref`, so Paid has no amount. swagger-typescript-api forgets what the
#   `$ref` names, so Paid has no id. `redocly bundle --dereferenced`, which other tools are fed with, puts the keywords
#   over each other: `properties` and `required` of the inner one are replaced, and the id is gone. None says a word,
#   and `redocly lint` calls the file valid, as it is.
# Way out: `allOf` with the `$ref` and the rest, which all three take.
# Version: openapi-typescript 7.13.0, swagger-typescript-api 13.13.0, @redocly/cli 2.77.0, Node.js 20.
# Source: https://spec.openapis.org/oas/v3.1.1.html#schema-object, https://json-schema.org/draft/2020-12/json-schema-core#section-8.2.3.1
#
# Ends with 0 if it is as described.
set -euo pipefail
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
npm install --silent --no-audit --no-fund --ignore-scripts openapi-typescript@7.13.0 swagger-typescript-api@13.13.0 \
  @redocly/cli@2.77.0 typescript@5.9.3
# describe <schema of Paid>: a description with it
describe() {
  cat <<YAML
openapi: 3.1.0
info: {title: Events, version: '1'}
paths: {}
components:
  schemas:
    Event:
      type: object
      required: [id]
      properties: {id: {type: string}}
    Paid:
$1
YAML
}
describe "      \$ref: '#/components/schemas/Event'
      required: [amount]
      properties: {amount: {type: string}}" > beside.yaml
describe "      allOf:
        - \$ref: '#/components/schemas/Event'
        - {required: [amount], properties: {amount: {type: string}}}" > all-of.yaml
# fields <file of TypeScript> <type>: the fields of it
cat > fields.js <<'JS'
const ts = require('typescript');
const [file, expression] = process.argv.slice(2);
const source = `import type * as all from './${file.replace('.ts', '')}';\nexport type Wanted = ${expression};`;
require('node:fs').writeFileSync('wanted.ts', source);
const program = ts.createProgram(['wanted.ts'], { strict: true });
const checker = program.getTypeChecker();
const [wanted] = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile('wanted.ts')));
console.log(checker.getDeclaredTypeOfSymbol(wanted).getProperties().map((field) => field.name).sort().join(', '));
JS
export REDOCLY_TELEMETRY=off
for form in beside all-of; do
  npx openapi-typescript $form.yaml --output openapi-$form.ts > tool.log 2>&1
  npx swagger-typescript-api generate --path $form.yaml --output . --name swagger-$form.ts --no-client > tool.log 2>&1
  npx redocly bundle --dereferenced $form.yaml --output redocly-$form.json > tool.log 2>&1
  echo "$form: openapi-typescript: $(node fields.js openapi-$form.ts "all.components['schemas']['Paid']")"
  echo "$form: swagger-typescript-api: $(node fields.js swagger-$form.ts all.Paid)"
  echo "$form: redocly: $(node -p "
    const paid = require('./redocly-$form.json').components.schemas.Paid;
    [paid, ...(paid.allOf ?? [])].flatMap((schema) => Object.keys(schema.properties ?? {})).sort().join(', ')")"
done | tee seen
diff seen - <<'SEEN'
beside: openapi-typescript: id
beside: swagger-typescript-api: amount
beside: redocly: amount
all-of: openapi-typescript: amount, id
all-of: swagger-typescript-api: amount, id
all-of: redocly: amount, id
SEEN
echo "as described"
