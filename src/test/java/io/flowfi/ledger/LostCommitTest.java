package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A connection to PostgreSQL that ends during a commit: the command is written once, or refused.
 */
class LostCommitTest {
  private static final TestStore KIND = TestStore.POSTGRES;

  @TempDir Path directory;
  private SqlStore store;

  /** What becomes of the next commits, one after the other. */
  private enum Fate {
    /** The server gets it, and the answer is lost. */
    KEPT,
    /** The server does not get it. */
    LOST,
    /**
     * Another server has taken over without it, and there a transaction of this name was committed.
     */
    ANOTHERS,
    /** The same, and it has written another event at this position. */
    ANOTHERS_EVENT
  }

  @BeforeEach
  void open() {
    store = KIND.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private interface Step {
    void run() throws SQLException;
  }

  private DataSource source(List<Fate> fates, Step beforeConnecting) {
    AtomicInteger commits = new AtomicInteger();
    return (DataSource)
        Proxy.newProxyInstance(
            LostCommitTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getConnection")) {
                beforeConnecting.run();
              }
              Object result = method.invoke(StoreParts.writer(store), arguments);
              return result instanceof Connection connection
                  ? losing(connection, fates, commits)
                  : result;
            });
  }

  private static Connection losing(Connection connection, List<Fate> fates, AtomicInteger commits) {
    return (Connection)
        Proxy.newProxyInstance(
            LostCommitTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              try {
                if (method.getName().equals("commit")) {
                  int commit = commits.getAndIncrement();
                  if (commit < fates.size()) {
                    if (fates.get(commit) == Fate.ANOTHERS) {
                      undo(connection);
                    }
                    if (fates.get(commit) == Fate.ANOTHERS_EVENT) {
                      change(connection);
                    }
                    if (fates.get(commit) != Fate.LOST) {
                      connection.commit();
                    }
                    connection.unwrap(Connection.class).abort(Runnable::run);
                    throw new SQLException("the connection broke", "08006");
                  }
                }
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void undo(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM events");
      statement.execute("DELETE FROM streams");
      statement.execute("UPDATE log_head SET seq = 0, next_stream_id = 1");
    }
  }

  private static void change(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("UPDATE events SET event_time = event_time + 1"))
          .isEqualTo(1);
    }
  }

  private List<LoggedEvent> log() {
    return store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 1000).events();
  }

  private LedgerFixture fixture(DataSource source) {
    return new LedgerFixture(store, source, LedgerSettings.DEFAULT, () -> {});
  }

  @Test
  void shouldAnswerWithWhatWasKept() {
    try (LedgerFixture fixture = fixture(source(List.of(Fate.KEPT), () -> {}))) {
      Receipt receipt = fixture.run(LedgerFixture.create());
      assertThat(receipt.events())
          .extracting(Receipt.Entry::position)
          .containsExactly(LogPosition.BEGINNING.next());
      assertThat(receipt.replayed()).isFalse();
      fixture.run(LedgerFixture.topUp(receipt.stream().id().bits(), 5, "x"));
      assertThat(log()).hasSize(2).isEqualTo(fixture.heard);
    }
  }

  @Test
  void shouldWriteAgainWhatWasNotKept() {
    try (LedgerFixture fixture = fixture(source(List.of(Fate.LOST, Fate.LOST), () -> {}))) {
      Receipt receipt = fixture.run(LedgerFixture.create());
      fixture.run(LedgerFixture.topUp(receipt.stream().id().bits(), 5, "x"));
      assertThat(log()).hasSize(2).isEqualTo(fixture.heard);
    }
  }

  /** The name of the transaction says nothing then, and the log does. */
  @Test
  void shouldWriteAgainWhatTheServerThatTookOverDoesNotHave() {
    try (LedgerFixture fixture = fixture(source(List.of(Fate.ANOTHERS), () -> {}))) {
      Receipt receipt = fixture.run(LedgerFixture.create());
      assertThat(receipt.stream().id().bits()).isEqualTo(1);
      assertThat(log()).hasSize(1).isEqualTo(fixture.heard);
      assertThat(store.streams().find(receipt.stream().id())).contains(receipt.stream());
    }
  }

  /** A position says nothing then. */
  @Test
  void shouldWriteAgainWhatTheServerThatTookOverHasAnotherEventFor() {
    try (LedgerFixture fixture = fixture(source(List.of(Fate.ANOTHERS_EVENT), () -> {}))) {
      Receipt receipt = fixture.run(LedgerFixture.create());
      assertThat(receipt.events())
          .extracting(Receipt.Entry::position)
          .containsExactly(new LogPosition(2));
      assertThat(fixture.heard).hasSize(1);
      assertThat(log()).hasSize(2).endsWith(fixture.heard.get(0));
    }
  }

  /** It has no event that could be looked for. */
  @Test
  void shouldRememberARejectionWhoseCommitWasLost() {
    CommandRequest early =
        new CommandRequest(
            LedgerFixture.topUp(1, 5, "x"),
            Optional.empty(),
            Optional.of(new IdempotencyKey("me", "key", "digest")));
    try (LedgerFixture fixture = fixture(source(List.of(Fate.LOST, Fate.KEPT), () -> {}))) {
      assertThatThrownBy(() -> fixture.run(early)).isInstanceOf(CommandRejectedException.class);
      fixture.run(LedgerFixture.create());
      assertThatThrownBy(() -> fixture.run(early))
          .as("the first answer, though there is a stream by now")
          .isInstanceOf(CommandRejectedException.class);
      assertThat(log()).hasSize(1);
    }
  }

  /** The event itself can no longer be found then. */
  @Test
  void shouldNotWriteAgainWhatWasRemovedMeanwhile() {
    AtomicInteger connections = new AtomicInteger();
    try (SqlStore other = KIND.open(directory);
        LedgerFixture elsewhere =
            new LedgerFixture(other, null, LedgerSettings.DEFAULT, () -> {})) {
      Step cut =
          () -> {
            if (connections.incrementAndGet() == 2) {
              elsewhere.run(LedgerFixture.create());
              elsewhere
                  .ledger
                  .submit(new Cut(new LogPosition(1), new LogPosition(1)))
                  .toCompletableFuture()
                  .join();
            }
          };
      try (LedgerFixture fixture = fixture(source(List.of(Fate.KEPT), cut))) {
        Receipt receipt = fixture.run(LedgerFixture.create());
        assertThat(receipt.stream().id().bits()).isEqualTo(1);
        assertThat(log()).extracting(LoggedEvent::position).containsExactly(new LogPosition(2));
      }
    }
  }

  /** Nobody can say then; the command is in the log, and a repetition would find its key. */
  @Test
  void shouldSayThatItIsUnknownWhileTheStoreIsAway() {
    AtomicBoolean away = new AtomicBoolean();
    DataSource source =
        source(
            List.of(Fate.KEPT),
            () -> {
              if (away.getAndSet(true)) {
                throw new SQLException("no connection", "08001");
              }
            });
    LedgerSettings settings =
        new LedgerSettings(
            8192, 512, Duration.ofSeconds(1), StreamNumbering.ALONE, LogPurpose.REAL);
    try (LedgerFixture fixture = new LedgerFixture(store, source, settings, () -> {})) {
      assertThatThrownBy(() -> fixture.run(LedgerFixture.create()))
          .isInstanceOf(LedgerException.Unavailable.class)
          .hasMessageContaining("may be recorded all the same");
      assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.FAILING);
      assertThat(log()).hasSize(1);
    }
  }
}
