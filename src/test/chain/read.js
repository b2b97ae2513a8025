// Reads the events of a contract with the client of Stellar's SDK, page by page, and one stream's entry.
// node read.js <url> <contract> <first ledger> <limit> <stream>: prints one JSON text.
import { Address, nativeToScVal, rpc, scValToNative, xdr } from "@stellar/stellar-sdk";

const [url, contract, first, limit, stream] = process.argv.slice(2);
const server = new rpc.Server(url, { allowHttp: true });

/** Numbers of all sizes as text, bytes as hexadecimal digits. */
function plain(value) {
  if (typeof value === "bigint" || typeof value === "number") {
    return value.toString();
  }
  if (value instanceof Uint8Array) {
    return Buffer.from(value).toString("hex");
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
  }
  return value;
}

const filters = [{ type: "contract", contractIds: [contract] }, { type: "system", contractIds: [contract] }];
const events = [];
let request = { startLedger: Number(first), filters, limit: Number(limit) };
for (;;) {
  const page = await server.getEvents(request);
  for (const event of page.events) {
    events.push({
      id: event.id,
      type: event.type,
      ledger: event.ledger,
      closedAt: event.ledgerClosedAt,
      transaction: event.transactionIndex,
      operation: event.operationIndex,
      hash: event.txHash,
      contract: event.contractId.contractId(),
      topics: event.topic.map((topic) => plain(scValToNative(topic))),
      value: plain(scValToNative(event.value)),
    });
  }
  const scanned = Number(BigInt(page.cursor.split("-")[0]) >> 32n);
  if (page.events.length < Number(limit) && scanned >= page.latestLedger) {
    break;
  }
  request = { cursor: page.cursor, filters, limit: Number(limit) };
}

const key = xdr.LedgerKey.contractData(
  new xdr.LedgerKeyContractData({
    contract: new Address(contract).toScAddress(),
    key: nativeToScVal([nativeToScVal("Stream", { type: "symbol" }), nativeToScVal(BigInt(stream), { type: "u64" })]),
    durability: xdr.ContractDataDurability.persistent,
  }),
);
const entries = await server.getLedgerEntries(key);
const latest = await server.getLatestLedger();
console.log(
  JSON.stringify({
    events,
    health: await server.getHealth(),
    network: await server.getNetwork(),
    version: (await server.getVersionInfo()).version,
    latest: latest.sequence,
    entry: plain(scValToNative(entries.entries[0].val.value.val)),
    modified: entries.entries[0].lastModifiedLedgerSeq,
  }),
);
