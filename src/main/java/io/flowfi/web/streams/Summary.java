package io.flowfi.web.streams;

import io.flowfi.query.AddressSummary;
import java.util.List;

/**
 * What an address pays and receives, as clients see it.
 *
 * @param at Unix seconds the claimable amounts are computed for
 */
record Summary(String address, long at, List<Total> asSender, List<Total> asRecipient) {

  /** The streams of one token in one status; sums are decimal strings and may exceed i128. */
  record Total(
      String tokenAddress,
      String status,
      long streams,
      String depositedAmount,
      String withdrawnAmount,
      String claimableAmount) {
    static Total of(AddressSummary.Total total) {
      return new Total(
          total.token().strKey(),
          total.status().name(),
          total.count(),
          total.deposited().toString(),
          total.withdrawn().toString(),
          total.claimable().toString());
    }
  }

  static Summary of(AddressSummary summary) {
    return new Summary(
        summary.address().strKey(),
        summary.at(),
        summary.asSender().stream().map(Total::of).toList(),
        summary.asRecipient().stream().map(Total::of).toList());
  }
}
