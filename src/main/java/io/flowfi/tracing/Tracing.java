package io.flowfi.tracing;

import io.flowfi.log.LogPurpose;

/** The traces of a node. */
public interface Tracing extends AutoCloseable {
  /**
   * Begins to take traces; what happens before has none.
   *
   * @throws IllegalStateException if a variable has a value that cannot be used; the message is a
   *     line for the operator, without the values of any
   */
  void start();

  /** Those of the commands to one of its ledgers. */
  LedgerTracing of(LogPurpose purpose);

  /** Sends what is left, for a short time, and ends. */
  @Override
  void close();
}
