package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.OptionalLong;

/** The layout of a stream in the {@code streams} table. */
final class StreamRow {
  static final String COLUMNS =
      "stream_id, sender, recipient, token, rate, deposited, withdrawn, start_time, last_update_time, status,"
          + " paused_at, total_paused, version, origin, created_seq, updated_seq";

  static final String UPSERT =
      "INSERT INTO streams ("
          + COLUMNS
          + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (stream_id) DO UPDATE SET deposited = excluded.deposited, withdrawn = excluded.withdrawn,"
          + " last_update_time = excluded.last_update_time, status = excluded.status, paused_at = excluded.paused_at,"
          + " total_paused = excluded.total_paused, version = excluded.version, updated_seq = excluded.updated_seq";

  private StreamRow() {}

  static StoredStream read(ResultSet row) throws SQLException {
    long pausedAt = row.getLong(11);
    boolean paused = !row.wasNull();
    PaymentStream stream =
        new PaymentStream(
            new StreamId(row.getLong(1)),
            new Address(row.getString(2)),
            new Address(row.getString(3)),
            new Address(row.getString(4)),
            amount(row.getString(5)),
            amount(row.getString(6)),
            amount(row.getString(7)),
            row.getLong(8),
            row.getLong(9),
            StreamStatus.valueOf(row.getString(10)),
            paused ? OptionalLong.of(pausedAt) : OptionalLong.empty(),
            row.getLong(12),
            row.getLong(13),
            Origin.valueOf(row.getString(14).toUpperCase(Locale.ROOT)));
    return new StoredStream(
        stream, new LogPosition(row.getLong(15)), new LogPosition(row.getLong(16)));
  }

  private static Amount amount(String text) {
    return new Amount(new BigInteger(text));
  }

  /** Binds a stream to {@link #UPSERT}. */
  static void bind(PreparedStatement upsert, StoredStream stored) throws SQLException {
    PaymentStream stream = stored.stream();
    upsert.setLong(1, stream.id().bits());
    upsert.setString(2, stream.sender().strKey());
    upsert.setString(3, stream.recipient().strKey());
    upsert.setString(4, stream.token().strKey());
    upsert.setString(5, stream.ratePerSecond().toString());
    upsert.setString(6, stream.deposited().toString());
    upsert.setString(7, stream.withdrawn().toString());
    upsert.setLong(8, stream.startTime());
    upsert.setLong(9, stream.lastUpdateTime());
    upsert.setString(10, stream.status().name());
    if (stream.pausedAt().isPresent()) {
      upsert.setLong(11, stream.pausedAt().getAsLong());
    } else {
      upsert.setNull(11, Types.BIGINT);
    }
    upsert.setLong(12, stream.totalPausedDuration());
    upsert.setLong(13, stream.version());
    upsert.setString(14, stream.origin().wireName());
    upsert.setLong(15, stored.created().value());
    upsert.setLong(16, stored.updated().value());
  }
}
