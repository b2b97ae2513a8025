package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.TestAddresses;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that write to one log in PostgreSQL. */
class SharedLogTest {
  private static final TestStore KIND = TestStore.POSTGRES;
  private static final Executor STARTS = task -> new Thread(task).start();
  private static final String LOCK = "UPDATE log_head SET seq = seq WHERE id = 1";

  @TempDir Path directory;
  private LedgerFixture one;
  private LedgerFixture other;

  @BeforeEach
  void open() {
    one = new LedgerFixture(KIND, directory);
    other = new LedgerFixture(KIND, directory);
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private List<LoggedEvent> log() {
    return one.store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000).events();
  }

  private static CommandRequest keyed(StreamCommand command, String key) {
    return new CommandRequest(
        command, Optional.empty(), Optional.of(new IdempotencyKey("me", key, "digest")));
  }

  private static CompletableFuture<Receipt> submit(LedgerFixture node, CommandRequest request) {
    return node.ledger.submit(request).toCompletableFuture();
  }

  /** Both nodes change the same streams, and get every command twice with its key. */
  @Test
  void shouldGiveCommandsOfBothPositionsWithoutGapsAndEachOnce() {
    int streams = 5;
    for (long id = 1; id <= streams; id++) {
      one.run(LedgerFixture.create(Optional.of(new StreamId(id)), 1, 2));
    }
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    List<CompletableFuture<Receipt>> again = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      CommandRequest request = keyed(LedgerFixture.topUp(1 + i % streams, 1, "r" + i), "key" + i);
      answers.add(submit(i % 2 == 0 ? one : other, request));
      again.add(submit(i % 2 == 0 ? other : one, request));
      if (i % 40 == 39) {
        answers.get(i).join();
      }
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).join().events()).isEqualTo(again.get(i).join().events());
    }
    List<LoggedEvent> log = log();
    assertThat(log)
        .extracting(event -> event.position().value())
        .isEqualTo(LongStream.rangeClosed(1, streams + answers.size()).boxed().toList());
    assertThat(one.store.streams().find(new StreamId(1)).orElseThrow().version()).isEqualTo(81);
    List<LoggedEvent> heard = new ArrayList<>(one.heard);
    heard.addAll(other.heard);
    assertThat(heard).as("each is announced where it was written").hasSameElementsAs(log);
    assertThat(one.rings.get() + other.rings.get()).as("of the other's events").isPositive();
  }

  /** What a node remembers of a stream is no longer true when the other has changed it. */
  @Test
  void shouldSeeTheChangesOfTheOther() {
    StreamId id = one.run(LedgerFixture.create()).stream().id();
    for (int i = 0; i < 3; i++) {
      one.run(LedgerFixture.topUp(id.bits(), 1, "x"));
      other.run(LedgerFixture.topUp(id.bits(), 10, "y"));
    }
    Receipt last = one.run(LedgerFixture.topUp(id.bits(), 1, "x"));
    assertThat(last.stream().version()).isEqualTo(8);
    assertThat(last.stream().deposited().toString()).isEqualTo("1034");
    assertThat(other.run(LedgerFixture.create()).stream().id()).isEqualTo(new StreamId(2));
    assertThat(one.run(LedgerFixture.create()).stream().id()).isEqualTo(new StreamId(3));
  }

  /** That makes the order of commits that of positions, on all nodes. */
  @Test
  void shouldHoldTheEndOfTheLogFromTheBeginningOfABatch() throws SQLException {
    try (LedgerSession session = one.store.ledger().open();
        Connection rival = KIND.connect(directory);
        Statement statement = rival.createStatement()) {
      session.begin(Set.of(), Set.of());
      assertThatThrownBy(
              () -> statement.execute("SELECT 1 FROM log_head WHERE id = 1 FOR UPDATE NOWAIT"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
    }
  }

  /** The server ends the session of a node that stands still in the middle of a transaction. */
  @Test
  void shouldNotWaitForANodeThatStandsStill() throws SQLException {
    try (SqlStore frozen = KIND.open(directory);
        Connection holder = StoreParts.writer(frozen).getConnection();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute(LOCK);
      assertThat(one.run(LedgerFixture.create()).events()).hasSize(1);
      assertThatThrownBy(holder::commit).isInstanceOf(SQLException.class);
    }
  }

  /** As after a fail-over to a standby that had not got everything: clients know its positions. */
  @Test
  void shouldWriteNothingIntoALogThatWasSetBack() throws SQLException {
    one.run(LedgerFixture.create());
    one.run(LedgerFixture.topUp(1, 1, "x"));
    try (Connection admin = KIND.connect(directory);
        Statement statement = admin.createStatement()) {
      statement.execute("CREATE TABLE lost AS SELECT * FROM events WHERE seq = 2");
      statement.execute("DELETE FROM events WHERE seq = 2");
      statement.execute("UPDATE log_head SET seq = 1");
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> one.run(LedgerFixture.create()))
            .isInstanceOf(LedgerException.Unavailable.class);
        await().until(() -> one.ledger.trouble().isPresent());
      }
      assertThat(log()).hasSize(1);
      // it was not the right server
      statement.execute("INSERT INTO events SELECT * FROM lost");
      statement.execute("UPDATE log_head SET seq = 2");
    }
    await().until(() -> one.ledger.trouble().isEmpty());
    one.run(LedgerFixture.create());
    assertThat(log()).hasSize(3).isEqualTo(one.heard);
  }

  /** The ledger holds the end of the log and waits for a stream; the other holds the stream. */
  @Test
  void shouldTryAgainAfterADeadlock() throws SQLException {
    StreamId id = one.run(LedgerFixture.create()).stream().id();
    try (Connection rival = KIND.connect(directory);
        Statement statement = rival.createStatement()) {
      rival.setAutoCommit(false);
      statement.execute("SET deadlock_timeout = '60s'"); // so that the ledger gets the error
      statement.execute("SELECT 1 FROM streams WHERE stream_id = " + id.bits() + " FOR UPDATE");
      CompletableFuture<Receipt> answer =
          submit(one, CommandRequest.of(LedgerFixture.topUp(id.bits(), 1, "x")));
      try (Connection watch = KIND.connect(directory)) {
        await().until(() -> waitsForALock(watch));
      }
      statement.execute(LOCK);
      assertThat(answer).isNotDone();
      rival.rollback();
      assertThat(answer.join().stream().version()).isEqualTo(2);
    }
    assertThat(log()).hasSize(2);
  }

  private static boolean waitsForALock(Connection watch) throws SQLException {
    try (Statement statement = watch.createStatement();
        var row =
            statement.executeQuery(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND wait_event_type = 'Lock'")) {
      row.next();
      return row.getInt(1) > 0;
    }
  }

  /**
   * By hand: not each of them can be brought about in a moment. Conflicts, a lock that did not come
   * in time, a server that has become a standby, and all ways in which a server ends a session.
   */
  @Test
  void shouldTryAgainWhatAnotherTransactionOrTheServerHasEnded() throws SQLException {
    List<String> states =
        List.of(
            "40001", "40P01", "55P03", "25006", "57P01", "57P02", "57P03", "57P05", "25P03",
            "25P04", "08006");
    try (Connection admin = KIND.connect(directory);
        Statement statement = admin.createStatement()) {
      statement.execute("CREATE SEQUENCE tries");
      for (String state : states) {
        statement.execute(
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                + " IF nextval('tries') < 3 THEN RAISE SQLSTATE '%s'; END IF; RETURN NEW; END $$"
                    .formatted(state));
        statement.execute(
            "CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()");
        statement.execute("ALTER SEQUENCE tries RESTART");
        assertThatCode(() -> one.run(LedgerFixture.create()))
            .as("after " + state)
            .doesNotThrowAnyException();
      }
    }
    assertThat(log()).hasSize(states.size()).isEqualTo(one.heard);
  }

  /** A value that only the database refuses fails its own command, and none beside it. */
  @Test
  void shouldRefuseOneCommandOfABatch() throws SQLException {
    StreamId id = one.run(LedgerFixture.create()).stream().id();
    try (Connection admin = KIND.connect(directory);
        Statement statement = admin.createStatement()) {
      statement.execute("ALTER TABLE streams ADD CHECK (deposited <> '1007')");
    }
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    try (Connection holder = KIND.connect(directory);
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.execute(LOCK); // so that they wait and become one batch
      answers.add(submit(one, CommandRequest.of(LedgerFixture.create())));
      await().until(() -> one.ledger.waiting() == 0);
      answers.add(submit(one, CommandRequest.of(LedgerFixture.topUp(id.bits(), 7, "x"))));
      answers.add(submit(one, CommandRequest.of(LedgerFixture.create())));
      holder.rollback();
    }
    answers.get(0).join();
    assertThatThrownBy(() -> answers.get(1).join()).hasCauseInstanceOf(IllegalStateException.class);
    answers.get(2).join();
    assertThat(log()).hasSize(3);
  }

  /** Until now this node has given out ids, and taken any, from 1 on. */
  @Test
  void shouldKeepTheIdsOfAContractFreeOnceAnotherFollowsIt() {
    Address contract = new Address(TestAddresses.contract(3));
    try (SqlStore third = KIND.open(directory)) {
      assertThat(third.follow(Optional.of(contract), "n"))
          .isEqualTo(StreamNumbering.BESIDE_CONTRACT);
    }
    assertThat(one.run(LedgerFixture.create()).stream().id())
        .isEqualTo(StreamNumbering.BESIDE_CONTRACT.first());
    // a claim: nothing but the chain may change it
    one.run(LedgerFixture.create(Optional.of(new StreamId(7)), 1, 2));
    assertThatThrownBy(() -> one.run(LedgerFixture.topUp(7, 1, "r")))
        .isInstanceOfSatisfying(
            CommandRejectedException.class,
            e -> assertThat(e.reason()).isEqualTo(CommandRejectedException.Reason.CONFLICT));
    try (SqlStore third = KIND.open(directory)) {
      assertThatThrownBy(
              () -> third.follow(Optional.of(new Address(TestAddresses.contract(4))), "n"))
          .hasMessageStartingWith("STREAM_CONTRACT_ID must be " + contract);
      assertThatThrownBy(() -> third.follow(Optional.of(contract), "another"))
          .hasMessageStartingWith("STELLAR_NETWORK_PASSPHRASE must be \"n\"")
          .hasMessageContaining("begin with an empty database");
      assertThat(third.follow(Optional.empty(), "another"))
          .isEqualTo(StreamNumbering.BESIDE_CONTRACT);
    }
  }

  /** Old and new nodes run side by side while a new version is rolled out. */
  @Test
  void shouldRunBesideALaterVersionUnlessItsTablesAreOthers() throws SQLException {
    migratedTo("900", "more of something");
    try (SqlStore old = KIND.open(directory)) {
      assertThat(old.log().identity()).isEqualTo(one.store.log().identity());
    }
    migratedTo("901", "breaking change of something");
    assertThatThrownBy(() -> KIND.open(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("belongs to a later version of FlowFi Events (schema 901)");
  }

  private void migratedTo(String version, String description) throws SQLException {
    try (Connection later = KIND.connect(directory);
        Statement statement = later.createStatement()) {
      statement.execute(
          "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,"
              + " checksum, installed_by, execution_time, success) VALUES (%s, '%s', '%s', 'SQL', 'x', 1, 'x', 1, true)"
                  .formatted(version, version, description));
    }
  }

  /** Another application has this database. */
  @Test
  void shouldLeaveTablesOfOthersAlone(@TempDir Path foreign) throws SQLException {
    try (Connection other = KIND.connect(foreign);
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE theirs (id INT)");
    }
    assertThatThrownBy(() -> KIND.open(foreign))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("its tables are not those of FlowFi Events; name an empty database");
  }

  @Test
  void shouldCreateTheTablesOnceThoughNodesStartTogether(@TempDir Path fresh) throws SQLException {
    KIND.connect(fresh).close(); // empty
    List<CompletableFuture<SqlStore>> stores =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> KIND.open(fresh), STARTS))
            .limit(3)
            .toList();
    assertThat(stores.stream().map(store -> store.join().log().identity()).distinct()).hasSize(1);
    stores.forEach(store -> store.join().close());
  }

  @Test
  void shouldHaveOneIdentity() {
    assertThat(one.store.log().identity()).isEqualTo(other.store.log().identity());
  }
}
