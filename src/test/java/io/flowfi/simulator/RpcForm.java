package io.flowfi.simulator;

/**
 * What answers look like in versions of {@code stellar-rpc} ({@code protocol/} up to 23, {@code
 * protocols/rpc/} of the Go SDK since).
 */
public enum RpcForm {
  /** Has {@code pagingToken}; tells neither the place of an event nor the oldest ledger. */
  V22("22.1.5", 22),
  /** Tells the place of events, and close times as texts. */
  V23("23.0.4", 23),
  /** {@code getLatestLedger} sends the whole ledger. */
  V25("25.1.1", 25),
  /** Close times in {@code getHealth}, as numbers. */
  V27("27.1.1", 27),
  V28("28.0.0", 28),
  /**
   * What may come: {@code inSuccessfulContractCall} is gone (it is in the Go SDK's newest form),
   * times are numbers, and there are members that nobody knows.
   */
  V30("30.0.0", 30);

  private final String version;
  private final int protocol;

  RpcForm(String version, int protocol) {
    this.version = version;
    this.protocol = protocol;
  }

  String version() {
    return version;
  }

  int protocol() {
    return protocol;
  }

  boolean since(RpcForm other) {
    return compareTo(other) >= 0;
  }
}
