package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node of another database in a real Redis, and what this database knows of it. */
class ForeignNodesTest {
  private static RedisServer server;

  private final LogIdentity log = LogIdentity.random();
  private final String database = TestStore.postgres().newDatabase();
  private SqlStore store;
  private RedisSlots foreign;

  @BeforeAll
  static void startRedis() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    server.close();
  }

  private static RedisServers redis(String url) {
    return new RedisServers(RedisSettings.parse(url, Optional.empty()));
  }

  @BeforeEach
  void join() {
    store = PostgresStore.open(PostgresSettings.parse(database));
    foreign = new RedisSlots(redis(server.url()), log, "foreign.17", Optional.empty());
    foreign.write(Map.of());
  }

  @AfterEach
  void close() {
    foreign.close();
    store.close();
  }

  private NodeStore nodes() {
    return store.cluster().orElseThrow().nodes();
  }

  private void refuse(LogIdentity of, String url, Runnable meanwhile) {
    new ForeignNodes(redis(url), of, nodes(), meanwhile).refuse();
  }

  /** Later than before by Redis's clock. */
  private void live() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    foreign.renew();
  }

  private void report() {
    nodes()
        .report(
            new NodeStore.Report(
                "foreign", Optional.empty(), Optional.empty(), "1", 0, 1, LogPosition.BEGINNING));
  }

  private void age(String by) {
    try (Connection connection = PostgresServer.connectTo(database);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE nodes SET reported_at = reported_at - INTERVAL '" + by + "'");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertRefused() {
    assertThatThrownBy(() -> refuse(log, server.url(), this::live))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the log " + log + " over the Redis of REDIS_URL (foreign)")
        .hasMessageContaining("DELETE FROM log_identity");
  }

  private void assertTaken(LogIdentity of, String url, Runnable meanwhile) {
    assertThatCode(() -> refuse(of, url, meanwhile)).doesNotThrowAnyException();
  }

  @Test
  void shouldRefuseANodeThatItsDatabaseDoesNotKnow() {
    assertRefused();
  }

  /** The copy has the list of nodes, too, as it was. */
  @Test
  void shouldKnowANodeOnlyForSomeTimeAfterItsLastReport() {
    report();
    age("9 min");
    assertTaken(log, server.url(), this::live);
    age("1 min");
    assertRefused();
  }

  /** One that has just started is in Redis sooner than in the database. */
  @Test
  void shouldWaitForTheReportOfANode() {
    assertTaken(
        log,
        server.url(),
        () -> {
          live();
          report();
        });
  }

  /** It leaves the database when it stops, and was cut off from Redis. */
  @Test
  void shouldNotMindANodeThatHasEnded() {
    assertTaken(log, server.url(), () -> {});
    assertTaken(log, server.url(), foreign::leave);
  }

  @Test
  void shouldNotMindNodesOfAnotherLogNorARedisThatIsAway() {
    assertTaken(LogIdentity.random(), server.url(), this::live);
    assertTaken(log, "redis://127.0.0.1:1", this::live);
  }
}
