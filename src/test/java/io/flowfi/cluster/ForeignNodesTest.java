package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.logs.LoggedLines;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TcpProxy;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** A node of another database in a real Redis, and what this database knows of it. */
class ForeignNodesTest {
  private static final Duration WAIT = Duration.ofSeconds(3);

  private static RedisServer server;

  private final LogIdentity log = LogIdentity.random();
  private final String database = TestStore.postgres().newDatabase();
  private final AtomicLong nanos = new AtomicLong();
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

  private ForeignNodes refuse(LogIdentity of, String url, Runnable meanwhile) {
    ForeignNodes others = new ForeignNodes(redis(url), of, nodes(), meanwhile, nanos::get);
    others.refuse();
    return others;
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
                "foreign", Optional.empty(), Optional.empty(), "1", 0, 1, LogPosition.BEGINNING),
            Map.of());
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

  /** And so is its Redis, at once. */
  private void assertTaken(LogIdentity of, Runnable meanwhile) {
    assertThatCode(() -> refuse(of, server.url(), meanwhile).refuseUse())
        .doesNotThrowAnyException();
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
    assertTaken(log, this::live);
    age("1 min");
    assertRefused();
  }

  /** One that has just started is in Redis sooner than in the database. */
  @Test
  void shouldWaitForTheReportOfANode() {
    assertTaken(
        log,
        () -> {
          live();
          report();
        });
  }

  /** It leaves the database when it stops, and was cut off from Redis. */
  @Test
  void shouldNotMindANodeThatHasEnded() {
    assertTaken(log, () -> {});
    assertTaken(log, foreign::leave);
  }

  @Test
  void shouldNotMindNodesOfAnotherLogNorARedisThatIsAway() {
    assertTaken(LogIdentity.random(), this::live);
    assertThatCode(() -> refuse(log, "redis://127.0.0.1:1", this::live)).doesNotThrowAnyException();
  }

  /** A Redis that was away at the start of a node. */
  private final class LateRedis implements AutoCloseable {
    final TcpProxy way = new TcpProxy(server.port());
    final RedisServers used;

    LateRedis() {
      way.refuse();
      RedisServers redis = redis("redis://127.0.0.1:" + way.port());
      ForeignNodes others = new ForeignNodes(redis, log, nodes(), () -> {}, nanos::get);
      others.refuse();
      used = redis.under(others::refuseUse);
      assertThatThrownBy(this::use).isInstanceOf(JedisConnectionException.class);
      way.mend();
    }

    void use() {
      used.connect(log.text().getBytes(StandardCharsets.UTF_8)).close();
    }

    void assertUsed() {
      assertThatCode(this::use).doesNotThrowAnyException();
    }

    void assertUnused(String why) {
      assertThatThrownBy(this::use)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(why);
    }

    @Override
    public void close() {
      way.close();
    }
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void shouldUseARedisThatComesLaterWhenNobodyElseDoes() {
    foreign.leave();
    try (LateRedis redis = new LateRedis()) {
      redis.assertUnused("at first it is seen");
      pass(WAIT.minusNanos(1));
      redis.assertUnused("at first it is seen");
      pass(Duration.ofNanos(1));
      redis.assertUsed();
      foreign.write(Map.of()); // it has come later, and does not start
      redis.assertUsed();
    }
  }

  /** The others need a moment to come back to it, too; and it may be away again. */
  @Test
  void shouldSeeWhoComesBackToARedisThatComesLater() {
    foreign.leave();
    try (LateRedis redis = new LateRedis()) {
      redis.assertUnused("at first it is seen");
      redis.way.refuse();
      pass(WAIT);
      assertThatThrownBy(redis::use).isInstanceOf(JedisConnectionException.class);
      redis.way.mend();
      redis.assertUnused("at first it is seen");
      foreign.write(Map.of());
      pass(WAIT);
      redis.assertUnused("over the Redis of REDIS_URL (foreign)");
    }
  }

  /** Once, whoever asks how often; and until it is gone. */
  @Test
  void shouldSayWhoUsesARedisThatComesLater() {
    try (LateRedis redis = new LateRedis();
        LoggedLines lines = LoggedLines.of(ForeignNodes.class)) {
      for (int attempt = 0; attempt < 3; attempt++) {
        redis.assertUnused("DELETE FROM log_identity");
        pass(WAIT);
      }
      assertThat(lines.lines())
          .singleElement(as(InstanceOfAssertFactories.STRING))
          .startsWith("SEVERE nothing is told over Redis")
          .contains("(foreign)");
      foreign.leave();
      redis.assertUsed();
    }
  }

  /** Its user may only use the channel: then it cannot be known. */
  @Test
  void shouldUseARedisThatDoesNotLetItLook() {
    try (Jedis admin = new Jedis("127.0.0.1", server.port())) {
      admin.aclSetUser("teller", "on", ">secret", "&*", "+ping", "+hello", "+select", "+client");
    }
    RedisServers redis = redis("redis://teller:secret@127.0.0.1:" + server.port());
    ForeignNodes others = new ForeignNodes(redis, log, nodes(), this::live, nanos::get);
    assertThatCode(others::refuse).doesNotThrowAnyException();
    assertThatCode(others::refuseUse).doesNotThrowAnyException();
  }
}
