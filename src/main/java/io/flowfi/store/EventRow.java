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

/** The layout of a logged event in the {@code events} table. */
final class EventRow {
  static final String COLUMNS = "seq, type, stream_id, sender, recipient, event_time, payload";
  static final String INSERT = "INSERT INTO events (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)";

  private EventRow() {}

  static LoggedEvent read(ResultSet row) throws SQLException {
    long streamId = row.getLong(3);
    Optional<StreamId> stream =
        row.wasNull() ? Optional.empty() : Optional.of(new StreamId(streamId));
    return new LoggedEvent(
        new LogPosition(row.getLong(1)),
        EventType.named(row.getString(2)),
        stream,
        Optional.ofNullable(row.getString(4)).map(Address::new),
        Optional.ofNullable(row.getString(5)).map(Address::new),
        row.getLong(6),
        row.getString(7));
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
