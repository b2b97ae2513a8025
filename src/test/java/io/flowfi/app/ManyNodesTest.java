package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.cluster.ForeignNodes;
import io.flowfi.it.TestAddresses;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.Rates;
import io.flowfi.limit.Slots;
import io.flowfi.logs.LoggedLines;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.UnreachableStoreException;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Two whole nodes on one PostgreSQL, with Redis and without. */
@Timeout(60)
class ManyNodesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private int clients;
  private final Map<String, String> settings = new HashMap<>();

  @BeforeEach
  void useOneDatabase() {
    settings.put("DATABASE_URL", TestStore.postgres().newDatabase());
    settings.put("LOG_POLL_INTERVAL", "60s"); // what comes was told
  }

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private ApiServer node(String name) {
    return new ApiServer(directory.resolve(name), settings);
  }

  private static JsonNode relay(ApiServer node) throws Exception {
    return JSON.readTree(node.get("/v1/events/stats").body()).path("relay");
  }

  private static void awaitConnected(ApiServer node) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(relay(node).path("connected").asBoolean()).isTrue());
  }

  private static void awaitPublished(ApiServer node, long events) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> assertThat(node.node.real().fanOut().statistics().published()).isEqualTo(events));
  }

  private static void assertEachGetsWhatTheOtherCommits(ApiServer first, ApiServer second)
      throws Exception {
    awaitConnected(first);
    awaitConnected(second);
    long before = relay(first).path("sent").asLong();
    for (int account = 1; account <= 5; account++) {
      assertThat(first.create(TestAddresses.account(account)).statusCode()).isEqualTo(201);
      assertThat(second.create(TestAddresses.account(account)).statusCode()).isEqualTo(201);
    }
    awaitPublished(first, 10);
    awaitPublished(second, 10);
    // each commit, and not only how far the log is, once a second; the last may just be on its way
    assertThat(relay(first).path("sent").asLong() - before).isGreaterThanOrEqualTo(4);
    assertThat(relay(first).path("received").asLong()).isPositive();
    assertThat(relay(first).path("lagMillis").asDouble()).isPositive();
  }

  @Test
  void shouldTellEachOtherByPostgres() throws Exception {
    try (ApiServer first = node("a");
        ApiServer second = node("b")) {
      assertEachGetsWhatTheOtherCommits(first, second);
      assertThat(relay(first).path("channel").asText()).isEqualTo("notify");
    }
  }

  @Test
  void shouldTellEachOtherOverRedisAndServeWithoutIt() throws Exception {
    try (RedisServer redis = RedisServer.start()) {
      settings.put("REDIS_URL", redis.url());
      settings.put("LOG_POLL_INTERVAL", "50ms");
      try (ApiServer first = node("a");
          ApiServer second = node("b")) {
        assertEachGetsWhatTheOtherCommits(first, second);
        assertThat(relay(first).path("channel").asText()).isEqualTo("redis");
        assertThat(relay(first).path("sentBare").asLong()).isZero();
        assertThat(second.get("/health").body()).doesNotContain("degraded");

        redis.kill();
        await().until(() -> !relay(second).path("connected").asBoolean());
        JsonNode health = JSON.readTree(second.get("/health").body());
        assertThat(health.path("status").asText()).isEqualTo("up");
        assertThat(health.path("degraded").path("relay").asText()).contains("polls");
        assertThat(second.get("/health/ready").statusCode()).isEqualTo(200);
        first.create(TestAddresses.account(7));
        awaitPublished(second, 11);

        redis.restart();
        awaitConnected(first);
        awaitConnected(second);
        first.create(TestAddresses.account(8));
        awaitPublished(second, 12);
      }
    }
  }

  /**
   * With Redis a node knows what the other has given; of what is counted for each request it gives
   * half.
   */
  @Test
  void shouldLetAClientHaveOnTwoNodesWhatItMayHaveOnOne() {
    try (RedisServer redis = RedisServer.start()) {
      settings.put("REDIS_URL", redis.url());
      settings.put("MAX_SSE_CONNECTIONS_PER_IP", "5");
      for (String rate : List.of("REQUESTS", "CONNECTS", "COMMANDS", "AUTH_FAILURES")) {
        settings.put("RATE_LIMIT_" + rate, "6");
      }
      try (ApiServer first = node("a");
          ApiServer second = node("b")) {
        for (ApiServer node : List.of(first, second)) {
          Rates rates = rates(node);
          for (RateLimiter rate : List.of(rates.requests(), rates.connects())) {
            await().atMost(LONG).until(() -> allowed(rate), count -> count == 3);
          }
        }
        assertOneRateForBoth(redis, first, second, Rates::commands);
        assertOneRateForBoth(redis, first, second, Rates::authFailures);
        Slots slots = first.node.real().shared().slots();
        Slots others = second.node.real().shared().slots();
        await()
            .atMost(LONG)
            .ignoreExceptionsInstanceOf(NoSlotException.class)
            .untilAsserted(
                () -> {
                  List<Runnable> held = new ArrayList<>();
                  try {
                    for (int i = 0; i < 5; i++) { // more than the half of a node without Redis
                      held.add((i < 4 ? slots : others).take("a", Optional.empty()));
                    }
                    // what it gives all the same must not be in the way of the next attempt
                    assertThatThrownBy(() -> others.take("a", Optional.empty()).run())
                        .isInstanceOf(NoSlotException.class);
                  } finally {
                    held.forEach(Runnable::run);
                  }
                });
      }
    }
  }

  private static Rates rates(ApiServer node) {
    return node.node.real().shared().rates();
  }

  private void assertOneRateForBoth(
      RedisServer redis, ApiServer first, ApiServer second, Function<Rates, RateLimiter> rate) {
    String log = "flowfi:{" + first.node.real().store().log().identity() + "}:";
    try (Jedis client = new Jedis("127.0.0.1", redis.port())) {
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                // they have counted for longer than a minute, in which they are careful
                client.hset(log + "rates", "since", "0");
                String caller = "client " + ++clients;
                assertThat(allowed(rate.apply(rates(first)), caller)).isEqualTo(6);
                assertThat(allowed(rate.apply(rates(second)), caller)).isZero();
              });
    }
  }

  /** Each gives its share of what nobody has; what a half leaves over is the older one's. */
  @Test
  void shouldLetAClientHaveOnEachNodeItsShareWithoutRedis() throws Exception {
    settings.put("MAX_SSE_CONNECTIONS_PER_IP", "5");
    settings.put("RATE_LIMIT_COMMANDS", "6");
    settings.put("RATE_LIMIT_AUTH_FAILURES", "6");
    try (ApiServer first = node("a");
        ApiServer second = node("b")) {
      for (ApiServer node : List.of(first, second)) {
        Slots slots = node.node.real().shared().slots();
        int share = node == first ? 3 : 2; // half of five
        await().atMost(LONG).until(() -> given(slots) == share);
        assertThat(allowed(rates(node).commands())).isEqualTo(3);
        assertThat(allowed(rates(node).authFailures())).isEqualTo(3);
        // and as many requests that wait
        long head = node.node.real().store().log().bounds().head().value();
        List<CompletableFuture<Integer>> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          asked.add(CompletableFuture.supplyAsync(() -> waits(node, head), threads));
        }
        await()
            .atMost(LONG)
            .until(() -> asked.stream().filter(CompletableFuture::isDone).count() == 5 - share);
        node.create(TestAddresses.account(1));
        assertThat(asked.stream().map(CompletableFuture::join).filter(status -> status == 200))
            .hasSize(share);
      }
    }
  }

  /** A large export holds a thread of a container, whichever node makes it. */
  @Test
  void shouldCountTheExportsOfAllNodes() throws Exception {
    try (RedisServer redis = RedisServer.start();
        Jedis client = new Jedis("127.0.0.1", redis.port())) {
      settings.put("REDIS_URL", redis.url());
      try (ApiServer node = node("a")) {
        await().atMost(LONG).until(() -> isIn(redis, node));
        assertThat(export(node)).isEqualTo(200);
        // what another node would write, for a while to come
        String log = "flowfi:{" + node.node.real().store().log().identity() + "}:";
        client.zadd(log + "nodes", System.currentTimeMillis() + LONG.toMillis() * 10, "another");
        client.hset(log + "slots:another", "export:a:127.0.0.1", "100");
        assertThat(export(node)).isEqualTo(429);
        client.del(log + "slots:another");
        assertThat(export(node)).isEqualTo(200);
      }
    }
  }

  private static int export(ApiServer node) throws Exception {
    return node.get("/v1/events", "Accept", "application/x-ndjson").statusCode();
  }

  /** Or each would archive and remove what the other is just about to. */
  @Test
  void shouldLeaveOldEventsToTheNodeThatIsAtThem() throws Exception {
    try (ApiServer before = node("a")) {
      before.create(TestAddresses.account(1));
      before.advance(Duration.ofDays(3));
      before.create(TestAddresses.account(2));
    }
    settings.put("EVENT_RETENTION", "1d");
    try (SqlStore another =
        PostgresStore.open(PostgresSettings.parse(settings.get("DATABASE_URL")))) {
      assertThat(
              another.alone(
                  () -> {
                    try (ApiServer node = threeDaysLater()) {
                      await().atMost(LONG).until(ManyNodesTest::hasLookedForOldEvents);
                      assertThat(oldest(node)).isEqualTo(1);
                    }
                  }))
          .isTrue();
    }
    try (ApiServer node = threeDaysLater()) {
      await().atMost(LONG).until(() -> oldest(node) == 2);
    }
  }

  private ApiServer threeDaysLater() {
    return new ApiServer(
        directory.resolve("b"), settings, ApiServer.START.plus(Duration.ofDays(3)));
  }

  private static long oldest(ApiServer node) {
    return node.node.real().store().log().bounds().oldest().value();
  }

  /** Nothing else shows that it has left them alone: its thread waits for the next look. */
  private static boolean hasLookedForOldEvents() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals("event-retention"))
        .map(thread -> List.of(thread.getValue()).stream().map(StackTraceElement::getMethodName))
        .map(Stream::toList)
        .anyMatch(methods -> methods.contains("await") && !methods.contains("look"));
  }

  private static int given(Slots slots) {
    List<Runnable> held = new ArrayList<>();
    try {
      while (held.size() < 100) {
        held.add(slots.take("client", Optional.empty()));
      }
    } catch (NoSlotException full) {
      // that was the last one
    } finally {
      held.forEach(Runnable::run);
    }
    return held.size();
  }

  private static int waits(ApiServer node, long head) {
    try {
      return node.get("/v1/events?wait=30s&after=" + head).statusCode();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private int allowed(RateLimiter rate) {
    return allowed(rate, "client " + ++clients);
  }

  private static int allowed(RateLimiter rate, String client) {
    int count = 0;
    while (rate.take(client) == 0) {
      count++;
    }
    return count;
  }

  /** Otherwise each would deliver what the other commits: they have the same secret. */
  @Test
  void shouldNotStartWithACopyOfADatabaseWhoseNodesUseTheSameRedis() throws Exception {
    try (RedisServer redis = RedisServer.start()) {
      settings.put("REDIS_URL", redis.url());
      node("a").close(); // it makes the tables and the identity
      String original = settings.get("DATABASE_URL");
      String copy = TestStore.postgres().newDatabase();
      copy(original, copy);
      try (ApiServer first = node("a")) {
        await().atMost(LONG).until(() -> isIn(redis, first));
        settings.put("DATABASE_URL", copy);
        assertThatThrownBy(() -> node("b"))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(first.node.id())
            .hasMessageContaining("DELETE FROM log_identity");
        execute(copy, "DELETE FROM log_identity");
        node("b").close();
      }
    }
  }

  /** When the copy's node started, Redis was away, and so were the others. */
  @Test
  void shouldHearNothingOfNodesOfACopyWhenRedisComesBack() throws Exception {
    try (RedisServer redis = RedisServer.start();
        LoggedLines lines = LoggedLines.of(ForeignNodes.class)) {
      settings.put("REDIS_URL", redis.url());
      node("a").close(); // it makes the tables and the identity
      String original = settings.get("DATABASE_URL");
      String copy = TestStore.postgres().newDatabase();
      copy(original, copy);
      try (ApiServer first = node("a")) {
        awaitConnected(first);
        redis.kill();
        settings.put("DATABASE_URL", copy);
        try (ApiServer second = node("b")) {
          redis.restart();
          awaitConnected(first);
          await()
              .atMost(LONG)
              .until(
                  () ->
                      lines.lines().stream()
                          .anyMatch(
                              line ->
                                  line.startsWith("SEVERE nothing is told over Redis")
                                      && line.contains(first.node.id())));
          assertThat(relay(second).path("connected").asBoolean()).isFalse();
        }
      }
    }
  }

  private static boolean isIn(RedisServer redis, ApiServer node) {
    try (Jedis client = new Jedis("127.0.0.1", redis.port())) {
      String name = "flowfi:{" + node.node.real().store().log().identity() + "}:nodes";
      return client.zrange(name, 0, -1).stream().anyMatch(in -> in.startsWith(node.node.id()));
    }
  }

  /** As a snapshot does: with all that it has. */
  private static void copy(String original, String copy) throws SQLException {
    String name = databaseOf(copy);
    String server = copy.replace("/" + name + "?", "/postgres?");
    execute(server, "DROP DATABASE " + name);
    execute(server, "CREATE DATABASE " + name + " TEMPLATE " + databaseOf(original));
  }

  private static String databaseOf(String url) {
    return url.replaceFirst(".*/([^?]*)[?].*", "$1");
  }

  private static void execute(String url, String sql) throws SQLException {
    try (Connection connection = PostgresServer.connectTo(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** It could be used when it was opened. */
  @Test
  void shouldWaitForADatabaseThatStopsAnsweringWhileItStarts() throws Exception {
    node("a").close(); // it makes the tables
    try (Connection connection = PostgresServer.connectTo(settings.get("DATABASE_URL"));
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE tickets");
      assertThatThrownBy(() -> node("a"))
          .isInstanceOf(UnreachableStoreException.class)
          .hasMessageContaining("has stopped answering while the node started");
    }
    node("a").close();
  }

  @Test
  void shouldStartWithoutItsRedis() throws Exception {
    settings.put("REDIS_URL", "redis://127.0.0.1:1");
    try (ApiServer node = node("a")) {
      await().untilAsserted(() -> assertThat(node.node.troubles()).isEmpty());
      assertThat(node.node.degraded()).containsOnlyKeys("relay");
      node.create(TestAddresses.account(1));
      awaitPublished(node, 1);
    }
  }
}
