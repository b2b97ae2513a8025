package io.flowfi.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.LogTotals;
import java.math.BigInteger;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Adds up everything, in pages that hold a connection for some milliseconds each. The streams are
 * gone through each time, because their amounts are text that no database sums; of the log only the
 * fees are read, along their index, and each of them once. One thread at a time.
 */
public final class TotalsReader {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 5_000;
  private static final long DAY = Duration.ofDays(1).toSeconds();
  private static final String FEE = EventType.STREAM_FEE_COLLECTED.wireName();

  private final Reads reads;
  private final Map<Address, BigInteger> fees = new HashMap<>();
  private long feesThrough;

  TotalsReader(Reads reads) {
    this.reads = reads;
  }

  /**
   * @param now Unix seconds
   * @throws LogUnavailableException if the store cannot be read
   */
  public LogTotals read(long now) {
    try {
      LogBounds bounds = reads.each(SqlEventLog::bounds);
      long head = bounds.head().value();
      long dayBegan =
          reads.each(
              handle ->
                  EventRow.lastUpTo(handle, bounds.oldest().value() - 1, head, now - DAY - 1));
      feesThrough = addFees(fees, feesThrough);
      Map<Address, BigInteger> ofTheDay = new HashMap<>();
      addFees(ofTheDay, dayBegan);
      Map<StreamStatus, Long> streams = new EnumMap<>(StreamStatus.class);
      BigInteger withdrawn = addStreams(streams);
      return new LogTotals(streams, withdrawn, fees, ofTheDay, head - dayBegan);
    } catch (JdbiException e) {
      throw new LogUnavailableException("the totals cannot be read", e);
    }
  }

  private record Fee(long position, String payload) {}

  private long addFees(Map<Address, BigInteger> sums, long after) {
    long through = after;
    List<Fee> page;
    do {
      long from = through;
      page = reads.each(handle -> fees(handle, from));
      for (Fee fee : page) {
        add(fee, sums);
        through = fee.position();
      }
    } while (page.size() == PAGE);
    return through;
  }

  private static List<Fee> fees(Handle handle, long after) {
    return new Sql("SELECT seq, payload FROM events WHERE type = ? AND seq > ?", FEE, after)
        .add(" ORDER BY seq LIMIT ?", PAGE)
        .on(handle)
        .map((row, context) -> new Fee(row.getLong("seq"), row.getString("payload")))
        .list();
  }

  private static void add(Fee fee, Map<Address, BigInteger> sums) {
    try {
      JsonNode payload = JSON.readTree(fee.payload());
      sums.merge(
          new Address(payload.path("token").asText()),
          new BigInteger(payload.path("feeAmount").asText()),
          BigInteger::add);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new LogUnavailableException("event " + fee.position() + " cannot be read", e);
    }
  }

  private record Row(long created, String status, String withdrawn) {}

  /** Each stream is met once, since the position of its creation never changes. */
  private BigInteger addStreams(Map<StreamStatus, Long> counts) {
    BigInteger sum = BigInteger.ZERO;
    long through = 0;
    List<Row> page;
    do {
      long after = through;
      page = reads.each(handle -> streams(handle, after));
      for (Row row : page) {
        counts.merge(StreamStatus.valueOf(row.status()), 1L, Long::sum);
        sum = sum.add(new BigInteger(row.withdrawn()));
        through = row.created();
      }
    } while (page.size() == PAGE);
    return sum;
  }

  private static List<Row> streams(Handle handle, long after) {
    return new Sql(
            "SELECT created_seq, status, withdrawn FROM streams WHERE created_seq > ?", after)
        .add(" ORDER BY created_seq LIMIT ?", PAGE)
        .on(handle)
        .map(
            (row, context) ->
                new Row(
                    row.getLong("created_seq"),
                    row.getString("status"),
                    row.getString("withdrawn")))
        .list();
  }
}
