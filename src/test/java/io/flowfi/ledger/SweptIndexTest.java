package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** The indexes of events follow the log from behind, and nobody who reads may notice. */
class SweptIndexTest {
  /** A sweep takes a batch for each index; a command makes two events at most. */
  private static final long MOST_WHILE_SWEEPING =
      2L * RandomHistory.AT_ONCE * EventRow.SWEEPS.size();

  private static final int SEED = 4_112;

  @TempDir Path directory;

  private SQLiteDataSource file() {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    return file;
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = file().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.getLong(1);
    }
  }

  /** Rows of the indexes against those of the log, by the database's own account. */
  private void assertIndexesHoldTheLogUpTo(long indexed) throws SQLException {
    for (String column : List.of("stream_id", "sender", "recipient", "type")) {
      String index = EventRow.indexOf(column);
      String both =
          "SELECT %1$s, seq FROM events WHERE seq <= %2$d AND %1$s IS NOT NULL %3$s SELECT %1$s, seq FROM %4$s";
      assertThat(
              number(
                  "SELECT COUNT(*) FROM ("
                      + both.formatted(column, indexed, "EXCEPT", index)
                      + ")"))
          .as("missing in %s", index)
          .isZero();
      // a sweep that is under way has come further with some
      assertThat(number("SELECT COUNT(*) FROM " + index + " WHERE seq <= " + indexed))
          .as("rows of %s", index)
          .isEqualTo(
              number(
                  "SELECT COUNT(*) FROM events WHERE seq <= %d AND %s IS NOT NULL"
                      .formatted(indexed, column)));
      assertThat(
              number(
                  "SELECT COUNT(*) FROM (SELECT %1$s, type, seq FROM %2$s EXCEPT SELECT %1$s, type, seq FROM events)"
                      .formatted(column, index)))
          .as("rows of %s that are not in the log", index)
          .isZero();
    }
  }

  private static void assertEverybodyFindsTheirs(LedgerStore store, List<LoggedEvent> log) {
    List<EventFilter> filters = new ArrayList<>();
    RandomHistory.USERS.forEach(
        user -> filters.add(new EventFilter(false, Set.of(), Set.of(user), Set.of())));
    Set<StreamId> streams = new TreeSet<>((a, b) -> Long.compare(a.bits(), b.bits()));
    log.forEach(event -> event.streamId().ifPresent(streams::add));
    streams.stream()
        .limit(5)
        .forEach(id -> filters.add(new EventFilter(false, Set.of(id), Set.of(), Set.of())));
    for (EventType type : EventType.values()) {
      filters.add(new EventFilter(true, Set.of(), Set.of(), Set.of(type)));
    }
    for (EventFilter filter : filters) {
      assertThat(store.log().read(LogPosition.BEGINNING, filter, 100_000).events())
          .as("%s", filter)
          .isEqualTo(log.stream().filter(filter::matches).toList());
    }
  }

  @Test
  void shouldSweepInTimeAndNeverShowIt() throws SQLException {
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      RandomHistory history = new RandomHistory(fixture, SEED);
      long sweeps = 0;
      long last = 0;
      while (sweeps < 3) {
        history.play(311);
        long indexed = number("SELECT indexed FROM log_head");
        long tail = history.log().size() - indexed;
        assertThat(tail).isBetween(0L, LedgerConnection.MOST_UNINDEXED + MOST_WHILE_SWEEPING);
        assertIndexesHoldTheLogUpTo(indexed);
        assertEverybodyFindsTheirs(fixture.store, history.log());
        sweeps += indexed > last ? 1 : 0;
        last = indexed;
      }
    }
  }

  @Test
  void shouldSweepAgainWhatTheWriterBeforeDidNotFinish() throws SQLException {
    List<LoggedEvent> log = new ArrayList<>();
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      RandomHistory history = new RandomHistory(fixture, SEED);
      while (number("SELECT COALESCE(MAX(seq), 0) FROM events_by_stream") == 0) {
        history.play(1);
      }
      log.addAll(history.log());
      assertThat(number("SELECT indexed FROM log_head")).isZero();
      assertThat(number("SELECT COUNT(*) FROM events_by_recipient")).isZero();
      assertEverybodyFindsTheirs(fixture.store, log);
    }
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      for (int i = 0; i < EventRow.SWEEPS.size(); i++) {
        assertThat(number("SELECT indexed FROM log_head")).isZero();
        fixture.run(LedgerFixture.create());
      }
      log.addAll(fixture.heard);
      long indexed = number("SELECT indexed FROM log_head");
      assertThat(indexed).isEqualTo(log.size() - EventRow.SWEEPS.size() + 1L);
      assertIndexesHoldTheLogUpTo(indexed);
      assertEverybodyFindsTheirs(fixture.store, log);
    }
  }

  /** The version before had indexes of its own, which each command wrote. */
  @Test
  void shouldTakeOverADatabaseOfTheVersionBefore(@TempDir Path elsewhere) throws SQLException {
    List<LoggedEvent> log;
    List<StreamRow> streams;
    try (LedgerFixture fixture = new LedgerFixture(elsewhere)) {
      RandomHistory history = new RandomHistory(fixture, SEED);
      history.play(4_000);
      log = history.log();
      streams = List.copyOf(history.streams());
    }
    assertThat(log).hasSizeGreaterThan(LedgerConnection.MOST_UNINDEXED);
    asTheVersionBefore(log, streams);

    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      assertIndexesHoldTheLogUpTo(log.size());
      assertThat(number("SELECT indexed FROM log_head")).isEqualTo(log.size());
      assertEverybodyFindsTheirs(fixture.store, log);
      fixture.run(LedgerFixture.create());
      assertThat(fixture.heard.get(0).position()).isEqualTo(new LogPosition(log.size() + 1L));
      List<LoggedEvent> all = new ArrayList<>(log);
      all.addAll(fixture.heard);
      assertEverybodyFindsTheirs(fixture.store, all);
    }
    assertThat(
            number(
                "SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events'"))
        .isZero();
  }

  private void asTheVersionBefore(List<LoggedEvent> log, List<StreamRow> streams)
      throws SQLException {
    Flyway.configure(SweptIndexTest.class.getClassLoader())
        .dataSource(file())
        .locations("classpath:db/migration/common")
        .placeholders(Map.of("text", "TEXT", "key", "INTEGER", "clustered", "WITHOUT ROWID"))
        .target("1")
        .load()
        .migrate();
    try (Connection connection = file().getConnection();
        PreparedStatement event = connection.prepareStatement(EventRow.INSERT);
        PreparedStatement stream = connection.prepareStatement(StreamRow.UPSERT);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (LoggedEvent logged : log) {
        EventRow.bind(event, logged);
        event.addBatch();
      }
      event.executeBatch();
      for (StreamRow row : streams) {
        row.bind(stream);
        stream.addBatch();
      }
      stream.executeBatch();
      statement.executeUpdate("UPDATE log_head SET seq = " + log.size());
      connection.commit();
    }
  }

  /** What the writer remembers of streams is true only as long as this is. */
  @Test
  void shouldLetNobodyElseWrite() throws SQLException {
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      fixture.run(LedgerFixture.create(Optional.of(new StreamId(7)), 1, 2));
      try (Connection connection = file().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout = 0");
        assertThatThrownBy(() -> statement.executeUpdate("UPDATE streams SET deposited = '5000'"))
            .hasMessageContaining("SQLITE_BUSY");
      }
    }
  }
}
