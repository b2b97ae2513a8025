package io.flowfi.payment;

/**
 * Something that the chain says has happened. The chain decided it, so no command rule applies: it
 * is taken as it is.
 */
public sealed interface Fact permits StreamFact, ProtocolFact {
  EventType type();
}
