package io.flowfi.store;

import io.flowfi.payment.EventType;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * The types that a selection looks up one by one, because the type is part of every index. A
 * selection of any type gets the types in the log, not those that this version knows: a later
 * version may have written others.
 *
 * @param any whether events of all types are wanted
 * @param each the types to look up
 */
record SoughtTypes(boolean any, Collection<EventType> each) {
  /**
   * Jumps from one type to the next along the index, so it takes one look for each type, however
   * long the log is.
   */
  private static final String IN_THE_LOG =
      "WITH RECURSIVE held(type) AS ("
          + "SELECT (SELECT MIN(type) FROM events)"
          + " UNION ALL SELECT (SELECT MIN(type) FROM events WHERE type > held.type)"
          + " FROM held WHERE held.type IS NOT NULL)"
          + " SELECT type FROM held WHERE type IS NOT NULL";

  /**
   * Must be read after the selection's last position is known, or in the same transaction: an event
   * that is committed later may have a new type.
   *
   * @param keys of the selection; without keys, any type means the whole log, and no type is looked
   *     up
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
        new Sql(IN_THE_LOG)
            .on(handle)
            .map((row, context) -> EventType.named(row.getString("type")))
            .list());
  }
}
