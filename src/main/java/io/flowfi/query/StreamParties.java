package io.flowfi.query;

import io.flowfi.payment.Address;

/** The two parties of a stream; they never change. */
public record StreamParties(Address sender, Address recipient) {
  public boolean include(Address account) {
    return sender.equals(account) || recipient.equals(account);
  }
}
