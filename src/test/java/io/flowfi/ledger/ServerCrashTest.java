package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import io.flowfi.store.UnreachableStoreException;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** PostgreSQL crashes and comes back while two nodes write; and a server that is a standby. */
class ServerCrashTest {
  private static final int COMMANDS = 150;
  private static final int CALLERS = 4;
  private static final int BEFORE = 200;

  private static PostgresServer server;

  private final List<LogPosition> acknowledged = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch before = new CountDownLatch(BEFORE);

  @BeforeAll
  static void start() {
    server = TestStore.durablePostgres();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void shouldLoseNothingAcknowledgedAndRepeatNothing() throws InterruptedException {
    PostgresSettings database = PostgresSettings.parse(server.newDatabase());
    try (LedgerFixture one = node(database);
        LedgerFixture other = node(database)) {
      one.run(LedgerFixture.create(Optional.of(new StreamId(1)), 1, 2));
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        LedgerFixture node = caller % 2 == 0 ? one : other;
        String name = "caller" + caller;
        Thread thread = new Thread(() -> call(node, name));
        callers.add(thread);
        thread.start();
      }
      before.await();
      server.crash();
      server.start();
      for (Thread caller : callers) {
        caller.join();
      }
      List<Long> all = LongStream.rangeClosed(1, 1 + CALLERS * COMMANDS).boxed().toList();
      assertThat(
              one.store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000).events())
          .extracting(event -> event.position().value())
          .isEqualTo(all);
      assertThat(acknowledged)
          .extracting(LogPosition::value)
          .containsExactlyInAnyOrderElementsOf(all.subList(1, all.size()));
      assertThat(one.store.streams().find(new StreamId(1)).orElseThrow().version())
          .isEqualTo(1 + CALLERS * COMMANDS);
    }
  }

  /** It may become the primary, so a node waits for it; of several hosts it takes another. */
  @Test
  void shouldNotUseAStandby() throws SQLException {
    String url = server.newDatabase();
    PostgresStore.open(PostgresSettings.parse(url)).close();
    PostgresServer primary = TestStore.postgres();
    String name = url.replaceFirst(".*/([^?]*)[?].*", "$1");
    try (Connection connection =
            PostgresServer.connectTo(
                primary.newDatabase().replaceFirst("/test[0-9]+", "/postgres"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    server.stop();
    server.startAsStandby();
    try {
      assertThatThrownBy(() -> PostgresStore.open(PostgresSettings.parse(url)))
          .isInstanceOf(UnreachableStoreException.class);
      String both =
          url.replace(":" + server.port(), ":" + server.port() + ",127.0.0.1:" + primary.port());
      try (LedgerFixture node = node(PostgresSettings.parse(both))) {
        node.run(LedgerFixture.create());
        assertThat(node.heard).hasSize(1);
      }
    } finally {
      server.stop();
      server.start();
    }
  }

  private static LedgerFixture node(PostgresSettings database) {
    return new LedgerFixture(PostgresStore.open(database), null, LedgerSettings.DEFAULT, () -> {});
  }

  private void call(LedgerFixture node, String name) {
    for (int i = 0; i < COMMANDS; i++) {
      acknowledged.add(answered(node, i, name).events().get(0).position());
      before.countDown();
    }
  }

  /** As a client does: again with the same key until there is an answer. */
  private static Receipt answered(LedgerFixture node, int number, String name) {
    while (true) {
      try {
        return node.run(
            new CommandRequest(
                LedgerFixture.topUp(1, 1, name),
                Optional.empty(),
                Optional.of(new IdempotencyKey(name, "k" + number, "digest"))));
      } catch (LedgerException e) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
    }
  }
}
