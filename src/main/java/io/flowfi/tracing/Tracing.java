package io.flowfi.tracing;

import io.flowfi.log.LogPurpose;

/** The traces of a node. */
public interface Tracing extends AutoCloseable {
  /** Those of the commands to one of its ledgers. */
  LedgerTracing of(LogPurpose purpose);

  /** Sends what is left, for a short time, and ends. */
  @Override
  void close();
}
