package io.flowfi.indexer.rpc;

import java.util.Locale;

/**
 * How the versions of stellar-rpc write the same two events, by their sources: 22 has {@code
 * pagingToken} and neither indexes nor {@code oldestLedger}; {@code inSuccessfulContractCall} ends
 * after 27; close times are text. 30 is as the SDK that it is built from has it, with a member that
 * nobody knows yet.
 */
enum NodeForm {
  V22,
  V23,
  V25,
  V27,
  V28,
  V30;

  static final String CONTRACT = "CCFQRS6MYEFOQG3HZJ2KMX6VF5XB56M2BD3HGJOPFWRT5BG5EP7AQJRW";
  static final String HASH = "ab".repeat(32);
  private static final String TOPIC = "AAAADwAAAAVwcmljZQAAAA==";

  boolean atLeast(NodeForm other) {
    return compareTo(other) >= 0;
  }

  String page() {
    String latest =
        atLeast(V23)
            ? ",\"oldestLedger\":10,\"latestLedgerCloseTime\":%s,\"oldestLedgerCloseTime\":%s"
                .formatted(time(1_790_000_005), time(1_780_000_000))
            : "";
    String unknown = atLeast(V30) ? ",\"order\":{\"by\":[\"asc\",{}]}" : "";
    return "{\"events\":[%s,%s],\"latestLedger\":2000%s%s,\"cursor\":\"%s\"}"
        .formatted(event("contract", 1, 0), event("system", 2, 3), latest, unknown, end(2000));
  }

  /** Stellar-rpc writes text; other servers write numbers. */
  private String time(long seconds) {
    return this == V25 ? Long.toString(seconds) : "\"" + seconds + "\"";
  }

  private String event(String type, int transaction, int event) {
    String id = id(1500, transaction, 0, event);
    return "{\"type\":\"%s\",\"ledger\":1500,\"ledgerClosedAt\":%s,\"contractId\":\"%s\",\"id\":\"%s\"%s%s%s,\"txHash\":\"%s\",\"topic\":[\"%s\"],\"value\":\"%s\"}"
        .formatted(
            type,
            this == V25 ? "1790000000" : "\"2026-09-21T14:13:20Z\"",
            CONTRACT,
            id,
            atLeast(V23) ? "" : ",\"pagingToken\":\"" + id + "\"",
            atLeast(V23) ? ",\"operationIndex\":0,\"transactionIndex\":" + transaction : "",
            atLeast(V28) ? "" : ",\"inSuccessfulContractCall\":true",
            HASH,
            TOPIC,
            "AAAAAQ==");
  }

  static String id(long ledger, long transaction, long operation, long event) {
    return String.format(
        Locale.ROOT, "%019d-%010d", ledger << 32 | transaction << 12 | operation, event);
  }

  /** The cursor of a page that ends with a ledger and not with an event. */
  static String end(long ledger) {
    return id(ledger, 0xFFFFF, 0xFFF, 0xFFFFFFFFL);
  }
}
