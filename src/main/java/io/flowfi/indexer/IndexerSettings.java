package io.flowfi.indexer;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the chain is followed.
 *
 * @param startLedger where the history begins if nothing is known yet; empty for the oldest ledger
 *     that any RPC node has
 * @param pollInterval how often to ask for news when everything is known
 * @param reconcileInterval from the end of one round that compares all open streams to the next;
 *     empty: only where an administrator asks for it
 */
public record IndexerSettings(
    OptionalLong startLedger, Duration pollInterval, Optional<Duration> reconcileInterval) {
  /** Half of the second that an event may take from the RPC node to the browser. */
  public static final Duration STANDARD_POLL = Duration.ofMillis(500);

  public static final Duration SHORTEST_POLL = Duration.ofMillis(50);
  public static final Duration LONGEST_POLL = Duration.ofSeconds(60);
  public static final Duration STANDARD_RECONCILE = Duration.ofMinutes(10);
  public static final Duration SHORTEST_RECONCILE = Duration.ofSeconds(10);
  public static final Duration LONGEST_RECONCILE = Duration.ofDays(7);

  public IndexerSettings {
    if (startLedger.isPresent() && startLedger.getAsLong() < 1) {
      throw new IllegalArgumentException("startLedger must be 1 or more");
    }
  }
}
