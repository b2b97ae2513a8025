package io.flowfi.web.streams;

import io.flowfi.ledger.AddressSummary;
import io.flowfi.web.wire.Json;
import java.util.List;

/**
 * What an address pays and receives, as clients see it.
 *
 * @param at Unix seconds the claimable amounts are computed for
 */
record SummaryJson(String address, long at, List<Total> asSender, List<Total> asRecipient) {

  /** The streams of one token in one status; sums are decimal strings and may exceed i128. */
  record Total(
      String tokenAddress,
      String status,
      long streams,
      String depositedAmount,
      String withdrawnAmount,
      String claimableAmount) {}

  static byte[] write(AddressSummary summary) {
    return Json.write(
        new SummaryJson(
            summary.address().strKey(),
            summary.at(),
            summary.asSender().stream().map(SummaryJson::total).toList(),
            summary.asRecipient().stream().map(SummaryJson::total).toList()));
  }

  private static Total total(AddressSummary.Total total) {
    return new Total(
        total.token().strKey(),
        total.status().name(),
        total.count(),
        total.deposited().toString(),
        total.withdrawn().toString(),
        total.claimable().toString());
  }
}
