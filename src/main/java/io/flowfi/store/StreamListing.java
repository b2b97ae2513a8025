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
                new Sql("SELECT COUNT(*) FROM (SELECT 1 FROM streams WHERE ")
                        .add(side.column() + " = ? LIMIT ?) AS counted", side.value(), look + 1)
                        .on(handle)
                        .mapTo(Long.class)
                        .one()
                    <= look);
  }

  /** The last place that one page looks at; empty if the streams end before it. */
  private Optional<Long> horizon(Handle handle, StreamQuery query, List<Condition> along) {
    LongStream.Builder horizons = LongStream.builder();
    for (List<Condition> way : ways(along)) {
      String column = column(query.sort());
      Sql sql = new Sql("SELECT " + column + " FROM streams WHERE ");
      addRange(sql, query, way, column, Optional.empty());
      sql.add(order(query, column) + " LIMIT 1 OFFSET ?", look - 1);
      sql.on(handle).mapTo(Long.class).findOne().ifPresent(horizons::add);
    }
    LongStream found = horizons.build();
    return (query.ascending() ? found.min() : found.max()).stream().boxed().findFirst();
  }

  private List<StoredStream> read(
      Handle handle, StreamQuery query, List<Condition> along, Optional<Long> horizon) {
    String column = column(query.sort());
    // sorts the changes of a few streams; the "+ 0" keeps the database from using the other index
    String place = query.sort() == Sort.UPDATED && !along.isEmpty() ? column + " + 0" : column;
    Sql sql = new Sql(SqlStreamQueries.SELECT + " WHERE " + column + " IN (SELECT place FROM (");
    String union = "";
    for (List<Condition> way : ways(along)) {
      sql.add(union + "SELECT " + place + " AS place FROM streams WHERE ");
      addRange(sql, query, way, place, horizon);
      addNarrowing(sql, query, along);
      union = " UNION ";
    }
    sql.add(order(query, "place"))
        .add(" LIMIT ? OFFSET ?) AS found)", query.limit() + 1, query.offset());
    return SqlStreamQueries.rows(handle, sql.add(order(query, column))).list();
  }

  private static List<List<Condition>> ways(List<Condition> along) {
    return along.isEmpty() ? List.of(List.of()) : along.stream().map(List::of).toList();
  }

  private static void addRange(
      Sql sql, StreamQuery query, List<Condition> way, String place, Optional<Long> horizon) {
    way.forEach(condition -> sql.add(condition.column() + " = ? AND ", condition.value()));
    Optional<Long> from = query.cursor().map(Cursor::key);
    long after = query.ascending() ? from.orElse(0L) : horizon.map(last -> last - 1).orElse(0L);
    long before =
        query.ascending()
            ? horizon.map(last -> last + 1).orElse(Long.MAX_VALUE)
            : from.orElse(Long.MAX_VALUE);
    sql.add(place + " > ? AND ", after).add(place + " < ?", before);
  }

  /**
   * The conditions that this index does not cover, written so that no other index is used for them.
   */
  private static void addNarrowing(Sql sql, StreamQuery query, List<Condition> along) {
    for (Condition condition : conditions(query)) {
      if (!along.contains(condition)) {
        sql.add(" AND " + condition.column() + " || '' = ?", condition.value());
      }
    }
    query.party().ifPresent(party -> sql.add(" AND ? IN (sender, recipient)", party.strKey()));
  }

  private static String order(StreamQuery query, String by) {
    return " ORDER BY " + by + (query.ascending() ? " ASC" : " DESC");
  }
}
