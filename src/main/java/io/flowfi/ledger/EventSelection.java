package io.flowfi.ledger;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * A range of the log seen through keys and types, as SQL. Each key with each type is a branch along
 * an index of its own; the database merges the branches and stops at the limit, so a page costs the
 * same however long the log is.
 *
 * @param keys alternatives; none means every event
 * @param types none means any
 * @param after exclusive
 * @param before exclusive
 */
record EventSelection(
    List<Key> keys, Set<EventType> types, long after, long before, boolean ascending) {
  private static final Set<EventType> OF_STREAMS =
      Stream.of(EventType.values())
          .filter(EventType::isOfStream)
          .collect(Collectors.toUnmodifiableSet());

  /** SQLite takes 500 terms in a compound select. */
  private static final int MOST_BRANCHES = 480;

  /** One indexed column and the value it must have. */
  record Key(String column, Object value) {}

  static List<Key> keys(EventFilter filter) {
    List<Key> keys = new ArrayList<>();
    if (!filter.all()) {
      filter.streams().forEach(stream -> keys.add(new Key("stream_id", stream.bits())));
      filter.users().forEach(user -> keys.add(new Key("sender", user.strKey())));
      filter.users().forEach(user -> keys.add(new Key("recipient", user.strKey())));
    }
    return keys;
  }

  /** How many keys one selection may have. */
  static int mostKeys(Set<EventType> types) {
    return MOST_BRANCHES / (types.isEmpty() ? OF_STREAMS : types).size();
  }

  /** Whether not every event of the range belongs to it. */
  boolean narrows() {
    return !keys.isEmpty() || !types.isEmpty();
  }

  List<LoggedEvent> read(Handle handle, int limit, int offset) {
    String order = " ORDER BY seq " + (ascending ? "ASC" : "DESC");
    StringBuilder sql = new StringBuilder("SELECT " + EventRow.COLUMNS + " FROM events WHERE ");
    List<Object> values = new ArrayList<>();
    if (narrows()) {
      sql.append("seq IN (SELECT seq FROM (")
          .append(branches(values))
          .append(order)
          .append(" LIMIT ? OFFSET ?))")
          .append(order);
      values.add(limit);
      values.add(offset);
    } else {
      sql.append(range(values)).append(order).append(" LIMIT ? OFFSET ?");
      values.add(limit);
      values.add(offset);
    }
    return Statements.bound(handle, sql.toString(), values)
        .map((row, context) -> EventRow.read(row))
        .list();
  }

  /**
   * Every branch gives its events in order, and no event twice. The indexes follow a little behind
   * the log, one a little further than another, so the last branch looks through what not all of
   * them hold yet, and what comes twice is left out by the union. All of it is one statement, which
   * sees one state of the store: no event is missed between the two.
   */
  private String branches(List<Object> values) {
    List<String> branches = new ArrayList<>();
    for (EventType type : types.isEmpty() ? OF_STREAMS : types) {
      if (keys.isEmpty()) {
        values.add(type.wireName());
        branches.add("SELECT seq FROM events_by_type WHERE type = ? AND " + range(values));
      }
      for (Key key : keys) {
        values.add(key.value());
        values.add(type.wireName());
        branches.add(
            "SELECT seq FROM "
                + EventRow.indexOf(key.column())
                + " WHERE "
                + key.column()
                + " = ? AND type = ? AND "
                + range(values));
      }
    }
    branches.add(tail(values));
    return String.join(" UNION ", branches);
  }

  private String tail(List<Object> values) {
    StringBuilder sql =
        new StringBuilder(
            "SELECT seq FROM events WHERE"
                + " seq > max(?, (SELECT indexed FROM log_head WHERE id = 1)) AND seq < ?");
    values.add(after);
    values.add(before);
    if (!types.isEmpty()) {
      sql.append(" AND type IN (" + "?, ".repeat(types.size() - 1) + "?)");
      types.forEach(type -> values.add(type.wireName()));
    }
    if (!keys.isEmpty()) {
      sql.append(" AND (").append(anyOf(keys, values)).append(")");
    }
    return sql.toString();
  }

  /** The keys as a condition on a row of streams or events. */
  private static String anyOf(List<Key> keys, List<Object> values) {
    List<String> alternatives = new ArrayList<>();
    for (String column : List.of("stream_id", "sender", "recipient")) {
      List<Object> wanted =
          keys.stream().filter(key -> key.column().equals(column)).map(Key::value).toList();
      if (!wanted.isEmpty()) {
        values.addAll(wanted);
        alternatives.add(column + " IN (" + "?, ".repeat(wanted.size() - 1) + "?)");
      }
    }
    return String.join(" OR ", alternatives);
  }

  /**
   * How many events it holds.
   *
   * @param enough counting stops there
   */
  long count(Handle handle, long enough) {
    List<Object> values = new ArrayList<>();
    String positions =
        narrows() ? branches(values) : "SELECT seq FROM events WHERE " + range(values);
    values.add(enough);
    String sql =
        "SELECT COUNT(*) FROM (SELECT seq FROM ("
            + positions
            + ") ORDER BY seq LIMIT ?) AS counted";
    return Statements.bound(handle, sql, values).mapTo(Long.class).one();
  }

  private String range(List<Object> values) {
    values.add(after);
    values.add(before);
    return "seq > ? AND seq < ?";
  }
}
