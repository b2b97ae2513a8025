package io.flowfi.ledger;

import java.util.Map;

/**
 * Numbers of what is known of the chain.
 *
 * @param unmodelled streams that our rules do not describe
 * @param unverified streams of which something may have been missed
 * @param quarantined events that were put aside
 * @param events those in the log, by the name that the contract gives them; if these are too many,
 *     the later ones are counted as {@link #OTHER_NAMES}
 */
public record ChainCounts(
    long unmodelled, long unverified, long quarantined, Map<String, Long> events) {
  /** How many names are counted apart. */
  public static final int MOST_NAMES = 256;

  /** No contract can give such a name: symbols have no brackets. */
  public static final String OTHER_NAMES = "(others)";

  public ChainCounts {
    events = Map.copyOf(events);
  }
}
