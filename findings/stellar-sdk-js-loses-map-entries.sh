#!/usr/bin/env bash
# scValToNative() of Stellar's JavaScript SDK loses entries of a map without a word, if its keys are structs or print alike.
#
# Expected: a map of the chain with two entries becomes something with two entries, or an error. Keys of any type are
#   allowed there: a contract that keeps Map<Account, i128>, with a struct as key, is an ordinary one.
# Happens: the map becomes a plain object, whose keys are texts. Each struct becomes "[object Object]", so that of all
#   entries the last one is left. The number 1 and the symbol "1" become one key, too, and so do a vector of two
#   symbols and the symbol with a comma. There is no error, and what is left looks like a good answer:
#   {"[object Object]": 200n}. Whoever adds up balances gets a wrong sum. (The other way, nativeToScVal takes a Map.)
# Way out: read the entries of the ScVal itself (value.value: pairs of key and val) and convert key and value of each.
# Version: @stellar/stellar-sdk 17.2.0 (src/base/scval.ts, scValToNative, "scvMap": Object.fromEntries).
# Source: https://stellar.github.io/js-stellar-sdk/ (scValToNative: "map: key-value object of any of the above"),
#   https://developers.stellar.org/docs/learn/fundamentals/contract-development/types/built-in-types (Map)
# Needs: node 20 and npm. Ends with 0 if it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# it asks for node 22 and runs on 20
npm install --silent --no-audit --no-fund --ignore-scripts --engine-strict=false @stellar/stellar-sdk@17.2.0

cat > try.mjs <<'JS'
import { nativeToScVal, scValToNative, xdr } from "@stellar/stellar-sdk";

const symbol = (text) => nativeToScVal(text, { type: "symbol" });
const i128 = (number) => nativeToScVal(number, { type: "i128" });
const map = (...entries) => xdr.ScVal.scvMap(entries.map(([key, val]) => new xdr.ScMapEntry({ key, val })));
const struct = (owner, token) => map([symbol("owner"), symbol(owner)], [symbol("token"), symbol(token)]);

let lost = 0;
function show(what, value) {
  // through bytes, as it comes from a node
  const read = xdr.ScVal.fromXdr(value.toXdr("base64"), "base64");
  const native = scValToNative(read);
  const left = Object.keys(native).length;
  console.log(`${what}: ${read.value.length} entries in the map, ${left} in the object:`, native);
  lost += read.value.length - left;
}

show("symbols as keys  ", map([symbol("alice"), i128(100n)], [symbol("bob"), i128(200n)]));
show("structs as keys  ", map([struct("alice", "USDC"), i128(100n)], [struct("bob", "USDC"), i128(200n)]));
show("a number, a text ", map([nativeToScVal(1n, { type: "u64" }), i128(100n)], [symbol("1"), i128(200n)]));
process.exit(lost === 2 ? 0 : 1);
JS
node try.mjs
