package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.StatePage;
import io.flowfi.log.StreamStates;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** The states of streams as the {@code streams} table holds them. */
final class SqlStreamStates implements StreamStates {
  private static final String SELECT = SqlStreamQueries.SELECT + " WHERE ";

  private final Reads reads;
  private final int usersAStatement;
  private final int joinsFrom;

  SqlStreamStates(Reads reads, Dialect dialect) {
    this.reads = reads;
    this.joinsFrom = dialect.joinsFrom();
    this.usersAStatement = dialect.mostBranches() / 2; // one branch for each side
  }

  @Override
  public StatePage read(EventFilter filter, LogPosition after, LogPosition upTo, int maxStates) {
    Range range = new Range(after.value(), upTo.value(), maxStates + 1);
    try {
      // one transaction, so the head belongs to the same state as the rows
      return reads.ofOneState(
          handle -> {
            LogPosition head = SqlEventLog.bounds(handle).head();
            List<StoredStream> rows =
                filter.all() ? all(handle, range) : matching(handle, filter, range);
            boolean last = rows.size() <= maxStates;
            return new StatePage(
                rows.stream().limit(maxStates).map(SqlStreamStates::state).toList(), head, last);
          });
    } catch (JdbiException e) {
      throw new LogUnavailableException("the streams cannot be read after " + after, e);
    }
  }

  private record Range(long after, long upTo, int limit) {
    Sql addTo(Sql sql) {
      return sql.add("created_seq > ? AND created_seq <= ?", after, upTo);
    }

    Sql addOrderTo(Sql sql) {
      return sql.add(" ORDER BY created_seq LIMIT ?", limit);
    }
  }

  private static StatePage.State state(StoredStream row) {
    return new StatePage.State(row.stream(), row.created());
  }

  private static List<StoredStream> all(Handle handle, Range range) {
    Sql sql = range.addOrderTo(range.addTo(new Sql(SELECT)));
    return SqlStreamQueries.rows(handle, sql).list();
  }

  // Each statement gives its first ones, so these include the first ones overall.
  private List<StoredStream> matching(Handle handle, EventFilter filter, Range range) {
    Map<Long, StoredStream> found = new TreeMap<>();
    if (!filter.streams().isEmpty()) {
      Sql sql = new Sql(SELECT + "stream_id IN ").addList(filter.streams()).add(" AND ");
      SqlStreamQueries.rows(handle, range.addOrderTo(range.addTo(sql)))
          .forEach(row -> found.put(row.created().value(), row));
    }
    List<Address> users = List.copyOf(filter.users());
    if (users.size() * 2 >= joinsFrom) {
      ofManyUsers(handle, users, range).forEach(row -> found.put(row.created().value(), row));
      return found.values().stream().limit(range.limit).toList();
    }
    for (int from = 0; from < users.size(); from += usersAStatement) {
      int to = Math.min(users.size(), from + usersAStatement);
      ofUsers(handle, users.subList(from, to), range)
          .forEach(row -> found.put(row.created().value(), row));
    }
    return found.values().stream().limit(range.limit).toList();
  }

  /** Reads each side of each user along its own index, as far as the page may need it. */
  private static List<StoredStream> ofUsers(Handle handle, List<Address> users, Range range) {
    Sql sql = new Sql(SELECT + "created_seq IN (SELECT created_seq FROM (");
    String union = "";
    for (Address user : users) {
      for (String side : List.of("sender", "recipient")) {
        sql.add(union + "SELECT created_seq FROM (SELECT created_seq FROM streams WHERE ")
            .add(side + " = ? AND ", user.strKey());
        range.addOrderTo(range.addTo(sql)).add(") AS side");
        union = " UNION ";
      }
    }
    range.addOrderTo(sql.add(") AS found")).add(")");
    return SqlStreamQueries.rows(handle, range.addOrderTo(sql)).list();
  }

  private static List<StoredStream> ofManyUsers(Handle handle, List<Address> users, Range range) {
    ListedBranches.useIndexes(handle);
    List<Object> keys = users.stream().<Object>map(Address::strKey).toList();
    Sql sql = new Sql(SELECT + "created_seq IN (SELECT created_seq FROM (");
    new ListedBranches("streams", "created_seq", Map.of("sender", keys, "recipient", keys), null)
        .addTo(sql, range.after + 1, range.upTo, true, range.limit);
    range.addOrderTo(sql).add(") AS found)");
    return SqlStreamQueries.rows(handle, range.addOrderTo(sql)).list();
  }

  @Override
  public Map<StreamId, LogPosition> births(Set<StreamId> streams) {
    if (streams.isEmpty()) {
      return Map.of();
    }
    Sql sql =
        new Sql("SELECT stream_id, created_seq FROM streams WHERE stream_id IN ").addList(streams);
    Map<StreamId, LogPosition> births = new HashMap<>();
    try {
      reads.each(
          handle ->
              sql.on(handle)
                  .map(
                      (row, context) ->
                          births.put(
                              new StreamId(row.getLong("stream_id")),
                              new LogPosition(row.getLong("created_seq"))))
                  .list());
    } catch (JdbiException e) {
      throw new LogUnavailableException("the streams cannot be read", e);
    }
    return births;
  }
}
