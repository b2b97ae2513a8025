package io.flowfi.query;

import io.flowfi.payment.Address;

/** Whose stream it is; that never changes. */
public record StreamParties(Address sender, Address recipient) {
  public boolean include(Address account) {
    return sender.equals(account) || recipient.equals(account);
  }
}
