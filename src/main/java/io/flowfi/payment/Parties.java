package io.flowfi.payment;

import java.util.Optional;

/** What one event of the chain says of a stream's parties. */
public record Parties(Optional<Address> sender, Optional<Address> recipient) {
  public static final Parties NONE = new Parties(Optional.empty(), Optional.empty());

  public static Parties of(Address sender, Address recipient) {
    return new Parties(Optional.of(sender), Optional.of(recipient));
  }

  public static Parties ofSender(Address sender) {
    return new Parties(Optional.of(sender), Optional.empty());
  }

  public static Parties ofRecipient(Address recipient) {
    return new Parties(Optional.empty(), Optional.of(recipient));
  }
}
