package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.StreamPage;
import io.flowfi.query.StreamQuery;
import io.flowfi.query.StreamQuery.Cursor;
import io.flowfi.query.StreamQuery.Sort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;

/**
 * Lists streams along the indexes: by creation, by change, and those of a sender or a recipient by
 * creation. There is no index for a status, a token or the changes of one address, because every
 * command would have to write it. So a page that passes over streams looks at a bounded number of
 * them, and its cursor says how far it has come.
 */
final class StreamListing {
  private final int look;

  /**
   * @param look how many streams one page looks at
   */
  StreamListing(int look) {
    this.look = look;
  }

  private record Condition(String column, String value) {}

  /**
   * Reads one page.
   *
   * @throws InvalidValueException if the offset leads further than a page looks
   */
  StreamPage page(Handle handle, StreamQuery query) {
    long head = SqlEventLog.bounds(handle).head().value();
    List<List<Condition>> addresses = addresses(query);
    List<Condition> along =
        query.sort() == Sort.UPDATED || addresses.isEmpty() ? List.of() : addresses.get(0);
    Optional<Long> horizon = Optional.empty();
    if (passesOver(query, along)) {
      Optional<List<Condition>> few =
          addresses.stream().filter(address -> hasFew(handle, address)).findFirst();
      along = few.orElse(along);
      horizon = few.isPresent() ? Optional.empty() : horizon(handle, query, along);
    }
    List<StoredStream> rows = read(handle, query, along, horizon);
    boolean full = rows.size() > query.limit();
    if (!full && horizon.isPresent() && query.offset() > 0) {
      throw new InvalidValueException(
          "offset", "offset leads too far with these filters: go by the cursor");
    }
    List<StoredStream> page = full ? rows.subList(0, query.limit()) : rows;
    Optional<Long> end = full ? Optional.of(key(query.sort(), page.get(page.size() - 1))) : horizon;
    Optional<Cursor> next = end.map(query::cursorAt);
    return new StreamPage(
        page.stream().map(StoredStream::stream).toList(),
        end.isPresent(),
        query.ascending() ? next.or(() -> Optional.of(query.cursorAt(head))) : next);
  }

  /** Each has an index. */
  private static String column(Sort sort) {
    return sort == Sort.CREATED ? "created_seq" : "updated_seq";
  }

  private static long key(Sort sort, StoredStream stream) {
    return (sort == Sort.CREATED ? stream.created() : stream.updated()).value();
  }

  /** The indexes to use for an address: one, or one for each side. */
  private static List<List<Condition>> addresses(StreamQuery query) {
    List<List<Condition>> addresses = new ArrayList<>();
    query.sender().ifPresent(sender -> addresses.add(List.of(is("sender", sender))));
    query.recipient().ifPresent(recipient -> addresses.add(List.of(is("recipient", recipient))));
    query
        .party()
        .ifPresent(party -> addresses.add(List.of(is("sender", party), is("recipient", party))));
    return addresses;
  }

  private static Condition is(String column, Address address) {
    return new Condition(column, address.strKey());
  }

  /** All conditions but the party's. */
  private static List<Condition> conditions(StreamQuery query) {
    List<Condition> conditions = new ArrayList<>();
    query.sender().ifPresent(sender -> conditions.add(is("sender", sender)));
    query.recipient().ifPresent(recipient -> conditions.add(is("recipient", recipient)));
    query
        .status()
        .map(StreamStatus::name)
        .ifPresent(s -> conditions.add(new Condition("status", s)));
    query.token().ifPresent(token -> conditions.add(is("token", token)));
    return conditions;
  }

  /** Whether this index may contain streams that the query does not want. */
  private static boolean passesOver(StreamQuery query, List<Condition> along) {
    long conditions = conditions(query).size() + query.party().stream().count();
    return conditions > (along.isEmpty() ? 0 : 1);
  }

  private boolean hasFew(Handle handle, List<Condition> address) {
    return address.stream()
        .allMatch(
            side ->
                Statements.bound(
                            handle,
                            "SELECT COUNT(*) FROM (SELECT 1 FROM streams WHERE "
                                + side.column()
                                + " = ? LIMIT ?) AS counted",
                            List.of(side.value(), look + 1))
                        .mapTo(Long.class)
                        .one()
                    <= look);
  }

  /** The last place that one page looks at; empty if the streams end before it. */
  private Optional<Long> horizon(Handle handle, StreamQuery query, List<Condition> along) {
    LongStream.Builder horizons = LongStream.builder();
    for (List<Condition> way : ways(along)) {
      List<Object> values = new ArrayList<>();
      String column = column(query.sort());
      String sql =
          "SELECT "
              + column
              + " FROM streams WHERE "
              + range(query, way, column, Optional.empty(), values)
              + order(query, column)
              + " LIMIT 1 OFFSET ?";
      values.add(look - 1);
      Statements.bound(handle, sql, values).mapTo(Long.class).findOne().ifPresent(horizons::add);
    }
    LongStream found = horizons.build();
    return (query.ascending() ? found.min() : found.max()).stream().boxed().findFirst();
  }

  private List<StoredStream> read(
      Handle handle, StreamQuery query, List<Condition> along, Optional<Long> horizon) {
    String column = column(query.sort());
    // sorts the changes of a few streams; the "+ 0" keeps the database from using the other index
    String place = query.sort() == Sort.UPDATED && !along.isEmpty() ? column + " + 0" : column;
    List<Object> values = new ArrayList<>();
    List<String> branches = new ArrayList<>();
    for (List<Condition> way : ways(along)) {
      branches.add(
          "SELECT "
              + place
              + " AS place FROM streams WHERE "
              + range(query, way, place, horizon, values)
              + narrowed(query, along, values));
    }
    values.add(query.limit() + 1);
    values.add(query.offset());
    String sql =
        "SELECT "
            + StreamRow.COLUMNS
            + " FROM streams WHERE "
            + column
            + " IN (SELECT place FROM ("
            + String.join(" UNION ", branches)
            + order(query, "place")
            + " LIMIT ? OFFSET ?) AS found)"
            + order(query, column);
    return SqlStreamQueries.rows(handle, sql, values).list();
  }

  private static List<List<Condition>> ways(List<Condition> along) {
    return along.isEmpty() ? List.of(List.of()) : along.stream().map(List::of).toList();
  }

  private static String range(
      StreamQuery query,
      List<Condition> way,
      String place,
      Optional<Long> horizon,
      List<Object> values) {
    way.forEach(condition -> values.add(condition.value()));
    Optional<Long> from = query.cursor().map(Cursor::key);
    values.add(query.ascending() ? from.orElse(0L) : horizon.map(last -> last - 1).orElse(0L));
    values.add(
        query.ascending()
            ? horizon.map(last -> last + 1).orElse(Long.MAX_VALUE)
            : from.orElse(Long.MAX_VALUE));
    return (way.isEmpty() ? "" : way.get(0).column() + " = ? AND ")
        + place
        + " > ? AND "
        + place
        + " < ?";
  }

  /**
   * The conditions that this index does not cover, written so that no other index is used for them.
   */
  private static String narrowed(StreamQuery query, List<Condition> along, List<Object> values) {
    StringBuilder sql = new StringBuilder();
    for (Condition condition : conditions(query)) {
      if (!along.contains(condition)) {
        sql.append(" AND ").append(condition.column()).append(" || '' = ?");
        values.add(condition.value());
      }
    }
    query
        .party()
        .map(Address::strKey)
        .ifPresent(
            party -> {
              sql.append(" AND ? IN (sender, recipient)");
              values.add(party);
            });
    return sql.toString();
  }

  private static String order(StreamQuery query, String by) {
    return " ORDER BY " + by + (query.ascending() ? " ASC" : " DESC");
  }
}
