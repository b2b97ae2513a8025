package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.cluster.NodeStore.Member;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.RedisRights;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TestAuthority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Limits over two nodes, with each kind of Redis that a URL can name. */
@Timeout(60)
class RedisKindsSlotsTest {
  private static final String HOST = "127.0.0.1";
  private static final int LIMIT = 5;
  private static final Optional<String> NOBODY = Optional.empty();

  /** What is said to a user who may not do something, and about keys of several servers. */
  private static final String[] REFUSALS = {"NOPERM", "CROSSSLOT", "MOVED", "errorstat_ERR"};

  @TempDir Path directory;
  private final LogIdentity log = LogIdentity.random();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<ClusterSlots> nodes = new ArrayList<>();
  private final List<Slots> slots = new ArrayList<>();
  private final List<RateLimiter> rates = new ArrayList<>();
  private int callers;

  @BeforeEach
  void needAnInstalledRedis() {
    RedisServer.needInstalled();
  }

  @AfterEach
  void closeAll() throws Exception {
    nodes.forEach(ClusterSlots::close);
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private <C extends AutoCloseable> C closing(C resource) {
    open.add(resource);
    return resource;
  }

  /** A connection that stays what it is when its user is switched off. */
  private Jedis admin(RedisServer server) {
    Jedis admin = closing(new Jedis(HOST, server.port()));
    admin.configResetStat();
    return admin;
  }

  private RedisServers twoNodes(String url, Optional<Path> authorities) {
    RedisServers servers = new RedisServers(RedisSettings.parse(url, authorities));
    for (int i = 0; i < 2; i++) {
      ClusterSlots node =
          new ClusterSlots(Optional.of(servers), log, "node" + i, Duration.ofSeconds(10));
      node.hear(List.of(new Member("node0", Map.of()), new Member("node1", Map.of())));
      nodes.add(node);
      slots.add(
          node.of(ClusterSlots.Kind.EVENT_STREAMS, new ConnectionSettings(100, LIMIT, LIMIT)));
      node.start();
      ClusterRates together =
          closing(
              new ClusterRates(() -> 2, servers, log, Duration.ofSeconds(10), System::nanoTime));
      rates.add(together.of("commands", LIMIT));
      together.start();
    }
    return servers;
  }

  private static boolean isFull(Slots node, String network) {
    try {
      node.take(network, NOBODY).run();
      return false;
    } catch (NoSlotException full) {
      return true;
    }
  }

  /**
   * Alone, each would give its share, which is three at most; so five and no more are given
   * together.
   */
  private boolean countTogether(int most) {
    List<Runnable> held = new ArrayList<>();
    try {
      for (int i = 0; i < LIMIT; i++) {
        held.add(slots.get(i == 0 ? 1 - most : most).take("warm", NOBODY));
      }
      return isFull(slots.get(0), "warm") && isFull(slots.get(1), "warm");
    } catch (NoSlotException yet) {
      return false;
    } finally {
      held.forEach(Runnable::run);
    }
  }

  /** Alone, each would allow one at once. */
  private void assertOneRateForBoth(RedisServers servers) {
    String since = "flowfi:{" + log + "}:rates";
    try (Jedis user = new Jedis(servers.connect(since.getBytes(StandardCharsets.UTF_8)))) {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> {
                user.hset(since, "since", "0"); // longer than a minute
                String caller = "G" + ++callers;
                for (int i = 0; i < LIMIT; i++) {
                  assertThat(rates.get(i % 2).take(caller)).isZero();
                }
                for (RateLimiter node : rates) {
                  assertThat(node.take(caller)).isBetween(1, 12);
                }
              });
    }
  }

  private void assertOneLimitForBoth(RedisServers servers) {
    for (int most = 0; most < 2; most++) {
      int node = most;
      await().atMost(Duration.ofSeconds(20)).until(() -> countTogether(node));
    }
    assertOneRateForBoth(servers);
    assertThat(RedisSlots.live(servers, log)).containsOnlyKeys("node0", "node1");
    List<Runnable> held = new ArrayList<>();
    for (int i = 0; i < LIMIT; i++) { // one has more than its share
      held.add(slots.get(i == 0 ? 1 : 0).take("a", NOBODY));
    }
    for (Slots node : slots) {
      assertThatThrownBy(() -> node.take("a", NOBODY))
          .isInstanceOfSatisfying(
              NoSlotException.class,
              full -> assertThat(full.limit()).isEqualTo(Slots.Limit.ADDRESS));
    }
    held.get(LIMIT - 1).run();
    await().until(() -> !isFull(slots.get(1), "a"));
    nodes.forEach(ClusterSlots::close);
    assertThat(RedisSlots.live(servers, log)).isEmpty();
  }

  private static void assertNothingRefused(Jedis... admins) {
    for (Jedis admin : admins) {
      assertThat(admin.info("errorstats")).doesNotContain(REFUSALS);
    }
  }

  @Test
  void shouldHoldALimitWithTheDocumentedRights() {
    RedisServer server = closing(RedisServer.start());
    Jedis admin = admin(server);
    admin.aclSetUser("flowfi", RedisRights.all(">pw&/1"));
    admin.aclSetUser("default", "off");
    assertOneLimitForBoth(
        twoNodes("redis://flowfi:pw&%2F1@" + HOST + ":" + server.port(), Optional.empty()));
    assertNothingRefused(admin);
  }

  /** As the documentation says, and not without any limit. */
  @Test
  void shouldAllowEachNodeItsShareWithoutTheRightsToCount() {
    RedisServer server = closing(RedisServer.start());
    Jedis admin = admin(server);
    admin.aclSetUser("flowfi", RedisRights.relay(">pw"));
    twoNodes("redis://flowfi:pw@" + HOST + ":" + server.port(), Optional.empty());
    await().until(() -> admin.info("errorstats").contains("NOPERM"));
    for (Slots node : slots) {
      for (int i = 0; i < (node == slots.get(0) ? 3 : 2); i++) { // of five
        node.take("a", NOBODY);
      }
      assertThat(isFull(node, "a")).isTrue();
    }
    for (RateLimiter node : rates) {
      assertThat(node.take("a")).isZero();
      assertThat(node.take("a")).isPositive();
    }
  }

  @Test
  void shouldHoldALimitOverTls() {
    TestAuthority authority = TestAuthority.create(directory.resolve("authority"));
    Path certificate = authority.issue("redis", "IP:" + HOST);
    RedisServer server =
        closing(
            RedisServer.startTls(
                RedisServer.freePort(),
                certificate,
                certificate.resolveSibling("redis.key"),
                "--requirepass",
                "p@ss"));
    assertOneLimitForBoth(
        twoNodes(
            "rediss://:p%40ss@" + HOST + ":" + server.port(),
            Optional.of(authority.certificate())));
  }

  /** In a database that is not the first. */
  @Test
  void shouldHoldALimitOnTheMasterOfASentinel() {
    RedisServer master = closing(RedisServer.start());
    RedisServer sentinel = closing(RedisServer.sentinel("payments", master.port()));
    Jedis admin = admin(master);
    admin.aclSetUser("flowfi", RedisRights.all(">pw"));
    assertOneLimitForBoth(
        twoNodes(
            "redis-sentinel://flowfi:pw@" + HOST + ":" + sentinel.port() + "/payments/3",
            Optional.empty()));
    assertNothingRefused(admin);
  }

  @Test
  void shouldHoldALimitInACluster() {
    List<RedisServer> masters = RedisServer.cluster(3);
    masters.forEach(this::closing);
    Jedis[] admins = masters.stream().map(this::admin).toArray(Jedis[]::new);
    for (Jedis admin : admins) {
      admin.aclSetUser("flowfi", RedisRights.all(">pw"));
      admin.aclSetUser("default", "off");
    }
    assertOneLimitForBoth(
        twoNodes(
            "redis-cluster://flowfi:pw@" + HOST + ":1," + HOST + ":" + masters.get(1).port(),
            Optional.empty()));
    assertNothingRefused(admins);
  }
}
