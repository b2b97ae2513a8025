package io.flowfi.indexer;

import io.flowfi.payment.StreamId;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A stream is not as it should be.
 *
 * @param found when it was seen first
 * @param asOfLedger up to which ledger both values hold
 */
public record Drift(StreamId stream, Instant found, long asOfLedger, List<Difference> differences) {
  /** What a stream is compared with. */
  public enum With {
    /** What the contract stores of it. */
    CONTRACT,
    /** Its own events in the log, put together anew. */
    EVENTS
  }

  /**
   * One value that differs.
   *
   * @param field as in the stream's JSON; {@code entry} if the contract stores nothing of it
   * @param here what the stream in the log has
   * @param there what it should be
   */
  public record Difference(With with, String field, String here, String there) {
    @Override
    public String toString() {
      return field
          + " is "
          + here
          + ", and "
          + there
          + " by "
          + (with == With.EVENTS ? "its own events" : "the contract");
    }
  }

  public Drift {
    differences = List.copyOf(differences);
  }

  /** All differences in one line. */
  public String sentence() {
    return differences.stream().map(Difference::toString).collect(Collectors.joining("; "));
  }
}
