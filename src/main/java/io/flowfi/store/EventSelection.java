package io.flowfi.store;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import java.util.ArrayList;
import java.util.List;
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

  /** Whether each branch must be limited by itself, see {@link Dialect#mergesDistinctUnions}. */
  public static final class Union implements JdbiConfig<Union> {
    private boolean limitsBranches;

    void setFor(Dialect dialect) {
      limitsBranches = !dialect.mergesDistinctUnions();
    }

    @Override
    public Union createCopy() {
      Union copy = new Union();
      copy.limitsBranches = limitsBranches;
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

  /**
   * How many keys one selection may have.
   *
   * @param mostBranches of a statement
   */
  static int mostKeys(SoughtTypes types, int mostBranches) {
    return Math.max(1, mostBranches / Math.max(1, types.each().size()));
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
    return sql.on(handle).mapTo(Long.class).one();
  }

  private Sql addRange(Sql sql) {
    return sql.add("seq > ? AND seq < ?", after, before);
  }
}
