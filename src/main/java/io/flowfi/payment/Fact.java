package io.flowfi.payment;

/**
 * What the chain says has happened. It is decided there: no command rule applies to it, and whoever
 * reads it can only take it as it is or stop.
 */
public sealed interface Fact permits StreamFact, ProtocolFact {
  EventType type();
}
