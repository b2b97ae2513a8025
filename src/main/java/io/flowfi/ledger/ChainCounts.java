package io.flowfi.ledger;

import java.util.Map;

/**
 * Numbers of what is known of the chain.
 *
 * @param unmodelled streams that our rules do not describe
 * @param unverified streams of which something may have been missed
 * @param quarantined events that were put aside
 * @param events those in the log, by the name that the contract gives them
 */
public record ChainCounts(
    long unmodelled, long unverified, long quarantined, Map<String, Long> events) {
  public ChainCounts {
    events = Map.copyOf(events);
  }
}
