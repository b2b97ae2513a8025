package io.flowfi.log;

import io.flowfi.payment.Address;
import java.time.Duration;
import java.util.Optional;

/**
 * Filters that are saved under a short id, because a long filter does not fit into every URL. A
 * node that has the log for itself keeps them in memory; nodes that share a log share them, so that
 * a subscriber can reconnect to any node. Thread-safe.
 *
 * <p>Shared ones may wait for three seconds at most; without an answer every method throws {@link
 * LogUnavailableException}.
 */
public interface SavedFilters {
  /** Since a filter was last used: a page that sleeps overnight still finds its own. */
  Duration LIFETIME = Duration.ofHours(24);

  /** Filters of one owner. */
  int MAX_PER_OWNER = 50;

  /** What all filters together may count. */
  int MAX_VALUES = 200_000;

  /** What a filter counts: its values, and its fixed cost. */
  static int size(EventFilter filter) {
    return 4 + filter.streams().size() + filter.users().size() + filter.types().size();
  }

  /** Why a filter is not saved; the first that holds: it says what its owner can do about it. */
  enum Refusal {
    /** The owner has reached the limit for one owner. */
    OWNERS_SHARE,
    /** There is no room for any filter. */
    FULL
  }

  /**
   * The outcome.
   *
   * @param id the filter's id, valid for its owner only; null if it is not saved
   * @param refusal null if it is saved
   */
  record Kept(String id, Refusal refusal) {}

  /**
   * Saves a filter until it has not been used for a while. The same filter of the same owner has
   * the same id, on every node and after a restart, and takes room only once.
   *
   * @param owner empty in open mode
   */
  Kept keep(Optional<Address> owner, EventFilter filter);

  /**
   * Finds a filter by its id. This counts as a use.
   *
   * @return empty if it is another owner's, was never saved, or is forgotten
   */
  Optional<EventFilter> find(Optional<Address> owner, String id);
}
