package io.flowfi.log;

import io.flowfi.payment.Address;
import java.util.Optional;

/**
 * Filters that are saved under a short id, because a long filter does not fit into every URL. A
 * node may keep its own; where nodes share them a subscriber can reconnect to any node.
 * Thread-safe.
 */
public interface SavedFilters {
  /** Why a filter is not saved. */
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
