package io.flowfi.store;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The layout of a logged event in the {@code events} table. */
final class EventRow {
  /**
   * The columns in the order of every statement; rows are read by name, as in {@link StreamRow}.
   */
  private enum Column {
    SEQ,
    TYPE,
    STREAM_ID,
    SENDER,
    RECIPIENT,
    EVENT_TIME,
    PAYLOAD;

    final int place = ordinal() + 1;
  }

  static final String COLUMNS = Columns.of(Column.values());
  static final String INSERT = "INSERT INTO events (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)";

  private EventRow() {}

  static LoggedEvent read(ResultSet row) throws SQLException {
    long streamId = row.getLong(Column.STREAM_ID.place);
    Optional<StreamId> stream =
        row.wasNull() ? Optional.empty() : Optional.of(new StreamId(streamId));
    return new LoggedEvent(
        new LogPosition(row.getLong(Column.SEQ.place)),
        EventType.named(row.getString(Column.TYPE.place)),
        stream,
        Optional.ofNullable(row.getString(Column.SENDER.place)).map(Address::new),
        Optional.ofNullable(row.getString(Column.RECIPIENT.place)).map(Address::new),
        row.getLong(Column.EVENT_TIME.place),
        row.getString(Column.PAYLOAD.place));
  }

  /**
   * The last position whose event the log had got by then. Positions and times rise together, so
   * the range is halved by its positions, with one look-up for each halving.
   *
   * @param low the answer if no event of the range is so old
   * @param high the last position of the range
   * @param time Unix seconds
   */
  static long lastUpTo(Handle handle, long low, long high, long time) {
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      if (timeOf(handle, middle) <= time) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private static long timeOf(Handle handle, long position) {
    return new Sql("SELECT event_time FROM events WHERE seq = ?", position)
        .on(handle)
        .mapTo(Long.class)
        .one();
  }

  static void bind(PreparedStatement insert, LoggedEvent event) throws SQLException {
    insert.setLong(1, event.position().value());
    insert.setString(2, event.type().wireName());
    if (event.streamId().isPresent()) {
      insert.setLong(3, event.streamId().get().bits());
    } else {
      insert.setNull(3, Types.BIGINT);
    }
    insert.setString(4, event.sender().map(Address::strKey).orElse(null));
    insert.setString(5, event.recipient().map(Address::strKey).orElse(null));
    insert.setLong(6, event.timestamp());
    insert.setString(7, event.payload());
  }
}
