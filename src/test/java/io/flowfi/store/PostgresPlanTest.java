package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a page of a busy address costs PostgreSQL: as much as the page, whatever the log holds. */
class PostgresPlanTest {
  private static final int SIZE = 40_000;
  private static final int PAGE = 50;

  @TempDir Path directory;

  @Test
  void shouldReadNoMoreThanAPageOfEachBranch() throws SQLException {
    try (SqlStore store = TestStore.POSTGRES.open(directory)) {
      SqlEventLogTest.fill(store, SIZE, Set.of());
      try (Connection connection = TestStore.POSTGRES.connect(directory);
          Statement statement = connection.createStatement()) {
        statement.execute("VACUUM ANALYZE events");
        Set<Address> both = Set.of(RandomHistory.USERS.get(0), RandomHistory.USERS.get(1));
        EventFilter filter = new EventFilter(false, Set.of(), both, Set.of());
        long before = readFromIndexes(statement);
        assertThat(store.replayLog().read(new LogPosition(10), filter, PAGE).events())
            .hasSize(PAGE);
        store.close(); // the server counts what a session has read when it ends
        await().until(() -> readFromIndexes(statement) > before);
        assertThat(readFromIndexes(statement) - before).isLessThan(SIZE / 10);
      }
    }
  }

  /** Strangers, who have no events, and two who have nearly all. */
  @Test
  void shouldReadForVeryManyAddressesLittleMoreThanThePage() throws SQLException {
    try (SqlStore store = TestStore.POSTGRES.open(directory)) {
      SqlEventLogTest.fill(store, SIZE, Set.of());
      try (Connection connection = TestStore.POSTGRES.connect(directory);
          Statement statement = connection.createStatement()) {
        statement.execute("VACUUM ANALYZE events");
        statement.execute("VACUUM ANALYZE streams");
        Set<Address> users = new HashSet<>(RandomHistory.USERS.subList(0, 2));
        for (int i = 100; users.size() < EventFilter.MAX_VALUES; i++) {
          users.add(LedgerFixture.account(i));
        }
        EventFilter filter = new EventFilter(false, Set.of(), users, Set.of());
        long before = readAtAll(statement);
        List<LoggedEvent> page = store.replayLog().read(new LogPosition(10), filter, PAGE).events();
        assertThat(page.stream().map(event -> event.position().value()))
            .isEqualTo(LongStream.rangeClosed(11, 10 + PAGE).boxed().toList());
        store.close();
        await().until(() -> readAtAll(statement) > before);
        assertThat(readAtAll(statement) - before).isLessThan(SIZE / 10);
      }
    }
  }

  private static long readAtAll(Statement statement) throws SQLException {
    statement.execute("SELECT pg_stat_clear_snapshot()");
    try (ResultSet row =
        statement.executeQuery(
            "SELECT seq_tup_read FROM pg_stat_user_tables WHERE relname = 'events'")) {
      row.next();
      return row.getLong(1) + readFromIndexes(statement);
    }
  }

  private static long readFromIndexes(Statement statement) throws SQLException {
    statement.execute("SELECT pg_stat_clear_snapshot()");
    try (ResultSet row =
        statement.executeQuery(
            "SELECT SUM(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'events'")) {
      row.next();
      return row.getLong(1);
    }
  }
}
