package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.Race;
import io.flowfi.cluster.ClusterSlots.Kind;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.SlotCounts;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slots of one node in every form, and of two nodes on a real Redis. */
@Timeout(60)
class SharedSlotsTest {
  private static final Optional<String> NOBODY = Optional.empty();
  private static final Optional<String> ALICE = Optional.of("GALICE");
  private static RedisServer redis;

  private final LogIdentity log = LogIdentity.random();

  /** Long, so that a busy machine does not look like a Redis that is away. */
  private Duration patience = Duration.ofSeconds(10);

  private final List<ClusterSlots> clusters = new ArrayList<>();

  /** Their event streams. */
  private final List<Slots> nodes = new ArrayList<>();

  private enum Form {
    LOCAL,
    ALONE,
    REDIS
  }

  private final List<Slots> exports = new ArrayList<>();

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @AfterEach
  void close() {
    redis.thaw();
    clusters.forEach(ClusterSlots::close);
  }

  private Slots node(ConnectionSettings limits, int living, boolean withRedis) {
    ClusterSlots cluster =
        new ClusterSlots(
            () -> living,
            Optional.of(redis.url())
                .filter(url -> withRedis)
                .map(url -> new RedisServers(RedisSettings.parse(url, Optional.empty()))),
            log,
            "node" + nodes.size(),
            patience);
    clusters.add(cluster);
    Slots streams = cluster.of(Kind.EVENT_STREAMS, limits);
    nodes.add(streams);
    exports.add(cluster.of(Kind.EXPORTS, new ConnectionSettings(10, 3, 2)));
    cluster.start();
    return streams;
  }

  /** Two nodes that count together. */
  private void pair(ConnectionSettings limits) {
    node(limits, 2, true);
    node(limits, 2, true);
    awaitTogether(limits.perAddress(), "warm");
  }

  /** Until one node gets all that there is, and the other nothing: so they count together. */
  private void awaitTogether(int limit, String network) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              List<Runnable> held = new ArrayList<>();
              try {
                for (int i = 0; i < limit; i++) {
                  held.add(nodes.get(i == 0 ? 1 : 0).take(network, NOBODY));
                }
                return isFull(nodes.get(0), network) && isFull(nodes.get(1), network);
              } catch (NoSlotException yet) {
                return false;
              } finally {
                held.forEach(Runnable::run);
              }
            });
  }

  private static boolean isFull(Slots slots, String network) {
    try {
      slots.take(network, NOBODY).run();
      return false;
    } catch (NoSlotException full) {
      return true;
    }
  }

  private static void assertRefused(
      Slots slots, String network, Optional<String> user, Slots.Limit limit) {
    assertThatThrownBy(() -> slots.take(network, user))
        .isInstanceOfSatisfying(
            NoSlotException.class, full -> assertThat(full.limit()).isEqualTo(limit));
  }

  private Slots slots(Form form, ConnectionSettings limits) {
    return form == Form.LOCAL ? new LocalSlots(limits) : node(limits, 1, form == Form.REDIS);
  }

  /** And the refusal uses no slot. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void shouldSayWhichLimitIsReached(Form form) {
    Slots slots = slots(form, new ConnectionSettings(3, 2, 1));
    slots.take("a", ALICE);
    assertRefused(slots, "b", ALICE, Slots.Limit.USER);
    Runnable second = slots.take("a", NOBODY);
    assertRefused(slots, "a", NOBODY, Slots.Limit.ADDRESS);
    slots.take("b", NOBODY);
    assertRefused(slots, "c", NOBODY, Slots.Limit.TOTAL);
    assertThat(slots.counts()).isEqualTo(new SlotCounts(3, 2, 1, 2));
    second.run();
    second.run();
    assertThat(slots.counts().open()).isEqualTo(2);
    slots.take("a", NOBODY);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void shouldNeverExceedALimitNorLeakASlotUnderChurn(Form form) throws Exception {
    Slots slots = slots(form, new ConnectionSettings(6, 3, 2));
    Race.wins(
        6,
        () -> {
          for (int round = 0; round < 200; round++) {
            String address = "a" + ThreadLocalRandom.current().nextInt(3);
            Optional<String> user = Optional.of("u" + ThreadLocalRandom.current().nextInt(3));
            try {
              slots.take(address, user).run();
            } catch (NoSlotException full) {
              assertThat(full.limit()).isNotNull();
            }
          }
          return true;
        });
    assertThat(slots.counts().peakPerAddress()).isLessThanOrEqualTo(3);
    assertThat(slots.counts())
        .extracting(SlotCounts::open, SlotCounts::users)
        .containsExactly(0, 0);
  }

  @Test
  void shouldHoldTheLimitsOverAllNodes() throws Exception {
    pair(new ConnectionSettings(100, 5, 3));
    List<Runnable> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(nodes.get(i % 2).take("of" + i, ALICE));
    }
    assertRefused(nodes.get(0), "another", ALICE, Slots.Limit.USER);
    assertRefused(nodes.get(1), "another", ALICE, Slots.Limit.USER);
    held.get(0).run();
    // a return does not wait for Redis
    await().until(() -> !refuses(nodes.get(1), ALICE));

    AtomicInteger turn = new AtomicInteger();
    assertThat(
            Race.wins(
                16,
                () -> {
                  try {
                    nodes.get(turn.incrementAndGet() % 2).take("crowd", NOBODY);
                    return true;
                  } catch (NoSlotException full) {
                    return false;
                  }
                }))
        .isEqualTo(5);
  }

  /** Each kind has its own limits, and both hold over all nodes, with Redis and after its loss. */
  @Test
  void shouldCountEachKindByItselfOverAllNodes() {
    pair(new ConnectionSettings(100, 3, 3));
    Runnable first = exports.get(0).take("a", ALICE);
    exports.get(1).take("a", ALICE);
    for (Slots node : exports) {
      assertRefused(node, "b", ALICE, Slots.Limit.USER);
    }
    exports.get(1).take("a", NOBODY);
    redis.restart();
    awaitTogether(3, "b");
    for (Slots node : exports) {
      assertRefused(node, "a", NOBODY, Slots.Limit.ADDRESS);
    }
    for (int i = 0; i < 3; i++) {
      nodes.get(i % 2).take("a", ALICE);
    }
    assertRefused(nodes.get(0), "a", NOBODY, Slots.Limit.ADDRESS);
    first.run();
    await().until(() -> !isFull(exports.get(1), "a"));
    assertRefused(nodes.get(0), "a", NOBODY, Slots.Limit.ADDRESS);
  }

  private static boolean refuses(Slots slots, Optional<String> user) {
    try {
      slots.take("again", user);
      return false;
    } catch (NoSlotException full) {
      return true;
    }
  }

  @Test
  void shouldFreeTheSlotsOfANodeThatWasKilled() {
    pair(new ConnectionSettings(100, 3, 3));
    for (int i = 0; i < 3; i++) {
      nodes.get(0).take("a", NOBODY);
    }
    assertRefused(nodes.get(1), "a", NOBODY, Slots.Limit.ADDRESS);
    clusters.get(0).kill();
    await().atMost(RedisSlots.LEASE.plusSeconds(15)).until(() -> !isFull(nodes.get(1), "a"));
    for (int i = 0; i < 3; i++) {
      nodes.get(1).take("a", NOBODY);
    }
    assertRefused(nodes.get(1), "a", NOBODY, Slots.Limit.ADDRESS);
  }

  @Test
  void shouldCountRightAgainWhenRedisWasEmptied() {
    pair(new ConnectionSettings(100, 3, 3));
    nodes.get(0).take("a", NOBODY);
    nodes.get(0).take("a", NOBODY);
    redis.restart();
    awaitTogether(3, "b");
    nodes.get(1).take("a", NOBODY);
    assertRefused(nodes.get(0), "a", NOBODY, Slots.Limit.ADDRESS);
    assertRefused(nodes.get(1), "a", NOBODY, Slots.Limit.ADDRESS);
  }

  /** A Redis that stands still, and one that is gone. */
  @Test
  void shouldAllowEachNodeItsShareWhileRedisIsAway() {
    patience = Duration.ofMillis(50);
    pair(new ConnectionSettings(100, 5, 3));
    redis.freeze();
    assertShares("frozen");
    redis.thaw();
    awaitTogether(5, "b");
    assertThat(isFull(nodes.get(0), "frozen") && isFull(nodes.get(1), "frozen")).isTrue();

    redis.kill();
    assertShares("killed");
    redis.restart();
    awaitTogether(5, "c");
  }

  private void assertShares(String network) {
    for (Slots node : nodes) {
      for (int i = 0; i < 3; i++) { // half of five, rounded up
        node.take(network, NOBODY);
      }
      assertRefused(node, network, NOBODY, Slots.Limit.ADDRESS);
    }
  }
}
