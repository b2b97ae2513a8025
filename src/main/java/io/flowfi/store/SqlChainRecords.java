package io.flowfi.store;

import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainRecords;
import io.flowfi.ledger.KnownFact;
import io.flowfi.ledger.PutAside;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.JdbiException;

/** What the tables know of the chain. */
final class SqlChainRecords implements ChainRecords {
  /** Written as the partial index is, so that it is used. */
  private static final String OPEN =
      SqlStreamQueries.SELECT + " WHERE verified IS NOT NULL AND status IN ('ACTIVE', 'PAUSED')";

  private final Reads reads;

  SqlChainRecords(Reads reads) {
    this.reads = reads;
  }

  @Override
  public Optional<ChainCursor> cursor() {
    return reading(
        handle ->
            new Sql(ChainRows.CURSOR)
                .on(handle)
                .map((row, context) -> ChainRows.cursor(row))
                .findOne());
  }

  @Override
  public Optional<ChainFault> fault() {
    return reading(
        handle ->
            new Sql(ChainRows.FAULT)
                .on(handle)
                .map((row, context) -> ChainRows.fault(row))
                .findOne());
  }

  @Override
  public Map<StreamId, PaymentStream> streams(Collection<StreamId> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    Sql sql = new Sql(SqlStreamQueries.SELECT + " WHERE stream_id IN ").addList(ids);
    return reading(handle -> SqlStreamQueries.rows(handle, sql).list()).stream()
        .map(StoredStream::stream)
        .collect(Collectors.toMap(PaymentStream::id, Function.identity()));
  }

  /**
   * The store compares ids as signed numbers: those from 2^63 on, which it takes for negative, come
   * after all others.
   */
  @Override
  public List<PaymentStream> openStreams(Optional<StreamId> after, int limit) {
    return reading(
        handle -> {
          long from = after.map(StreamId::bits).orElse(-1L);
          boolean small = after.isEmpty() || from >= 0;
          List<StoredStream> found =
              small
                  ? open(handle, "stream_id > ?", from, limit)
                  : open(handle, "stream_id > ? AND stream_id < 0", from, limit);
          if (small && found.size() < limit) {
            found.addAll(open(handle, "stream_id < ?", 0, limit - found.size()));
          }
          return found.stream().map(StoredStream::stream).toList();
        });
  }

  private static List<StoredStream> open(Handle handle, String range, long bound, int limit) {
    Sql sql = new Sql(OPEN + " AND " + range, bound).add(" ORDER BY stream_id LIMIT ?", limit);
    return SqlStreamQueries.rows(handle, sql).list();
  }

  @Override
  public ChainCounts counts() {
    try {
      return reads.ofOneState(
          handle -> {
            Map<String, Long> events = new TreeMap<>();
            new Sql("SELECT name, events FROM chain_event_counts")
                .on(handle)
                .map((row, context) -> events.put(row.getString("name"), row.getLong("events")))
                .list();
            return new ChainCounts(
                count(handle, "streams WHERE modelled = 0"),
                count(handle, "streams WHERE verified = 0"),
                count(handle, "chain_quarantine"),
                events);
          });
    } catch (JdbiException e) {
      throw unreadable(e);
    }
  }

  private static long count(Handle handle, String of) {
    return new Sql("SELECT COUNT(*) FROM " + of).on(handle).mapTo(Long.class).one();
  }

  @Override
  public List<PutAside> quarantined(int limit) {
    return reading(
        handle ->
            new Sql(ChainRows.QUARANTINED + " LIMIT ?", limit)
                .on(handle)
                .map((row, context) -> ChainRows.putAside(row))
                .list());
  }

  @Override
  public List<KnownFact> unknownEvents(String name, LogPosition after, int limit) {
    return reading(
        handle ->
            new Sql(
                    ChainRows.FACTS
                        + " WHERE raw IS NOT NULL AND name = ? AND seq > ? ORDER BY seq LIMIT ?",
                    name,
                    after.value(),
                    limit)
                .on(handle)
                .map((row, context) -> ChainRows.fact(row))
                .list());
  }

  private <T> T reading(HandleCallback<T, RuntimeException> read) {
    try {
      return reads.each(read);
    } catch (JdbiException e) {
      throw unreadable(e);
    }
  }

  private static LogUnavailableException unreadable(JdbiException e) {
    return new LogUnavailableException("what is known of the chain cannot be read", e);
  }
}
