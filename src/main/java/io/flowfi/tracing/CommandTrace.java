package io.flowfi.tracing;

import io.flowfi.ledger.CommandWatch;

/** The trace of one command. */
public interface CommandTrace {
  /** The id of the trace: 32 hexadecimal digits. */
  String id();

  /**
   * The command goes to the ledger now.
   *
   * @return to be told when it is durable
   */
  CommandWatch submitted();

  /**
   * The request has its answer.
   *
   * @param status of HTTP
   */
  void answered(int status);
}
