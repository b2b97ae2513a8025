package io.flowfi.store;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.config.JdbiConfig;

/**
 * A range of the log, narrowed by keys and types, as SQL. Each pair of a key and a type is a branch
 * along its own index. The database merges the branches and stops at the limit, so the cost of a
 * page does not depend on the length of the log.
 *
 * @param keys alternatives; none means every event
 * @param after exclusive
 * @param before exclusive
 */
record EventSelection(
    List<Key> keys, SoughtTypes types, long after, long before, boolean ascending) {

  /** How the database likes its branches: {@link Dialect#mergesDistinctUnions}, joinsFrom. */
  public static final class Union implements JdbiConfig<Union> {
    private boolean limitsBranches;
    private int joinsFrom;

    void setFor(Dialect dialect) {
      limitsBranches = !dialect.mergesDistinctUnions();
      joinsFrom = dialect.joinsFrom();
    }

    @Override
    public Union createCopy() {
      Union copy = new Union();
      copy.limitsBranches = limitsBranches;
      copy.joinsFrom = joinsFrom;
      return copy;
    }
  }

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

  /** How many keys one selection may have, if so many are wanted. */
  static int mostKeys(int wanted, SoughtTypes types, Dialect dialect) {
    int typesOfEach = Math.max(1, types.each().size());
    return wanted * typesOfEach >= dialect.joinsFrom()
        ? wanted
        : Math.max(1, dialect.mostBranches() / typesOfEach);
  }

  /** Whether it leaves out any event of the range. */
  boolean narrows() {
    return !keys.isEmpty() || !types.any();
  }

  /** There are no events yet, so there is no type to look up. */
  private boolean isOfEmptyLog() {
    return narrows() && types.each().isEmpty();
  }

  List<LoggedEvent> read(Handle handle, int limit, int offset) {
    if (isOfEmptyLog()) {
      return List.of();
    }
    return inIndexes(handle, () -> query(handle, limit, offset));
  }

  private <T> T inIndexes(Handle handle, Supplier<T> read) {
    if (!isListed(handle)) {
      return read.get();
    }
    return handle.inTransaction(
        transaction -> {
          ListedBranches.useIndexes(transaction);
          return read.get();
        });
  }

  private List<LoggedEvent> query(Handle handle, int limit, int offset) {
    String order = " ORDER BY seq " + (ascending ? "ASC" : "DESC");
    Sql sql = new Sql("SELECT " + EventRow.COLUMNS + " FROM events WHERE ");
    if (narrows()) {
      addBranches(handle, sql.add("seq IN (SELECT seq FROM ("), order, limit + offset);
      sql.add(order + " LIMIT ? OFFSET ?) AS found)", limit, offset).add(order);
    } else {
      addRange(sql).add(order + " LIMIT ? OFFSET ?", limit, offset);
    }
    return sql.on(handle).map((row, context) -> EventRow.read(row)).list();
  }

  /** Every branch gives its events in order; an event that two branches find comes once. */
  private void addBranches(Handle handle, Sql sql, String order, long limit) {
    if (isListed(handle)) {
      listed().addTo(sql, after + 1, before - 1, ascending, limit);
      return;
    }
    boolean limits = handle.getConfig(Union.class).limitsBranches;
    String open = limits ? "SELECT seq FROM (" : "";
    String between = "";
    for (EventType type : types.each()) {
      for (Key key : keys.isEmpty() ? List.of(new Key("type", type.wireName())) : keys) {
        sql.add(
            between + open + "SELECT seq FROM events WHERE " + key.column() + " = ?", key.value());
        if (!keys.isEmpty()) {
          sql.add(" AND type = ?", type.wireName());
        }
        addRange(sql.add(" AND "));
        if (limits) {
          sql.add(order + " LIMIT ?) AS branch", limit);
        }
        between = " UNION ";
      }
    }
  }

  private boolean isListed(Handle handle) {
    return keys.size() * types.each().size() >= handle.getConfig(Union.class).joinsFrom;
  }

  private ListedBranches listed() {
    Map<String, List<Object>> listed = new LinkedHashMap<>();
    keys.forEach(
        key -> listed.computeIfAbsent(key.column(), column -> new ArrayList<>()).add(key.value()));
    return new ListedBranches(
        "events", "seq", listed, types.each().stream().<Object>map(EventType::wireName).toList());
  }

  /**
   * Counts its events.
   *
   * @param enough counting stops there
   */
  long count(Handle handle, long enough) {
    if (isOfEmptyLog()) {
      return 0;
    }
    Sql sql = new Sql("SELECT COUNT(*) FROM (SELECT seq FROM (");
    if (narrows()) {
      addBranches(handle, sql, " ORDER BY seq", enough);
    } else {
      addRange(sql.add("SELECT seq FROM events WHERE "));
    }
    sql.add(") AS found ORDER BY seq LIMIT ?) AS counted", enough);
    return inIndexes(handle, () -> sql.on(handle).mapTo(Long.class).one());
  }

  private Sql addRange(Sql sql) {
    return sql.add("seq > ? AND seq < ?", after, before);
  }
}
