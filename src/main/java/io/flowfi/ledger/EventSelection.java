package io.flowfi.ledger;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LoggedEvent;
import io.flowfi.stream.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * A range of the log seen through keys and types, as SQL. Each key is a subselect along its own
 * index with its own limit, so that a page never sorts a user's whole history.
 *
 * @param keys alternatives; none means every event
 * @param after exclusive
 * @param before exclusive
 */
record EventSelection(
    List<Key> keys, Set<EventType> types, long after, long before, boolean ascending) {
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

  List<LoggedEvent> read(Handle handle, int limit, int offset) {
    String order = " ORDER BY seq " + (ascending ? "ASC" : "DESC");
    StringBuilder sql = new StringBuilder("SELECT " + EventRow.COLUMNS + " FROM events WHERE ");
    List<Object> values = new ArrayList<>();
    if (keys.isEmpty()) {
      sql.append(range(values)).append(order).append(" LIMIT ? OFFSET ?");
    } else {
      sql.append("seq IN (SELECT seq FROM (");
      for (int i = 0; i < keys.size(); i++) {
        sql.append(i == 0 ? "" : " UNION ")
            .append("SELECT seq FROM (SELECT seq FROM events WHERE ")
            .append(keys.get(i).column())
            .append(" = ? AND ");
        values.add(keys.get(i).value());
        sql.append(range(values)).append(order).append(" LIMIT ?) AS k").append(i);
        values.add((long) limit + offset);
      }
      sql.append(") AS matching").append(order).append(" LIMIT ? OFFSET ?)").append(order);
    }
    values.add(limit);
    values.add(offset);
    return bound(handle, sql.toString(), values).map((row, context) -> EventRow.read(row)).list();
  }

  long count(Handle handle) {
    List<Object> values = new ArrayList<>();
    StringBuilder sql =
        new StringBuilder("SELECT COUNT(*) FROM events WHERE ").append(range(values));
    if (!keys.isEmpty()) {
      sql.append(
          keys.stream()
              .map(key -> key.column() + " = ?")
              .collect(Collectors.joining(" OR ", " AND (", ")")));
      keys.forEach(key -> values.add(key.value()));
    }
    return bound(handle, sql.toString(), values).mapTo(Long.class).one();
  }

  private String range(List<Object> values) {
    values.add(after);
    values.add(before);
    if (types.isEmpty()) {
      return "seq > ? AND seq < ?";
    }
    types.forEach(type -> values.add(type.wireName()));
    return "seq > ? AND seq < ? AND type IN (" + "?, ".repeat(types.size() - 1) + "?)";
  }

  private static Query bound(Handle handle, String sql, List<Object> values) {
    Query query = handle.createQuery(sql);
    for (int i = 0; i < values.size(); i++) {
      query.bind(i, values.get(i));
    }
    return query;
  }
}
