package io.flowfi.ledger;

import io.flowfi.ledger.AddressSummary.Total;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.stream.Address;
import io.flowfi.stream.PaymentStream;
import io.flowfi.stream.StreamId;
import io.flowfi.stream.StreamStatus;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.ResultIterable;
import org.jdbi.v3.core.statement.Query;

/**
 * Reads the present state of streams. Calls block on the store.
 *
 * <p>Every method throws {@link LogUnavailableException} if the store cannot be read.
 */
public final class StreamQueries {
  private static final String SELECT = "SELECT " + StreamRow.COLUMNS + " FROM streams";

  private final Jdbi jdbi;

  StreamQueries(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  public Optional<PaymentStream> find(StreamId id) {
    return reading(
            handle -> rows(handle, SELECT + " WHERE stream_id = ?", List.of(id.bits())).findFirst())
        .map(StreamRow::stream);
  }

  /** Whose streams these are; those that do not exist are left out. */
  public Map<StreamId, StreamParties> parties(Set<StreamId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    String sql =
        "SELECT stream_id, sender, recipient FROM streams WHERE stream_id IN ("
            + "?, ".repeat(ids.size() - 1)
            + "?)";
    List<Object> values = new ArrayList<>();
    ids.forEach(id -> values.add(id.bits()));
    Map<StreamId, StreamParties> parties = new HashMap<>();
    reading(
        handle -> {
          bound(handle, sql, values)
              .map(
                  (row, context) ->
                      parties.put(
                          new StreamId(row.getLong(1)),
                          new StreamParties(
                              new Address(row.getString(2)), new Address(row.getString(3)))))
              .list();
          return null;
        });
    return parties;
  }

  public StreamPage page(StreamQuery query) {
    StringBuilder sql = new StringBuilder(SELECT + " WHERE ");
    List<Object> values = new ArrayList<>();
    String column = query.sort().column();
    String order = " ORDER BY " + column + (query.ascending() ? " ASC" : " DESC");
    if (query.party().isEmpty()) {
      sql.append("1 = 1");
      narrow(sql, values, query);
    } else {
      // each side along its own index with its own limit: an OR would sort all streams of the party
      sql.append(column).append(" IN (SELECT ").append(column).append(" FROM (");
      for (String side : List.of("sender", "recipient")) {
        sql.append(side.equals("sender") ? "" : " UNION ")
            .append("SELECT ")
            .append(column)
            .append(" FROM (SELECT ")
            .append(column)
            .append(" FROM streams WHERE ")
            .append(side)
            .append(" = ?");
        values.add(query.party().get().strKey());
        narrow(sql, values, query);
        sql.append(order).append(" LIMIT ?) AS by_").append(side);
        values.add(query.offset() + query.limit() + 1);
      }
      sql.append(") AS either").append(order).append(" LIMIT ?)");
      values.add(query.offset() + query.limit() + 1);
    }
    sql.append(order).append(" LIMIT ? OFFSET ?");
    values.add(query.limit() + 1);
    values.add(query.offset());
    List<StreamRow> rows = reading(handle -> rows(handle, sql.toString(), values).list());
    boolean more = rows.size() > query.limit();
    List<StreamRow> page = more ? rows.subList(0, query.limit()) : rows;
    Optional<StreamQuery.Cursor> next =
        more ? Optional.of(cursorAfter(page.get(page.size() - 1), query.sort())) : Optional.empty();
    return new StreamPage(page.stream().map(StreamRow::stream).toList(), next);
  }

  private static void narrow(StringBuilder sql, List<Object> values, StreamQuery query) {
    narrow(sql, values, "sender", query.sender().map(Address::strKey));
    narrow(sql, values, "recipient", query.recipient().map(Address::strKey));
    narrow(sql, values, "status", query.status().map(StreamStatus::name));
    narrow(sql, values, "token", query.token().map(Address::strKey));
    query
        .cursor()
        .ifPresent(
            cursor -> {
              sql.append(" AND ")
                  .append(query.sort().column())
                  .append(query.ascending() ? " > ?" : " < ?");
              values.add(cursor.key());
            });
  }

  private static void narrow(
      StringBuilder sql, List<Object> values, String column, Optional<String> value) {
    value.ifPresent(
        wanted -> {
          sql.append(" AND ").append(column).append(" = ?");
          values.add(wanted);
        });
  }

  private static StreamQuery.Cursor cursorAfter(StreamRow row, StreamQuery.Sort sort) {
    return new StreamQuery.Cursor(
        sort, sort == StreamQuery.Sort.CREATED ? row.createdSeq() : row.updatedSeq());
  }

  /**
   * Adds up the streams of an address, by token and status.
   *
   * @param at Unix seconds to compute the claimable amounts for
   */
  public AddressSummary summary(Address address, long at) {
    return inOneRead(
        handle ->
            new AddressSummary(
                address,
                at,
                totals(handle, "sender", address, at),
                totals(handle, "recipient", address, at)));
  }

  private static List<Total> totals(Handle handle, String column, Address address, long at) {
    Map<String, Total> totals = new TreeMap<>();
    try (Stream<StreamRow> rows =
        rows(handle, SELECT + " WHERE " + column + " = ?", List.of(address.strKey())).stream()) {
      rows.map(StreamRow::stream)
          .forEach(
              stream ->
                  totals.merge(
                      stream.token() + " " + stream.status(),
                      total(stream, at),
                      StreamQueries::sum));
    }
    return List.copyOf(totals.values());
  }

  private static Total total(PaymentStream stream, long at) {
    return new Total(
        stream.token(),
        stream.status(),
        1,
        stream.deposited().value(),
        stream.withdrawn().value(),
        stream.claimable(at).value());
  }

  private static Total sum(Total a, Total b) {
    BigInteger deposited = a.deposited().add(b.deposited());
    BigInteger withdrawn = a.withdrawn().add(b.withdrawn());
    BigInteger claimable = a.claimable().add(b.claimable());
    return new Total(a.token(), a.status(), a.count() + b.count(), deposited, withdrawn, claimable);
  }

  static ResultIterable<StreamRow> rows(Handle handle, String sql, List<?> values) {
    return bound(handle, sql, values).setFetchSize(200).map((row, context) -> StreamRow.read(row));
  }

  static Query bound(Handle handle, String sql, List<?> values) {
    Query query = handle.createQuery(sql);
    for (int i = 0; i < values.size(); i++) {
      query.bind(i, values.get(i));
    }
    return query;
  }

  private <T> T reading(HandleCallback<T, RuntimeException> read) {
    try {
      return jdbi.withHandle(read);
    } catch (JdbiException e) {
      throw new LogUnavailableException("the streams cannot be read", e);
    }
  }

  private <T> T inOneRead(HandleCallback<T, RuntimeException> read) {
    try {
      return jdbi.inTransaction(read);
    } catch (JdbiException e) {
      throw new LogUnavailableException("the streams cannot be read", e);
    }
  }
}
