package io.flowfi.store;

import io.flowfi.payment.EventType;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The types that a selection looks up one by one, because the type is part of every index. Whoever
 * wants any type gets those that are in the log, not those that this version knows: a later version
 * may have written others.
 *
 * @param any whether events of all types are wanted
 * @param each the types to look up
 */
record SoughtTypes(boolean any, Collection<EventType> each) {
  /**
   * Goes from one type to the next along the index, so it takes as many looks as there are types,
   * however long the log is.
   */
  private static final String IN_THE_LOG =
      "WITH RECURSIVE held(type) AS ("
          + "SELECT (SELECT MIN(type) FROM events)"
          + " UNION ALL SELECT (SELECT MIN(type) FROM events WHERE type > held.type)"
          + " FROM held WHERE held.type IS NOT NULL)"
          + " SELECT type FROM held WHERE type IS NOT NULL";

  /**
   * Must be read after the position up to which the selection reaches is known, or in one
   * transaction with it: an event that is committed later may bring a new type.
   *
   * @param keys of the selection; with none, any type means the whole log, and nothing is looked up
   * @param wanted none means any
   */
  static SoughtTypes of(Handle handle, List<EventSelection.Key> keys, Set<EventType> wanted) {
    if (!wanted.isEmpty()) {
      return new SoughtTypes(false, wanted);
    } else if (keys.isEmpty()) {
      return new SoughtTypes(true, List.of());
    }
    return new SoughtTypes(
        true,
        handle
            .createQuery(IN_THE_LOG)
            .map((row, context) -> EventType.named(row.getString(1)))
            .list());
  }
}
