package io.flowfi.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainChanges;
import io.flowfi.ledger.LedgerChanges;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSession;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.store.ReadUse;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The write-ahead log stays short, and reads and writes have memory of their own. */
class WriteAheadLogTest {
  private static final long BOUND = 64L << 20;
  private static final int BATCH_EVENTS = 64;
  private static final String PAYLOAD = "\"" + "x".repeat(60_000) + "\"";

  /** Three times as much as the file may grow to. */
  private static final int BATCHES = (int) (3 * BOUND / BATCH_EVENTS / PAYLOAD.length());

  @TempDir Path directory;
  private final CountDownLatch reading = new CountDownLatch(2);
  private volatile boolean written;

  @Test
  void shouldStayShortThoughReadersNeverPause() throws Exception {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> readWithoutPause(store));
      reading.await();
      Path wal = directory.resolve("flowfi.db-wal");
      long largest = 0;
      try (LedgerSession session = store.ledger().open()) {
        for (int batch = 0; batch < BATCHES; batch++) {
          long head = session.begin(Set.of(), Set.of()).head().value();
          List<LoggedEvent> events =
              LongStream.rangeClosed(head + 1, head + BATCH_EVENTS)
                  .mapToObj(WriteAheadLogTest::event)
                  .toList();
          session.commit(
              new LedgerChanges(
                  List.of(),
                  events,
                  List.of(),
                  1,
                  ChainChanges.NONE,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty()));
          largest = Math.max(largest, Files.size(wal));
        }
      } finally {
        written = true;
      }
      reader.join();
      assertThat(largest).isBetween(1L, BOUND);
    }
  }

  /** One read ends only after the next one has begun, so there is no moment without a read. */
  private void readWithoutPause(SqlStore store) {
    try (Connection one = StoreParts.readers(store, ReadUse.REQUESTS).getConnection();
        Connection other = StoreParts.readers(store, ReadUse.REQUESTS).getConnection()) {
      one.setAutoCommit(false);
      other.setAutoCommit(false);
      read(one);
      while (!written) {
        reading.countDown();
        read(other);
        one.rollback();
        read(one);
        other.rollback();
      }
      one.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT seq FROM log_head")) {
      assertThat(row.next()).isTrue();
    }
  }

  private static LoggedEvent event(long position) {
    return new LoggedEvent(
        new LogPosition(position),
        EventType.PROTOCOL_INITIALIZED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        LedgerFixture.START,
        PAYLOAD);
  }

  /** Beside the cutting by hand, which waits for a moment without a read. */
  @Test
  void shouldCutTheFileWhenItBeginsAgain() throws SQLException {
    try (SqlStore store = EmbeddedStore.open(directory);
        Connection writer = StoreParts.writer(store).getConnection()) {
      assertThat(pragma(writer, "journal_size_limit")).isBetween(1L, BOUND / 2);
    }
  }

  @Test
  void shouldKeepReadersSmallAndFromWriting() throws SQLException {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      try (Connection writer = StoreParts.writer(store).getConnection()) {
        assertThat(pragma(writer, "cache_size")).isEqualTo(-65_536);
        assertThat(pragma(writer, "query_only")).isZero();
      }
      for (ReadUse use : ReadUse.values()) {
        try (Connection reader = StoreParts.readers(store, use).getConnection()) {
          assertThat(pragma(reader, "cache_size")).as("%s", use).isBetween(-8192L, -4096L);
          assertThat(pragma(reader, "query_only")).as("%s", use).isEqualTo(1);
        }
      }
    }
  }

  private static long pragma(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA " + name)) {
      return row.getLong(1);
    }
  }
}
