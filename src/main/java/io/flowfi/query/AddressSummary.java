package io.flowfi.query;

import io.flowfi.payment.Address;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.util.List;

/**
 * What an address pays and receives. Sums may exceed i128, each single amount does not.
 *
 * @param at Unix seconds the claimable amounts are computed for
 */
public record AddressSummary(
    Address address, long at, List<Total> asSender, List<Total> asRecipient) {
  public AddressSummary {
    asSender = List.copyOf(asSender);
    asRecipient = List.copyOf(asRecipient);
  }

  /** The streams of one token in one status; amounts in the token's smallest unit. */
  public record Total(
      Address token,
      StreamStatus status,
      long count,
      BigInteger deposited,
      BigInteger withdrawn,
      BigInteger claimable) {}
}
