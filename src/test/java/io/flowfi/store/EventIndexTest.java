package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StoredStream;
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

/** Every event is found by its stream, its parties and its type, in a new database and an old. */
class EventIndexTest {
  private static final int SEED = 4_112;

  @TempDir Path directory;

  private SQLiteDataSource file() {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    return file;
  }

  private List<String> indexesOfEvents() throws SQLException {
    try (Connection connection = file().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'events'")) {
      List<String> names = new ArrayList<>();
      while (rows.next()) {
        names.add(rows.getString(1));
      }
      return names;
    }
  }

  private static void assertEverybodyFindsTheirs(SqlStore store, List<LoggedEvent> log) {
    List<EventFilter> filters = new ArrayList<>();
    RandomHistory.USERS.forEach(
        user -> filters.add(new EventFilter(false, Set.of(), Set.of(user), Set.of())));
    Set<StreamId> streams = new TreeSet<>((a, b) -> Long.compare(a.bits(), b.bits()));
    log.forEach(event -> event.streamId().ifPresent(streams::add));
    streams.stream()
        .limit(5)
        .forEach(id -> filters.add(new EventFilter(false, Set.of(id), Set.of(), Set.of())));
    for (EventType type : EventType.known()) {
      filters.add(new EventFilter(true, Set.of(), Set.of(), Set.of(type)));
    }
    for (EventFilter filter : filters) {
      assertThat(store.log().read(LogPosition.BEGINNING, filter, 100_000).events())
          .as("%s", filter)
          .isEqualTo(log.stream().filter(filter::matches).toList());
    }
  }

  @Test
  void shouldFindEveryEventAtOnce() {
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      RandomHistory history = new RandomHistory(fixture, SEED);
      for (int i = 0; i < 3; i++) {
        history.play(311);
        assertEverybodyFindsTheirs(fixture.store, history.log());
      }
    }
  }

  /** Its indexes do not have the type. */
  @Test
  void shouldTakeOverADatabaseOfTheFirstVersion(@TempDir Path elsewhere) throws SQLException {
    List<LoggedEvent> log;
    List<StoredStream> streams;
    try (LedgerFixture fixture = new LedgerFixture(elsewhere)) {
      RandomHistory history = new RandomHistory(fixture, SEED);
      history.play(4_000);
      log = history.log();
      streams = List.copyOf(history.streams());
    }
    asOfTheFirstVersion(log, streams);

    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      assertEverybodyFindsTheirs(fixture.store, log);
      fixture.run(LedgerFixture.create());
      assertThat(fixture.heard.get(0).position()).isEqualTo(new LogPosition(log.size() + 1L));
      List<LoggedEvent> all = new ArrayList<>(log);
      all.addAll(fixture.heard);
      assertEverybodyFindsTheirs(fixture.store, all);
    }
    assertThat(indexesOfEvents())
        .containsExactlyInAnyOrder(
            "events_by_stream", "events_by_sender", "events_by_recipient", "events_by_type");
  }

  private void asOfTheFirstVersion(List<LoggedEvent> log, List<StoredStream> streams)
      throws SQLException {
    Flyway.configure(EventIndexTest.class.getClassLoader())
        .dataSource(file())
        .locations("classpath:db/migration/common")
        .placeholders(Map.of("text", "TEXT", "key", "INTEGER"))
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
      for (StoredStream row : streams) {
        StreamRow.bind(stream, row);
        stream.addBatch();
      }
      stream.executeBatch();
      statement.executeUpdate("UPDATE log_head SET seq = " + log.size());
      connection.commit();
    }
  }

  /** The writer's memory of streams depends on this. */
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
