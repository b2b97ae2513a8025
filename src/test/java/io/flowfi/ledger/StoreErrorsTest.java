package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import io.flowfi.store.sqlite.EmbeddedStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** An error of one command, a temporary one, and an outage: how each affects other commands. */
class StoreErrorsTest {
  private static final int TRIES = 3;

  @TempDir Path directory;
  private SqlStore store;

  @BeforeEach
  void open() {
    store = EmbeddedStore.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private interface Action {
    void run(Connection connection) throws SQLException;
  }

  /** The store's own connections, with something done as each is given out, or before a commit. */
  private DataSource source(Action given, Action beforeCommit) {
    return proxy(
        DataSource.class,
        StoreParts.writer(store),
        (name, behind) -> {
          Object result = behind.call();
          if (!(result instanceof Connection connection)) {
            return result;
          }
          given.run(connection);
          return proxy(
              Connection.class,
              connection,
              (method, call) -> {
                if (method.equals("commit")) {
                  beforeCommit.run(connection);
                }
                return call.call();
              });
        });
  }

  private interface Call {
    Object call() throws Throwable;
  }

  private interface Around {
    Object run(String method, Call call) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, T behind, Around around) {
    return type.cast(
        Proxy.newProxyInstance(
            StoreErrorsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                around.run(
                    method.getName(),
                    () -> {
                      try {
                        return method.invoke(behind, arguments);
                      } catch (InvocationTargetException e) {
                        throw e.getCause();
                      }
                    })));
  }

  private LedgerFixture fixture(DataSource source) {
    return new LedgerFixture(store, source, LedgerSettings.DEFAULT, () -> {});
  }

  private List<LoggedEvent> log() {
    return store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 1000).events();
  }

  @Test
  void shouldTryAgainWhatAnotherTransactionWasInTheWayOf() {
    AtomicInteger commits = new AtomicInteger();
    DataSource source =
        source(
            c -> {},
            c -> {
              if (commits.incrementAndGet() < TRIES) {
                throw new SQLException("could not serialize access", "40001");
              }
            });
    LedgerFixture fixture = fixture(source);
    Receipt receipt = fixture.run(LedgerFixture.create());
    assertThat(commits).hasValue(TRIES);
    assertThat(receipt.events().get(0).position()).isEqualTo(new LogPosition(1));
    assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.ACCEPTING);
    assertThat(log()).hasSize(1).isEqualTo(fixture.heard);
    fixture.ledger.close();
  }

  @Test
  void shouldNotTryForever() {
    AtomicInteger commits = new AtomicInteger();
    DataSource source =
        source(
            c -> {},
            c -> {
              if (commits.incrementAndGet() <= TRIES) {
                throw new SQLException("deadlock detected", "40P01");
              }
            });
    LedgerFixture fixture = fixture(source);
    assertThatThrownBy(() -> fixture.run(LedgerFixture.create()))
        .isInstanceOf(LedgerException.Unavailable.class);
    assertThat(commits).hasValue(TRIES);
    await().until(() -> fixture.ledger.state() == StreamLedger.State.ACCEPTING);
    fixture.run(LedgerFixture.create());
    assertThat(log()).hasSize(1).isEqualTo(fixture.heard);
    fixture.ledger.close();
  }

  /** It may have been committed: a second try could record the command twice. */
  @Test
  void shouldNotTryAgainInAnOutage() {
    AtomicInteger commits = new AtomicInteger();
    DataSource source =
        source(
            c -> {},
            c -> {
              if (commits.incrementAndGet() == 1) {
                throw new SQLException("connection reset", "08006");
              }
            });
    LedgerFixture fixture = fixture(source);
    assertThatThrownBy(() -> fixture.run(LedgerFixture.create()))
        .isInstanceOf(LedgerException.Unavailable.class);
    await().until(() -> fixture.ledger.state() == StreamLedger.State.ACCEPTING);
    assertThat(log()).isEmpty();
    fixture.ledger.close();
  }

  /** Another program holds SQLite's lock, and is done when the writer tries again. */
  @Test
  void shouldComeAgainToADatabaseThatIsBusy() throws SQLException {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    AtomicInteger given = new AtomicInteger();
    try (Connection other = file.getConnection();
        Statement lock = other.createStatement()) {
      lock.execute("BEGIN IMMEDIATE");
      DataSource source =
          source(
              c -> {
                try (Statement statement = c.createStatement()) {
                  statement.execute("PRAGMA busy_timeout = 0");
                }
                if (given.incrementAndGet() == TRIES) {
                  lock.execute("ROLLBACK");
                }
              },
              c -> {});
      LedgerFixture fixture = fixture(source);
      fixture.run(LedgerFixture.create());
      assertThat(given).hasValue(TRIES);
      assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.ACCEPTING);
      fixture.ledger.close();
    }
  }

  /** Here a trigger of the database refuses it. */
  @Test
  void shouldFailTheOneCommandThatTheStoreDoesNotTake() throws SQLException {
    try (Connection connection = StoreParts.writer(store).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TRIGGER refuse BEFORE INSERT ON events WHEN NEW.payload LIKE '%poison%'"
              + " BEGIN SELECT RAISE(ABORT, 'no such reference'); END");
    }
    CountDownLatch hold = new CountDownLatch(1);
    LedgerFixture fixture =
        new LedgerFixture(
            store,
            null,
            LedgerSettings.DEFAULT,
            () -> {
              try {
                hold.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    fixture.ledger.submit(CommandRequest.of(created(1, "first")));
    await().until(() -> !fixture.heard.isEmpty());
    List<CompletableFuture<Receipt>> together = new ArrayList<>();
    for (int id = 2; id <= 12; id++) {
      together.add(
          fixture
              .ledger
              .submit(CommandRequest.of(created(id, id == 7 ? "poison" : "x")))
              .toCompletableFuture());
    }
    hold.countDown();
    await().until(() -> together.stream().allMatch(CompletableFuture::isDone));
    assertThat(together.remove(5))
        .as("not Unavailable: the store works")
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCauseInstanceOf(IllegalStateException.class);
    assertThat(together).noneMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.ACCEPTING);
    assertThat(log()).isEqualTo(fixture.heard);
    assertThat(log())
        .extracting(event -> event.position().value())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 11).boxed().toList());
    fixture.ledger.close();
  }

  private static StreamCommand.Create created(long id, String reference) {
    StreamCommand.Create c = LedgerFixture.create(Optional.of(new StreamId(id)), 1, 2);
    return new StreamCommand.Create(
        c.target(),
        c.sender(),
        c.recipient(),
        c.token(),
        c.ratePerSecond(),
        c.deposit(),
        c.startTime(),
        Optional.of(new Reference(reference)));
  }
}
