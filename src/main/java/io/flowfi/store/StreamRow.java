package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** The layout of a stream in the {@code streams} table. */
final class StreamRow {
  /**
   * The columns in the order of every statement. Rows are read by these names. Their places are
   * known in advance, so that the ledger and event streams need no look-up for each value.
   */
  private enum Column {
    STREAM_ID,
    SENDER,
    RECIPIENT,
    TOKEN,
    RATE,
    DEPOSITED,
    WITHDRAWN,
    START_TIME,
    LAST_UPDATE_TIME,
    STATUS,
    PAUSED_AT,
    TOTAL_PAUSED,
    VERSION,
    ORIGIN,
    CREATED_SEQ,
    UPDATED_SEQ,
    SENDER_TEXT,
    RECIPIENT_TEXT,
    ACCRUES_FROM,
    MODELLED,
    VERIFIED,
    AS_OF_LEDGER;

    final int place = ordinal() + 1;
  }

  static final String COLUMNS = Columns.of(Column.values());

  private static final String ON_CONFLICT =
      " ON CONFLICT (stream_id) DO UPDATE SET deposited = excluded.deposited, withdrawn = excluded.withdrawn,"
          + " last_update_time = excluded.last_update_time, status = excluded.status, paused_at = excluded.paused_at,"
          + " total_paused = excluded.total_paused, version = excluded.version, updated_seq = excluded.updated_seq";

  /** Of a command: the columns of the chain stay null. */
  static final String UPSERT =
      "INSERT INTO streams ("
          + Columns.of(Arrays.copyOf(Column.values(), Column.UPDATED_SEQ.place))
          + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + ON_CONFLICT;

  /** Of the chain. */
  static final String UPSERT_ON_CHAIN =
      "INSERT INTO streams ("
          + COLUMNS
          + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + ON_CONFLICT
          + ", token = excluded.token, rate = excluded.rate, start_time = excluded.start_time,"
          + " accrues_from = excluded.accrues_from, modelled = excluded.modelled,"
          + " verified = excluded.verified, as_of_ledger = excluded.as_of_ledger";

  private StreamRow() {}

  static StoredStream read(ResultSet row) throws SQLException {
    long pausedAt = row.getLong(Column.PAUSED_AT.place);
    boolean paused = !row.wasNull();
    PaymentStream stream =
        new PaymentStream(
            new StreamId(row.getLong(Column.STREAM_ID.place)),
            party(row, Column.SENDER_TEXT, Column.SENDER),
            party(row, Column.RECIPIENT_TEXT, Column.RECIPIENT),
            new Address(row.getString(Column.TOKEN.place)),
            amount(row.getString(Column.RATE.place)),
            amount(row.getString(Column.DEPOSITED.place)),
            amount(row.getString(Column.WITHDRAWN.place)),
            row.getLong(Column.START_TIME.place),
            row.getLong(Column.LAST_UPDATE_TIME.place),
            StreamStatus.valueOf(row.getString(Column.STATUS.place)),
            paused ? OptionalLong.of(pausedAt) : OptionalLong.empty(),
            row.getLong(Column.TOTAL_PAUSED.place),
            row.getLong(Column.VERSION.place),
            Origin.valueOf(row.getString(Column.ORIGIN.place).toUpperCase(Locale.ROOT)),
            onChain(row));
    return new StoredStream(
        stream,
        new LogPosition(row.getLong(Column.CREATED_SEQ.place)),
        new LogPosition(row.getLong(Column.UPDATED_SEQ.place)));
  }

  /** A muxed address has a text of its own beside that of its base. */
  private static Address party(ResultSet row, Column text, Column key) throws SQLException {
    String own = row.getString(text.place);
    return new Address(own == null ? row.getString(key.place) : own);
  }

  private static Optional<OnChain> onChain(ResultSet row) throws SQLException {
    long accruesFrom = row.getLong(Column.ACCRUES_FROM.place);
    return row.wasNull()
        ? Optional.empty()
        : Optional.of(
            new OnChain(
                accruesFrom,
                row.getInt(Column.MODELLED.place) != 0,
                row.getInt(Column.VERIFIED.place) != 0,
                row.getLong(Column.AS_OF_LEDGER.place)));
  }

  private static Amount amount(String text) {
    return new Amount(new BigInteger(text));
  }

  /** Binds a stream to {@link #UPSERT}. */
  static void bind(PreparedStatement upsert, StoredStream stored) throws SQLException {
    PaymentStream stream = stored.stream();
    upsert.setLong(1, stream.id().bits());
    upsert.setString(2, stream.sender().key().strKey());
    upsert.setString(3, stream.recipient().key().strKey());
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

  /** Binds a stream to {@link #UPSERT_ON_CHAIN}. */
  static void bindOnChain(PreparedStatement upsert, StoredStream stored) throws SQLException {
    bind(upsert, stored);
    OnChain chain = stored.stream().onChain().orElseThrow();
    upsert.setString(Column.SENDER_TEXT.place, textBesideKey(stored.stream().sender()));
    upsert.setString(Column.RECIPIENT_TEXT.place, textBesideKey(stored.stream().recipient()));
    upsert.setLong(Column.ACCRUES_FROM.place, chain.accruesFrom());
    upsert.setInt(Column.MODELLED.place, chain.modelled() ? 1 : 0);
    upsert.setInt(Column.VERIFIED.place, chain.verified() ? 1 : 0);
    upsert.setLong(Column.AS_OF_LEDGER.place, chain.asOfLedger());
  }

  private static String textBesideKey(Address party) {
    return party.key().equals(party) ? null : party.strKey();
  }
}
