package io.flowfi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.flywaydb.core.Flyway;

/**
 * A data folder with a log of any length, written straight into the database: three million
 * commands would take minutes. It has the first version of the schema, which every build migrates
 * when it starts.
 */
final class PreparedLog {
  /** Sender of every event. */
  static final String PAYER = SampleEvent.account();

  private static final String PAYEE = SampleEvent.account();
  private static final long START = 1_700_000_000L;
  private static final String FILE = "flowfi.db";

  private PreparedLog() {}

  /** Fills an empty folder. The events belong to this many streams in turns. */
  static void fill(Path folder, int events, int streams) {
    try {
      Files.createDirectories(folder);
      String url = "jdbc:sqlite:" + folder.resolve(FILE);
      Flyway.configure(PreparedLog.class.getClassLoader())
          .dataSource(url, null, null)
          .locations("classpath:db/migration/common")
          .placeholders(Map.of("text", "TEXT", "key", "INTEGER"))
          .target("1")
          .load()
          .migrate();
      try (Connection connection = DriverManager.getConnection(url)) {
        connection.setAutoCommit(false);
        insert(connection, events, streams);
        connection.commit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException("the log cannot be prepared", e);
    }
  }

  private static void insert(Connection connection, int events, int streams) throws SQLException {
    String payload = SampleEvent.json();
    try (Statement statement = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      for (int seq = 1; seq <= events; seq++) {
        insert.setInt(1, seq);
        insert.setString(2, type(seq));
        insert.setInt(3, 1 + seq % streams);
        insert.setString(4, PAYER);
        insert.setString(5, PAYEE);
        insert.setLong(6, START + seq / 100);
        insert.setString(7, payload);
        insert.addBatch();
        if (seq % 10_000 == 0) {
          insert.executeBatch();
        }
      }
      insert.executeBatch();
      statement.executeUpdate(
          "UPDATE log_head SET seq = " + events + ", next_stream_id = " + (streams + 1));
    }
  }

  /** One in twenty-five is a rare one. */
  private static String type(int seq) {
    return seq % 25 == 0
        ? "stream.cancelled"
        : seq % 3 == 0 ? "stream.topped_up" : "stream.withdrawn";
  }

  /** Another folder with the same log, as it was filled. */
  static void copy(Path from, Path to) {
    try {
      Files.createDirectories(to);
      Files.copy(from.resolve(FILE), to.resolve(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
