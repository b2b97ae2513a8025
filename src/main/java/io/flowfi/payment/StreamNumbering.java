package io.flowfi.payment;

/**
 * Which stream ids belong to the server and which to the contract. Both count from 1. Where both
 * are in one log their ids must not overlap: an id names one stream.
 */
public enum StreamNumbering {
  /** No contract is followed: the server counts from 1, and a client may choose any free id. */
  ALONE(1),

  /**
   * Ids below 10^12 are those of the contract that is followed: it would take 31,000 years to reach
   * that with a stream a second. Ids that the server assigns or clients choose start there.
   */
  BESIDE_CONTRACT(1_000_000_000_000L);

  private final long first;

  StreamNumbering(long first) {
    this.first = first;
  }

  /** The first id that the server assigns. */
  public StreamId first() {
    return new StreamId(first);
  }

  /** Whether the contract gives this id to a stream: one of a command is only a claim on that. */
  public boolean isContracts(StreamId id) {
    return this == BESIDE_CONTRACT && id.compareTo(first()) < 0;
  }
}
