package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.Address;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.query.AddressSummary;
import io.flowfi.query.StreamPage;
import io.flowfi.query.StreamParties;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.result.ResultIterable;

/** The present state of streams as the {@code streams} table holds it. */
final class SqlStreamQueries implements StreamQueries {
  static final String SELECT = "SELECT " + StreamRow.COLUMNS + " FROM streams";

  /** How many streams a page of a list looks at. */
  private static final int LOOK = 5_000;

  private final Reads reads;
  private final StreamListing listing;
  private final AddressSummaries summaries;

  SqlStreamQueries(Reads reads) {
    this(reads, LOOK);
  }

  /**
   * @param look how many streams a page of a list looks at
   */
  SqlStreamQueries(Reads reads, int look) {
    this.reads = reads;
    this.listing = new StreamListing(look);
    this.summaries = new AddressSummaries(reads);
  }

  @Override
  public Optional<PaymentStream> find(StreamId id) {
    return reading(handle -> row(handle, id)).map(StoredStream::stream);
  }

  private static Optional<StoredStream> row(Handle handle, StreamId id) {
    return rows(handle, new Sql(SELECT + " WHERE stream_id = ?", id.bits())).findFirst();
  }

  @Override
  public Optional<PaymentStream> asOf(StreamId id, long at) {
    return inOneRead(
        handle -> row(handle, id).flatMap(present -> new StreamPast(handle, present).at(at)));
  }

  @Override
  public Map<StreamId, StreamParties> parties(Set<StreamId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Sql sql =
        new Sql("SELECT stream_id, sender, recipient, origin FROM streams WHERE stream_id IN ")
            .addList(ids);
    Map<StreamId, StreamParties> parties = new HashMap<>();
    reading(
        handle -> {
          sql.on(handle)
              .map(
                  (row, context) ->
                      parties.put(
                          new StreamId(row.getLong("stream_id")),
                          new StreamParties(
                              new Address(row.getString("sender")),
                              new Address(row.getString("recipient")),
                              row.getString("origin").equals(Origin.CHAIN.wireName()))))
              .list();
          return null;
        });
    return parties;
  }

  @Override
  public StreamPage page(StreamQuery query) {
    return inOneRead(handle -> listing.page(handle, query));
  }

  @Override
  public AddressSummary summary(Address address, long at) {
    return readable(() -> summaries.summary(address, at));
  }

  static ResultIterable<StoredStream> rows(Handle handle, Sql sql) {
    return sql.on(handle).setFetchSize(200).map((row, context) -> StreamRow.read(row));
  }

  private <T> T reading(HandleCallback<T, RuntimeException> read) {
    return readable(() -> reads.each(read));
  }

  private <T> T inOneRead(HandleCallback<T, RuntimeException> read) {
    return readable(() -> reads.ofOneState(read));
  }

  private static <T> T readable(Supplier<T> read) {
    try {
      return read.get();
    } catch (JdbiException e) {
      throw new LogUnavailableException("the streams cannot be read", e);
    }
  }
}
