// Encodes one event of each kind that the contract has, with Stellar's SDK.
// node encode.js: prints a JSON array of {name, topics, value} with base64 of XDR.
import { Address, nativeToScVal, scvSortedMap, StrKey, xdr } from "@stellar/stellar-sdk";
import { createHash } from "node:crypto";

const U64_MAX = 2n ** 64n - 1n;
const I128_MAX = 2n ** 127n - 1n;
const START = 1790000000n;
const STREAM = 42n;

const hash = (text) => createHash("sha256").update(text).digest();
const account = (number) => StrKey.encodeEd25519PublicKey(hash(`account ${number}`));
const SENDER = account(1);
const RECIPIENT = account(2);
const ADMIN = account(3);
const TREASURY = account(4);
const TOKEN = StrKey.encodeContract(hash("contract 7"));
const OLD_WASM = hash("contract 100");
const NEW_WASM = hash("contract 101");

const u64 = (value) => nativeToScVal(BigInt(value), { type: "u64" });
const i128 = (value) => nativeToScVal(BigInt(value), { type: "i128" });
const u32 = (value) => nativeToScVal(value, { type: "u32" });
const symbol = (value) => nativeToScVal(value, { type: "symbol" });
const bytes = (value) => nativeToScVal(value);
const bool = (value) => nativeToScVal(value);
const party = (address) => new Address(address).toScVal();
const nothing = nativeToScVal(null);

const struct = (fields) =>
  scvSortedMap(
    Object.entries(fields).map(([name, val]) => new xdr.ScMapEntry({ key: symbol(name), val })),
  );

const all = [];
function emit(topics, value) {
  all.push({ topics: topics.map((topic) => topic.toXdr("base64")), value: value.toXdr("base64") });
}
const of = (name, fields) => emit([symbol(name)], struct(fields));
const ofStream = (name, stream, fields) =>
  emit([symbol(name), u64(stream)], struct({ stream_id: u64(stream), ...fields }));
const both = { sender: party(SENDER), recipient: party(RECIPIENT) };

of("initialized", { admin: party(ADMIN), treasury: party(TREASURY), fee_rate_bps: u32(25) });
of("fee_config_updated", {
  admin: party(ADMIN),
  old_treasury: party(TREASURY),
  new_treasury: party(account(5)),
  old_fee_rate_bps: u32(25),
  new_fee_rate_bps: u32(1000),
});
of("admin_transferred", { previous_admin: party(ADMIN), new_admin: party(account(6)) });
ofStream("fee_collected", STREAM, { treasury: party(TREASURY), fee_amount: i128(25000), token: party(TOKEN) });
ofStream("stream_created", STREAM, {
  ...both,
  rate_per_second: i128(115),
  token_address: party(TOKEN),
  deposited_amount: i128(9975000),
  start_time: u64(START),
});
ofStream("stream_topped_up", STREAM, {
  sender: party(SENDER),
  amount: i128(500),
  new_deposited_amount: i128(9975500),
  new_end_time: u64(START + 1n),
});
ofStream("tokens_withdrawn", STREAM, { recipient: party(RECIPIENT), amount: i128(575), timestamp: u64(START + 5n) });
ofStream("stream_paused", STREAM, { sender: party(SENDER), paused_at: u64(START + 10n) });
ofStream("stream_resumed", STREAM, { sender: party(SENDER), new_end_time: u64(START + 86000n) });
ofStream("stream_rate_modified", STREAM, {
  sender: party(SENDER),
  old_rate_per_second: i128(115),
  new_rate_per_second: i128(230),
  new_end_time: u64(START + 43000n),
  timestamp: u64(START + 20n),
});
ofStream("stream_cancelled", STREAM, { ...both, amount_withdrawn: i128(2875), refunded_amount: i128(9972625) });
ofStream("stream_completed", STREAM, { recipient: party(RECIPIENT), total_withdrawn: i128(9975500) });
ofStream("stream_closed", STREAM, { closer: party(SENDER), timestamp: u64(START + 90000n) });
ofStream("step_vesting_stream_created", 43, {
  ...both,
  token_address: party(TOKEN),
  deposited_amount: i128(1000000),
  step_count: u32(12),
  last_unlock_time: u64(START + 1000000n),
});
ofStream("hybrid_cliff_stream_created", 44, {
  ...both,
  token_address: party(TOKEN),
  deposited_amount: i128(1000000),
  cliff_time: u64(START + 1000n),
  cliff_unlock_amount: i128(250000),
  rate_per_second: i128(9),
});
ofStream("allowance_stream_created", 45, {
  ...both,
  token_address: party(TOKEN),
  rate_per_second: i128(7),
  start_time: u64(START),
});
ofStream("milestone_condition_unlocked", STREAM, {
  milestone_id: u32(3),
  amount: i128(250),
  caller: party(ADMIN),
  timestamp: u64(START + 30n),
});
ofStream("dispute_requested", STREAM, {
  sender: party(SENDER),
  arbiter: party(account(8)),
  timestamp: u64(START + 31n),
});
ofStream("dispute_resolved", STREAM, {
  arbiter: party(account(8)),
  approved: bool(true),
  timestamp: u64(START + 32n),
});
of("protocol_pause_status", { caller: party(ADMIN), paused: bool(true), timestamp: u64(START + 33n) });
of("emergency_guardian_updated", { admin: party(ADMIN), guardian: party(account(9)) });
of("emergency_guardian_updated", { admin: party(ADMIN), guardian: nothing });
of("contract_upgraded", {
  admin: party(ADMIN),
  old_wasm_hash: bytes(OLD_WASM),
  new_wasm_hash: bytes(NEW_WASM),
  timestamp: u64(START + 34n),
});
of("state_migrated", { admin: party(ADMIN), old_version: u32(0), new_version: u32(1) });
emit([symbol("FlowFi"), symbol("ProtocolPaused")], party(ADMIN));
const executable = (wasm) => nativeToScVal([symbol("Wasm"), bytes(wasm)]);
emit([symbol("executable_update"), executable(OLD_WASM), executable(NEW_WASM)], nativeToScVal([]));
ofStream("stream_created", U64_MAX, {
  sender: party(SENDER),
  recipient: party(TOKEN),
  rate_per_second: i128(I128_MAX),
  token_address: party(TOKEN),
  deposited_amount: i128(I128_MAX),
  start_time: u64(U64_MAX),
});
ofStream("stream_created", 46, {
  ...both,
  rate_per_second: i128(0),
  token_address: party(TOKEN),
  deposited_amount: i128(1000),
  start_time: u64(START),
});
ofStream("stream_gifted", STREAM, { to: party(ADMIN) });
of("moon_is_full", { tide: i128(-3) });

console.log(JSON.stringify(all));
