package io.flowfi.log;

import io.flowfi.payment.Address;
import java.util.Optional;

/**
 * Filters that are named by a short id, because written out they would not fit into the address of
 * a request everywhere. A node may keep its own; nodes that share them let a subscriber come back
 * to any. Thread-safe.
 */
public interface SavedFilters {
  /** Why a filter is not kept. */
  enum Refusal {
    /** The owner has as many as one may have. */
    OWNERS_SHARE,
    /** There is no room at all. */
    FULL
  }

  /**
   * What came of it.
   *
   * @param id names the filter, for its owner alone; null if it is not kept
   * @param refusal null if it is kept
   */
  record Kept(String id, Refusal refusal) {}

  /**
   * Keeps a filter until nobody has asked for it for a while. The same filter of the same owner has
   * the same id, on every node and after a restart, and takes no more room a second time.
   *
   * @param owner empty in open mode
   */
  Kept keep(Optional<Address> owner, EventFilter filter);

  /**
   * The filter of that id, which counts as asked for.
   *
   * @return empty if it is another owner's, was never kept, or is forgotten
   */
  Optional<EventFilter> find(Optional<Address> owner, String id);
}
