package io.flowfi.indexer.rpc;

import java.util.Locale;

/** A page of {@code getEvents} with two events, as stellar-rpc 27 writes it. */
final class PageJson {
  static final String CONTRACT = "CCFQRS6MYEFOQG3HZJ2KMX6VF5XB56M2BD3HGJOPFWRT5BG5EP7AQJRW";

  static final String PAGE =
      "{\"events\":[%s,%s],\"latestLedger\":2000,\"oldestLedger\":10,\"latestLedgerCloseTime\":\"1790000005\",\"oldestLedgerCloseTime\":\"1780000000\",\"cursor\":\"%s\"}"
          .formatted(event("contract", 1, 0), event("system", 2, 3), end(2000));

  private PageJson() {}

  private static String event(String type, int transaction, int event) {
    return """
        {"type":"%s","ledger":1500,"ledgerClosedAt":"2026-09-21T14:13:20Z","contractId":"%s","id":"%s",\
        "operationIndex":0,"transactionIndex":%d,"inSuccessfulContractCall":true,"txHash":"%s",\
        "topic":["AAAADwAAAAVwcmljZQAAAA=="],"value":"AAAAAQ=="}"""
        .formatted(type, CONTRACT, id(1500, transaction, 0, event), transaction, "ab".repeat(32));
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
