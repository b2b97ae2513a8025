package io.flowfi.query;

import io.flowfi.payment.Address;

/**
 * The two parties of a stream, as subscribers know them.
 *
 * @param onChain whether the chain has told of the stream
 */
public record StreamParties(Address sender, Address recipient, boolean onChain) {
  public boolean include(Address account) {
    return sender.equals(account) || recipient.equals(account);
  }

  /** Whether the chain has told both. */
  public boolean areKnown() {
    return !sender.isUnknown() && !recipient.isUnknown();
  }
}
