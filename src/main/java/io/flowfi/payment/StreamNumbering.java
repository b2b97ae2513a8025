package io.flowfi.payment;

/**
 * Whose stream ids are whose. The contract on chain counts its streams from 1, and so do we. Where
 * both are in one log, they must not meet: an id is one stream, and its parties never change.
 */
public enum StreamNumbering {
  /** No contract is followed: the server counts from 1, and a client may choose any free id. */
  ALONE(1),

  /**
   * Ids below 10^12 are those of the contract that is followed: it would take 31,000 years to reach
   * that with a stream a second. What the server gives out, and what clients choose, is from there
   * on.
   */
  BESIDE_CONTRACT(1_000_000_000_000L);

  private final long first;

  StreamNumbering(long first) {
    this.first = first;
  }

  /** The first id that the server gives out. */
  public StreamId first() {
    return new StreamId(first);
  }

  /** Whether only the contract may give this id to a stream. */
  public boolean isContracts(StreamId id) {
    return this == BESIDE_CONTRACT && id.compareTo(first()) < 0;
  }
}
