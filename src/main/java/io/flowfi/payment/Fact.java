package io.flowfi.payment;

/**
 * Something that the chain says has happened. The chain decided it, so no command rule applies. A
 * reader takes it as it is, or stops.
 */
public sealed interface Fact permits StreamFact, ProtocolFact {
  EventType type();
}
