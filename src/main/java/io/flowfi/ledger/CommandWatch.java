package io.flowfi.ledger;

/** Hears that a command is durable, before anybody else does: for traces. */
@FunctionalInterface
public interface CommandWatch {
  /** Nobody watches. */
  CommandWatch NONE = receipt -> {};

  /**
   * The command is durable, and nobody has been told of its events. Not for an answer that is given
   * again. The ledger's writer calls this, so it must not block.
   */
  void committed(Receipt receipt);
}
