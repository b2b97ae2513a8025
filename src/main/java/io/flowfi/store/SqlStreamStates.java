package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.StatePage;
import io.flowfi.log.StreamStates;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** The states of streams as the {@code streams} table holds them. */
final class SqlStreamStates implements StreamStates {
  private static final String SELECT = "SELECT " + StreamRow.COLUMNS + " FROM streams WHERE ";
  private static final String PAGE = "created_seq > ? AND created_seq <= ?";
  private static final String ORDER = " ORDER BY created_seq LIMIT ?";

  private final Reads reads;
  private final int usersAStatement;

  SqlStreamStates(Reads reads, Dialect dialect) {
    this.reads = reads;
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
    void addTo(List<Object> values) {
      values.add(after);
      values.add(upTo);
    }
  }

  private static StatePage.State state(StoredStream row) {
    return new StatePage.State(row.stream(), row.created());
  }

  private static List<StoredStream> all(Handle handle, Range range) {
    return SqlStreamQueries.rows(
            handle, SELECT + PAGE + ORDER, List.of(range.after, range.upTo, range.limit))
        .list();
  }

  // Each statement gives its first ones, so these include the first ones overall.
  private List<StoredStream> matching(Handle handle, EventFilter filter, Range range) {
    Map<Long, StoredStream> found = new TreeMap<>();
    if (!filter.streams().isEmpty()) {
      List<Object> values = Statements.bits(filter.streams());
      String sql =
          SELECT + "stream_id IN " + Statements.marks(values.size()) + " AND " + PAGE + ORDER;
      range.addTo(values);
      values.add(range.limit);
      SqlStreamQueries.rows(handle, sql, values)
          .forEach(row -> found.put(row.created().value(), row));
    }
    List<Address> users = List.copyOf(filter.users());
    for (int from = 0; from < users.size(); from += usersAStatement) {
      int to = Math.min(users.size(), from + usersAStatement);
      ofUsers(handle, users.subList(from, to), range)
          .forEach(row -> found.put(row.created().value(), row));
    }
    return found.values().stream().limit(range.limit).toList();
  }

  /** Reads each side of each user along its own index, as far as the page may need it. */
  private static List<StoredStream> ofUsers(Handle handle, List<Address> users, Range range) {
    StringBuilder sql = new StringBuilder(SELECT + "created_seq IN (SELECT created_seq FROM (");
    List<Object> values = new ArrayList<>();
    for (Address user : users) {
      for (String side : List.of("sender", "recipient")) {
        sql.append(values.isEmpty() ? "" : " UNION ")
            .append("SELECT created_seq FROM (SELECT created_seq FROM streams WHERE ")
            .append(side)
            .append(" = ? AND ")
            .append(PAGE)
            .append(ORDER)
            .append(") AS side");
        values.add(user.strKey());
        range.addTo(values);
        values.add(range.limit);
      }
    }
    sql.append(") AS found").append(ORDER).append(')').append(ORDER);
    values.add(range.limit);
    values.add(range.limit);
    return SqlStreamQueries.rows(handle, sql.toString(), values).list();
  }

  @Override
  public Map<StreamId, LogPosition> births(Set<StreamId> streams) {
    if (streams.isEmpty()) {
      return Map.of();
    }
    List<Object> values = Statements.bits(streams);
    String sql =
        "SELECT stream_id, created_seq FROM streams WHERE stream_id IN "
            + Statements.marks(values.size());
    Map<StreamId, LogPosition> births = new HashMap<>();
    try {
      reads.each(
          handle ->
              Statements.bound(handle, sql, values)
                  .map(
                      (row, context) ->
                          births.put(new StreamId(row.getLong(1)), new LogPosition(row.getLong(2))))
                  .list());
    } catch (JdbiException e) {
      throw new LogUnavailableException("the streams cannot be read", e);
    }
    return births;
  }
}
