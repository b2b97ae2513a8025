package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.logs.LoggedLines;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import io.flowfi.store.sqlite.EmbeddedStore;
import io.flowfi.threads.RepeatedTask;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/**
 * What happens when the store or the ledger cannot go on: clear refusals, and nothing acknowledged
 * is lost.
 */
class LedgerFailureTest {
  @TempDir Path directory;

  private static StreamCommand.Create large(int i) {
    StreamCommand.Create c = LedgerFixture.create();
    return new StreamCommand.Create(
        c.target(),
        c.sender(),
        c.recipient(),
        c.token(),
        c.ratePerSecond(),
        c.deposit(),
        c.startTime(),
        Optional.of(new Reference("disk-full-" + i + "-" + "x".repeat(40))));
  }

  /** The store's own source, with every connection passed through {@code change}. */
  private static DataSource changed(SqlStore store, Function<Connection, Connection> change) {
    return (DataSource)
        Proxy.newProxyInstance(
            LedgerFailureTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(StoreParts.writer(store), arguments);
              return result instanceof Connection connection ? change.apply(connection) : result;
            });
  }

  private static Connection executed(String sql, Connection connection) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldFailCommandsOnAFullDiskLoseNothingAcknowledgedAndRecover() {
    AtomicLong pages = new AtomicLong(200);
    try (SqlStore store = EmbeddedStore.open(directory)) {
      DataSource disk =
          changed(
              store, connection -> executed("PRAGMA max_page_count = " + pages.get(), connection));
      LedgerFixture fixture = new LedgerFixture(store, disk, LedgerSettings.DEFAULT, () -> {});
      List<LogPosition> acknowledged = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  acknowledged.add(fixture.run(large(i)).events().get(0).position());
                }
              })
          .isInstanceOf(LedgerException.Unavailable.class);
      assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.FAILING);
      assertThatThrownBy(() -> fixture.run(large(0)))
          .isInstanceOf(LedgerException.Unavailable.class);
      assertThat(acknowledged).isNotEmpty();

      pages.set(1_000_000);
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> fixture.ledger.state() == StreamLedger.State.ACCEPTING);
      LogPosition next = fixture.run(large(1)).events().get(0).position();

      assertThat(next.value()).isEqualTo(acknowledged.size() + 1L);
      assertThat(fixture.heard.stream().map(e -> e.position()))
          .startsWith(acknowledged.toArray(LogPosition[]::new))
          .endsWith(next);
      assertThat(store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000).events())
          .isEqualTo(fixture.heard);
      fixture.ledger.close();
    }
  }

  /** An exception here would end the writer while it recovers from a failure. */
  @Test
  void shouldCloseAConnectionWithoutAnExceptionAndNeverGetItAgain() throws SQLException {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      Set<Connection> given = Collections.newSetFromMap(new IdentityHashMap<>());
      for (int i = 0; i < 50; i++) {
        DataSource source = changed(store, c -> physical(c, given));
        try (LedgerSession session = StoreParts.ledger(store, source).open()) {
          session.begin(Set.of(), Set.of());
        }
      }
      assertThat(given).hasSize(50);
    }
  }

  /**
   * It would hold the writer's only connection, or return with a transaction that it never began.
   */
  @Test
  void shouldGiveUpAConnectionThatCannotBegin() throws SQLException {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    try (SqlStore store = EmbeddedStore.open(directory)) {
      Set<Connection> given = Collections.newSetFromMap(new IdentityHashMap<>());
      DataSource source =
          changed(store, c -> executed("PRAGMA busy_timeout = 0", physical(c, given)));
      try (Connection other = file.getConnection()) {
        executed("BEGIN IMMEDIATE", other);
        for (int i = 1; i <= 3; i++) {
          assertThatThrownBy(StoreParts.ledger(store, source)::open)
              .isInstanceOf(StoreException.class)
              .hasStackTraceContaining("SQLITE_BUSY");
          assertThat(given).hasSize(i);
        }
        executed("ROLLBACK", other);
      }
      try (LedgerSession session = StoreParts.ledger(store, source).open()) {
        assertThat(session.begin(Set.of(), Set.of()).head()).isEqualTo(LogPosition.BEGINNING);
        session.commit(
            new LedgerChanges(
                List.of(),
                List.of(),
                List.of(),
                1,
                ChainChanges.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
      }
    }
  }

  private static Connection physical(Connection connection, Set<Connection> given) {
    try {
      given.add(connection.unwrap(SQLiteConnection.class));
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The commit reaches the disk, but its answer does not reach us. */
  @Test
  void shouldTellOfEventsWhoseCommitWasNotAnswered() {
    AtomicBoolean loseAnswer = new AtomicBoolean();
    try (SqlStore store = EmbeddedStore.open(directory)) {
      AfterCommit forget =
          () -> {
            if (loseAnswer.compareAndSet(true, false)) {
              throw new SQLException("the connection was reset");
            }
          };
      DataSource source = changed(store, connection -> observed(connection, forget));
      LedgerFixture fixture = new LedgerFixture(store, source, LedgerSettings.DEFAULT, () -> {});
      fixture.run(LedgerFixture.create());
      loseAnswer.set(true);
      assertThatThrownBy(() -> fixture.run(LedgerFixture.create()))
          .isInstanceOf(LedgerException.Unavailable.class);
      await().atMost(Duration.ofSeconds(10)).until(() -> fixture.rings.get() > 0);
      assertThat(fixture.run(LedgerFixture.create()).events().get(0).position())
          .isEqualTo(new LogPosition(3));
      fixture.ledger.close();
    }
  }

  private interface AfterCommit {
    void run() throws SQLException;
  }

  private static Connection observed(Connection connection, AfterCommit action) {
    return (Connection)
        Proxy.newProxyInstance(
            LedgerFailureTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(connection, arguments);
                if (method.getName().equals("commit")) {
                  action.run();
                }
                return result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void shouldRefuseCommandsBeyondItsQueueAndTakeThemAgainLater() {
    CountDownLatch hold = new CountDownLatch(1);
    try (SqlStore store = EmbeddedStore.open(directory)) {
      LedgerFixture fixture =
          new LedgerFixture(
              store,
              null,
              new LedgerSettings(
                  4, 2, Duration.ofMinutes(1), StreamNumbering.ALONE, LogPurpose.REAL),
              () -> awaitQuietly(hold));
      CompletableFuture<Receipt> first = submit(fixture);
      await().until(() -> !fixture.heard.isEmpty());
      List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        waiting.add(submit(fixture));
      }
      assertThat(submit(fixture))
          .isCompletedExceptionally()
          .failsWithin(Duration.ZERO)
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .withCauseInstanceOf(LedgerException.Busy.class);
      hold.countDown();
      first.join();
      waiting.forEach(CompletableFuture::join);
      fixture.run(LedgerFixture.create());
      assertThat(fixture.heard).hasSize(6);
      fixture.ledger.close();
    }
  }

  @Test
  void shouldCommitTogetherWhatHasWaitedTogether() {
    CountDownLatch hold = new CountDownLatch(1);
    AtomicLong commits = new AtomicLong();
    try (SqlStore store = EmbeddedStore.open(directory)) {
      DataSource source =
          changed(store, connection -> observed(connection, commits::incrementAndGet));
      LedgerFixture fixture =
          new LedgerFixture(store, source, LedgerSettings.DEFAULT, () -> awaitQuietly(hold));
      CompletableFuture<Receipt> first = submit(fixture);
      await().until(() -> !fixture.heard.isEmpty());
      long before = commits.get();
      List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        waiting.add(submit(fixture));
      }
      hold.countDown();
      first.join();
      waiting.forEach(CompletableFuture::join);
      assertThat(commits.get() - before).isBetween(1L, 4L);
      fixture.ledger.close();
    }
  }

  private static CompletableFuture<Receipt> submit(LedgerFixture fixture) {
    return fixture.ledger.submit(CommandRequest.of(LedgerFixture.create())).toCompletableFuture();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldWriteWhatWaitsWhenItClosesAndRefuseWhatComesLater() {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      LedgerFixture fixture = new LedgerFixture(store, null, LedgerSettings.DEFAULT, () -> {});
      List<CompletableFuture<Receipt>> answers = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        answers.add(submit(fixture));
      }
      fixture.ledger.close();
      assertThat(answers).allMatch(answer -> answer.isDone() && !answer.isCompletedExceptionally());
      assertThat(store.log().bounds().head()).isEqualTo(new LogPosition(500));
      assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.CLOSED);
      assertThatThrownBy(() -> fixture.run(LedgerFixture.create()))
          .isInstanceOf(LedgerException.Busy.class);
    }
  }

  /** A disk that hangs must not hold back the closing of everything else. */
  @Test
  void shouldNotWaitForeverForAStoreThatHangsAndStillGiveItsAnswerThen() {
    CountDownLatch disk = new CountDownLatch(1);
    try (SqlStore store = EmbeddedStore.open(directory)) {
      DataSource source = changed(store, connection -> hanging(connection, disk));
      LedgerFixture fixture = new LedgerFixture(store, source, LedgerSettings.DEFAULT, () -> {});
      CompletableFuture<Receipt> first = submit(fixture);
      await().until(() -> fixture.ledger.waiting() == 0);
      CompletableFuture<Receipt> second = submit(fixture);

      long begin = System.nanoTime();
      fixture.ledger.close(Duration.ofMillis(200));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
      assertThat(first).isNotDone();
      assertThat(submit(fixture)).isCompletedExceptionally();
      assertThat(fixture.ledger.hasWrittenAll()).isFalse();

      disk.countDown();
      assertThat(first.join().events()).hasSize(1);
      assertThat(second.join().events()).hasSize(1);
      await().until(fixture.ledger::hasWrittenAll);
      assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.CLOSED);
      assertThat(store.log().bounds().head()).isEqualTo(new LogPosition(2));
    }
  }

  /** Another server in the directory would write at the same time, and overwrite its rows. */
  @Test
  void shouldKeepTheDirectoryWhileAWriteThatHangsIsStillInside() {
    CountDownLatch disk = new CountDownLatch(1);
    SqlStore store = EmbeddedStore.open(directory);
    DataSource source = changed(store, connection -> hanging(connection, disk));
    LedgerFixture fixture = new LedgerFixture(store, source, LedgerSettings.DEFAULT, () -> {});
    CompletableFuture<Receipt> hangs = submit(fixture);
    await().until(() -> fixture.ledger.waiting() == 0);

    fixture.ledger.close(Duration.ofMillis(200));
    store.close();
    assertThatThrownBy(() -> EmbeddedStore.open(directory)).hasMessageContaining("in use");

    disk.countDown();
    assertThat(hangs.join().events()).hasSize(1);
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              try (SqlStore next = EmbeddedStore.open(directory)) {
                assertThat(next.log().bounds().head()).isEqualTo(new LogPosition(1));
              }
            });
  }

  @Test
  void shouldCountACommandOnceHoweverLongTheStoreHangs() {
    CountDownLatch disk = new CountDownLatch(1);
    LedgerSettings impatient =
        new LedgerSettings(10, 10, Duration.ofMillis(50), StreamNumbering.ALONE, LogPurpose.REAL);
    try (SqlStore store = EmbeddedStore.open(directory)) {
      DataSource source = changed(store, connection -> hanging(connection, disk));
      try (LedgerFixture fixture = new LedgerFixture(store, source, impatient, () -> {})) {
        assertThat(submit(fixture)).failsWithin(Duration.ofSeconds(20));
        // the watch looks every 50 ms
        await()
            .during(Duration.ofMillis(500))
            .untilAsserted(() -> assertThat(fixture.ledger.statistics().failed()).isEqualTo(1));
        disk.countDown();
      }
    }
  }

  @Test
  void shouldAnswerForAStoreThatHangsAndGoOnWhenItDoes() {
    CountDownLatch disk = new CountDownLatch(1);
    // long enough for the writes when the disk is back, on a busy machine
    LedgerSettings impatient =
        new LedgerSettings(10, 10, Duration.ofSeconds(3), StreamNumbering.ALONE, LogPurpose.REAL);
    try (SqlStore store = EmbeddedStore.open(directory)) {
      DataSource source = changed(store, connection -> hanging(connection, disk));
      try (LedgerFixture fixture = new LedgerFixture(store, source, impatient, () -> {})) {
        IdempotencyKey key = new IdempotencyKey("alice", "k-1", "digest");
        CommandRequest request =
            new CommandRequest(LedgerFixture.create(), Optional.empty(), Optional.of(key));
        CompletableFuture<Receipt> first = fixture.ledger.submit(request).toCompletableFuture();
        await().until(() -> fixture.ledger.waiting() == 0);
        CompletableFuture<Receipt> second = submit(fixture);

        assertThat(first)
            .failsWithin(Duration.ofSeconds(20))
            .withThrowableOfType(java.util.concurrent.ExecutionException.class)
            .withCauseInstanceOf(LedgerException.Unavailable.class)
            .withMessageContaining("same Idempotency-Key");
        assertThat(second)
            .failsWithin(Duration.ofSeconds(20))
            .withThrowableOfType(java.util.concurrent.ExecutionException.class)
            .withCauseInstanceOf(LedgerException.Unavailable.class);
        assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.FAILING);
        assertThat(submit(fixture)).isCompletedExceptionally();
        assertThat(fixture.heard).isEmpty();

        disk.countDown();
        await().until(() -> fixture.ledger.state() == StreamLedger.State.ACCEPTING);
        assertThat(fixture.heard).as("what was written is told").hasSize(1);
        assertThat(fixture.run(request).replayed()).isTrue();
        assertThat(store.log().bounds().head()).isEqualTo(new LogPosition(1));
      }
    }
  }

  /** The watch would never look again, and the command would wait as long as the store. */
  @Test
  void shouldFailCommandsOfAStoreThatHangsThoughALookAtItFails() {
    CountDownLatch disk = new CountDownLatch(1);
    LedgerSettings impatient =
        new LedgerSettings(10, 10, Duration.ofMillis(50), StreamNumbering.ALONE, LogPurpose.REAL);
    Logger logger = Logger.getLogger(StreamLedger.class.getName());
    Handler full = new FullOnce();
    logger.addHandler(full);
    try (SqlStore store = EmbeddedStore.open(directory);
        LoggedLines log = LoggedLines.of(RepeatedTask.class)) {
      DataSource source = changed(store, connection -> hanging(connection, disk));
      try (LedgerFixture fixture = new LedgerFixture(store, source, impatient, () -> {})) {
        assertThat(submit(fixture)).failsWithin(Duration.ofSeconds(20));
        assertThat(log.lines()).contains("SEVERE the ledger's watch has failed and is tried again");
        await().untilAsserted(() -> assertThat(fixture.ledger.degraded()).isEmpty());
        disk.countDown();
      }
    } finally {
      logger.removeHandler(full);
    }
  }

  /** Fails with the first line. */
  private static final class FullOnce extends Handler {
    private boolean wasFull;

    @Override
    public void publish(LogRecord line) {
      if (!wasFull) {
        wasFull = true;
        throw new LinkageError("a class is missing");
      }
    }

    @Override
    public void flush() {
      // nothing is kept
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  private static Connection hanging(Connection connection, CountDownLatch until) {
    return (Connection)
        Proxy.newProxyInstance(
            LedgerFailureTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                awaitQuietly(until);
              }
              return method.invoke(connection, arguments);
            });
  }

  /** Only a power cut would show it: after a kill the kernel still has the written data. */
  @Test
  void shouldSyncEveryCommitToTheDisk() throws SQLException {
    try (SqlStore store = EmbeddedStore.open(directory);
        Connection connection = StoreParts.writer(store).getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(pragma(statement, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(statement, "synchronous")).as("2 is FULL").isEqualTo("2");
    }
  }

  private static String pragma(Statement statement, String name) throws SQLException {
    try (ResultSet row = statement.executeQuery("PRAGMA " + name)) {
      return row.getString(1);
    }
  }

  @Test
  void shouldSayThatACommandMayBeRecordedIfTheWriterDiesWithIt() {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      LedgerFixture fixture =
          new LedgerFixture(
              store,
              null,
              LedgerSettings.DEFAULT,
              () -> {
                throw new LinkageError("a class is missing");
              });
      assertThatThrownBy(() -> fixture.run(LedgerFixture.create()))
          .isInstanceOf(LedgerException.Unavailable.class)
          .hasMessageContaining("may be recorded");
      await().until(fixture.ledger::isBroken);
      assertThat(fixture.ledger.hasWrittenAll()).isFalse();
      assertThat(store.log().bounds().head()).isEqualTo(new LogPosition(1));
      fixture.ledger.close();
    }
  }

  @Test
  void shouldAnswerThoughTheListenerFails() {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      LedgerFixture fixture =
          new LedgerFixture(
              store,
              null,
              LedgerSettings.DEFAULT,
              () -> {
                throw new IllegalStateException("a defect behind the listener");
              });
      fixture.run(LedgerFixture.create());
      fixture.run(LedgerFixture.create());
      assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.ACCEPTING);
      fixture.ledger.close();
    }
  }

  @Test
  void shouldRefuseADirectoryInUse() {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      assertThat(store.isReadable(1)).isTrue();
      assertThatThrownBy(() -> EmbeddedStore.open(directory))
          .hasMessageContaining("FLOWFI_DATA_DIR")
          .hasMessageContaining("in use");
    }
    EmbeddedStore.open(directory).close();
  }

  @Test
  void shouldUseTheStoresOwnPool() {
    try (SqlStore store = EmbeddedStore.open(directory)) {
      assertThat(((HikariDataSource) StoreParts.writer(store)).getMaximumPoolSize()).isEqualTo(1);
    }
  }
}
