package io.flowfi.ledger;

import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.ResultIterable;

/**
 * Reads the present state of streams. Calls block on the store.
 *
 * <p>Every method throws {@link LogUnavailableException} if the store cannot be read.
 */
public final class StreamQueries {
  private static final String SELECT = "SELECT " + StreamRow.COLUMNS + " FROM streams";

  private static final int LOOK = 5_000;

  private final Jdbi jdbi;
  private final StreamListing listing;
  private final AddressSummaries summaries = new AddressSummaries();

  StreamQueries(Jdbi jdbi) {
    this(jdbi, LOOK);
  }

  /**
   * @param look how many streams a page of a list looks at
   */
  StreamQueries(Jdbi jdbi, int look) {
    this.jdbi = jdbi;
    this.listing = new StreamListing(look);
  }

  public Optional<PaymentStream> find(StreamId id) {
    return reading(handle -> row(handle, id)).map(StreamRow::stream);
  }

  private static Optional<StreamRow> row(Handle handle, StreamId id) {
    return rows(handle, SELECT + " WHERE stream_id = ?", List.of(id.bits())).findFirst();
  }

  /**
   * A stream as it was at the end of a second; what it was created with, if that is earlier.
   *
   * @param at Unix seconds
   * @return empty if there is no such stream, or the log is no longer kept so far back
   */
  public Optional<PaymentStream> asOf(StreamId id, long at) {
    return inOneRead(
        handle -> row(handle, id).flatMap(present -> new StreamPast(handle, present).at(at)));
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
          Statements.bound(handle, sql, values)
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

  /**
   * Lists streams. A page may hold fewer than its limit, or none, though more follow: one page
   * looks at no more than {@value #LOOK} streams.
   *
   * @throws InvalidValueException if the offset leads further than that
   */
  public StreamPage page(StreamQuery query) {
    return inOneRead(handle -> listing.page(handle, query));
  }

  /**
   * Adds up the streams of an address, by token and status.
   *
   * @param at Unix seconds to compute the claimable amounts for
   */
  public AddressSummary summary(Address address, long at) {
    return inOneRead(handle -> summaries.summary(handle, address, at));
  }

  static ResultIterable<StreamRow> rows(Handle handle, String sql, List<?> values) {
    return Statements.bound(handle, sql, values)
        .setFetchSize(200)
        .map((row, context) -> StreamRow.read(row));
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
