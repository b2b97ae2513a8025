// Checks a document of AsyncAPI by its parser: node asyncapi.js FILE
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], 'utf8'));
// a version of the specification that has come out since is no fault of the document
const found = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
for (const { severity, path, message, code } of found) {
  console.log(`${severity} ${code} ${path.join('.')}: ${message}`);
}
if (document === undefined || found.length > 0) {
  process.exit(1);
}
console.log(`${document.allMessages().length} messages, no complaints`);
