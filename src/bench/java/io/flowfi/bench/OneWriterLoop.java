package io.flowfi.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * Does what a command writes in a transaction of its own, one after the other, over one connection:
 * what a service does that has no group commit. It takes the next position, changes a stream, and
 * adds the event. Neither HTTP nor JSON nor checks.
 *
 * <p>It needs a database that a node has filled, and that no node uses any more.
 */
final class OneWriterLoop {
  private static final int WARM_UP = 1000;

  private final Connection connection;
  private final List<Long> streams = new ArrayList<>();
  private final PreparedStatement advance;
  private final PreparedStatement change;
  private final PreparedStatement add;
  private int next;

  private OneWriterLoop(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
    advance =
        connection.prepareStatement("UPDATE log_head SET seq = seq + 1 WHERE id = 1 RETURNING seq");
    change =
        connection.prepareStatement(
            "UPDATE streams SET version = version + 1, last_update_time = ?, updated_seq = ?"
                + " WHERE stream_id = ?");
    add =
        connection.prepareStatement(
            "INSERT INTO events (seq, type, stream_id, sender, recipient, event_time, payload)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)");
    try (Statement select = connection.createStatement();
        ResultSet rows = select.executeQuery("SELECT stream_id FROM streams")) {
      while (rows.next()) {
        streams.add(rows.getLong(1));
      }
    }
    takeSample();
    connection.commit();
  }

  /** All events are like the last one of the log. */
  private void takeSample() throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row =
            select.executeQuery(
                "SELECT type, sender, recipient, payload FROM events ORDER BY seq DESC LIMIT 1")) {
      if (!row.next()) {
        throw new SQLException("the log is empty");
      }
      add.setString(2, row.getString(1));
      add.setString(4, row.getString(2));
      add.setString(5, row.getString(3));
      add.setString(7, row.getString(4));
    }
  }

  static Measurement measure(PostgresServer server, double seconds) {
    try (Connection connection = server.connect()) {
      OneWriterLoop loop = new OneWriterLoop(connection);
      for (int i = 0; i < WARM_UP; i++) {
        loop.once();
      }
      Histogram times = Latency.histogram();
      final long start = System.nanoTime();
      long now = start;
      while (now - start < seconds * 1e9) {
        loop.once();
        long then = System.nanoTime();
        times.recordValue((then - now) / 1000);
        now = then;
      }
      return Measurement.of(16, PostgresCommandsStep.LOOP, PostgresCommandsStep.LOOP, 1)
          .with("commands_per_s", times.getTotalCount() * 1e9 / (now - start))
          .with(Latency.of(times));
    } catch (SQLException e) {
      throw new IllegalStateException("the loop of one writer: " + e.getMessage(), e);
    }
  }

  private void once() throws SQLException {
    long seq;
    try (ResultSet row = advance.executeQuery()) {
      row.next();
      seq = row.getLong(1);
    }
    long stream = streams.get(next++ % streams.size());
    long time = System.currentTimeMillis() / 1000;
    change.setLong(1, time);
    change.setLong(2, seq);
    change.setLong(3, stream);
    change.executeUpdate();
    add.setLong(1, seq);
    add.setLong(3, stream);
    add.setLong(6, time);
    add.executeUpdate();
    connection.commit();
  }
}
