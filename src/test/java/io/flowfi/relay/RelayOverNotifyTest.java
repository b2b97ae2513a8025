package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.LoggedEvent;
import io.flowfi.servers.PgBouncer;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TcpProxy;
import io.flowfi.servers.TestStore;
import io.flowfi.store.postgres.NotifyChannel;
import io.flowfi.store.postgres.PostgresSettings;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Nodes of one log that tell each other by notifications of a real PostgreSQL. */
@Timeout(60)
class RelayOverNotifyTest {
  private static final Duration NEVER = RelaySettings.LONGEST_POLL;
  private static final Duration OFTEN = Duration.ofMillis(50);

  private final SharedLog log = new SharedLog();
  private final List<AutoCloseable> open = new ArrayList<>();
  private String database;
  private TcpProxy proxy;

  @BeforeEach
  void begin() {
    PostgresServer server = TestStore.postgres();
    database = server.newDatabase();
    proxy = new TcpProxy(server.port());
    open.add(proxy);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private RelayedNode connected(SharedLog of, Duration poll) {
    String url = database.replaceFirst("127.0.0.1:[0-9]+", "127.0.0.1:" + proxy.port());
    RelayedNode node =
        new RelayedNode(
            of, Optional.of(new NotifyChannel(PostgresSettings.parse(url), of.identity())), poll);
    open.add(node);
    node.awaitConnected();
    return node;
  }

  private RelayedNode connected(Duration poll) {
    return connected(log, poll);
  }

  @Test
  void shouldTellOtherNodesToReadTheLog() {
    RelayedNode first = connected(NEVER);
    RelayedNode second = connected(NEVER);
    RelayedNode foreign = connected(new SharedLog(), NEVER);
    for (int batch = 1; batch <= 50; batch++) {
      first.commit(1 + batch % 7);
      second.commit(1);
    }
    second.awaitAll();
    first.awaitAll();
    assertThat(first.statistics().channel()).isEqualTo("notify");
    assertThat(first.statistics().sentBare()).isPositive();
    // its own commits make it read the log too, so it may know all before it is told
    await().atMost(RelayedNode.PATIENCE).until(() -> second.statistics().received() > 0);
    assertThat(foreign.statistics().received()).isZero();
    // nor are they sent to it: logs of one database would wake each other's nodes
    assertThat(foreign.statistics().foreign() + foreign.statistics().unsigned()).isZero();
  }

  @Test
  void shouldNotifyOnceForEachBatch() throws Exception {
    RelayedNode first = connected(NEVER);
    connected(NEVER);
    List<Long> ends = new ArrayList<>();
    List<Long> told = new ArrayList<>();
    SealedMessages messages = new SealedMessages(log.identity(), log.secret, 1 << 10);
    try (Connection anybody = PostgresServer.connectTo(database);
        Statement statement = anybody.createStatement()) {
      statement.execute("LISTEN flowfi_log_" + log.identity());
      for (int batch = 0; batch < 20; batch++) {
        List<LoggedEvent> events = first.commit(1 + batch % 3);
        ends.add(events.get(events.size() - 1).position().value());
      }
      long last = ends.get(ends.size() - 1);
      while (!told.contains(last)) {
        PGNotification[] heard = anybody.unwrap(PGConnection.class).getNotifications(20_000);
        assertThat(heard).as("told %s of %s", told, ends).isNotEmpty();
        for (PGNotification notification : heard) {
          Message message = messages.open(Base64.getDecoder().decode(notification.getParameter()));
          told.add(message.head().value());
        }
      }
    }
    told.retainAll(ends); // a sign of life before the first of them
    assertThat(told.subList(0, ends.size())).isEqualTo(ends);
  }

  @Test
  void shouldTellThroughAPoolerThatKeepsSessions() {
    PgBouncer bouncer = PgBouncer.start(TestStore.postgres().port(), "session");
    open.add(bouncer);
    proxy.lead(bouncer.port());
    RelayedNode first = connected(NEVER);
    RelayedNode second = connected(NEVER);
    first.commit(3);
    second.awaitAll();
  }

  @Test
  void shouldOnlyBeLateWhileItHearsNothingAndBeToldAgainAfterwards() {
    RelayedNode first = connected(OFTEN);
    RelayedNode second = connected(OFTEN);
    RelayedNode told = connected(NEVER);
    proxy.refuse();
    await().atMost(RelayedNode.PATIENCE).until(() -> second.relay.degraded().isPresent());
    first.commit(10);
    second.awaitAll();
    assertThat(told.passed()).isEmpty();
    proxy.mend();
    told.awaitAll();
    first.awaitConnected();
    first.commit(3);
    told.awaitAll();
  }

  @Test
  void shouldNoticeASilentConnection() {
    RelayedNode node = connected(OFTEN);
    proxy.silence();
    await().atMost(RelayedNode.PATIENCE).until(() -> node.relay.degraded().isPresent());
    proxy.mend();
    node.awaitConnected();
    node.commit(1);
    node.awaitAll();
  }

  @Test
  void shouldDropWhatNoNodeHasSaid() throws Exception {
    RelayedNode node = connected(NEVER);
    try (Connection anybody = PostgresServer.connectTo(database);
        Statement statement = anybody.createStatement()) {
      for (String text : List.of("", "not base64", "AQAA", "9999999999")) {
        statement.execute("NOTIFY flowfi_log_" + log.identity() + ", '" + text + "'");
      }
    }
    await().atMost(RelayedNode.PATIENCE).until(() -> node.statistics().unsigned() == 4);
    node.commit(1);
    node.awaitAll();
    assertThat(node.statistics().connected()).isTrue();
  }
}
