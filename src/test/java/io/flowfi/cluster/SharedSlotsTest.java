package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.Race;
import io.flowfi.cluster.ClusterSlots.Kind;
import io.flowfi.cluster.NodeStore.Member;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Slots of one node in every form, and of two nodes on a real Redis. */
@Timeout(60)
class SharedSlotsTest {
  private static final Optional<String> NOBODY = Optional.empty();
  private static final Optional<String> ALICE = Optional.of("GALICE");
  private static RedisServer redis;

  private LogIdentity log = LogIdentity.random();

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
  private final List<Slots> polls = new ArrayList<>();

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
    int number = nodes.size();
    ClusterSlots cluster =
        new ClusterSlots(
            Optional.of(redis.url())
                .filter(url -> withRedis)
                .map(url -> new RedisServers(RedisSettings.parse(url, Optional.empty()))),
            log,
            "node" + number,
            patience);
    cluster.hear(living(living));
    clusters.add(cluster);
    Slots streams = cluster.of(Kind.EVENT_STREAMS, limits);
    nodes.add(streams);
    exports.add(cluster.of(Kind.EXPORTS, new ConnectionSettings(10, 3, 2)));
    polls.add(cluster.of(Kind.LONG_POLLS, new ConnectionSettings(10, 3, 2)));
    cluster.start();
    return streams;
  }

  /** The first nodes; they have told nothing. */
  private static List<Member> living(int count) {
    return IntStream.range(0, count).mapToObj(i -> new Member("node" + i, Map.of())).toList();
  }

  /** Two nodes that count together. */
  private void pair(ConnectionSettings limits) {
    node(limits, 2, true);
    node(limits, 2, true);
    awaitTogether(limits.perAddress(), "warm");
  }

  /**
   * Until each node gets all that there is but one, and then the other nothing: so both know that
   * they count together.
   */
  private void awaitTogether(int limit, String network) {
    for (int most = 0; most < 2; most++) {
      int node = most;
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> countTogether(limit, network, nodes.get(node), nodes.get(1 - node)));
    }
  }

  private static boolean countTogether(int limit, String network, Slots most, Slots one) {
    List<Runnable> held = new ArrayList<>();
    try {
      for (int i = 0; i < limit; i++) {
        held.add((i == 0 ? one : most).take(network, NOBODY));
      }
      return isFull(most, network) && isFull(one, network);
    } catch (NoSlotException yet) {
      return false;
    } finally {
      held.forEach(Runnable::run);
    }
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
    exports.get(0).take("a", NOBODY); // each has its share: what is asked of nobody is refused, too
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

  @Test
  void shouldCountNoKindAsAnother() {
    pair(new ConnectionSettings(100, 3, 3));
    for (List<Slots> kind : List.of(nodes, exports, polls)) {
      for (int i = 0; i < 3; i++) {
        kind.get(i % 2).take("a", NOBODY);
      }
      for (Slots node : kind) {
        assertRefused(node, "a", NOBODY, Slots.Limit.ADDRESS);
      }
    }
  }

  /** Two clusters on one Redis. */
  @Test
  void shouldNotCountWhatNodesOfAnotherLogHave() {
    ConnectionSettings limits = new ConnectionSettings(100, 3, 3);
    pair(limits);
    for (int i = 0; i < 3; i++) {
      nodes.get(0).take("a", ALICE);
    }
    Slots ofFirstLog = nodes.get(1);
    log = LogIdentity.random();
    nodes.clear();
    pair(limits);
    for (int i = 0; i < 3; i++) {
      nodes.get(i % 2).take("a", ALICE);
    }
    assertRefused(nodes.get(1), "a", NOBODY, Slots.Limit.ADDRESS);
    assertRefused(ofFirstLog, "a", NOBODY, Slots.Limit.ADDRESS);
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
    clusters.get(1).hear(List.of(new Member("node1", Map.of()))); // the other is silent there, too
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

  /** Otherwise each request would wait for it. */
  @Test
  void shouldNotAskARedisThatHasJustNotAnswered() {
    patience = Duration.ofMillis(50);
    pair(new ConnectionSettings(100, 3, 3));
    for (int i = 0; i < 2; i++) {
      clusters.get(0).patience().rest();
      nodes.get(0).take("a", NOBODY);
    }
    clusters.get(0).patience().rest();
    assertRefused(nodes.get(0), "a", NOBODY, Slots.Limit.ADDRESS); // though it has one more

    redis.freeze();
    await()
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              nodes.get(1).take("b", NOBODY).run();
              return clusters.get(1).patience().rests();
            });
  }

  /** Without a refusal, too, which would have been a reason to do so. */
  @Test
  void shouldCountInRedisWhatItHasGivenWithoutIt() {
    pair(new ConnectionSettings(100, 3, 3));
    clusters.get(0).patience().rest();
    nodes.get(0).take("a", NOBODY);
    nodes.get(0).take("a", NOBODY);
    nodes.get(1).take("a", NOBODY);
    await().until(() -> isFull(nodes.get(1), "a"));
  }

  /**
   * It was written down with what the node had while the answer was on its way. Often enough: the
   * counter is faster than who waits for it, but not always.
   */
  @Test
  void shouldNotGoOnCountingWhatItHasRefused() {
    RedisServers servers = new RedisServers(RedisSettings.parse(redis.url(), Optional.empty()));
    // its share is the one that it has: it refuses as well while it writes anew, and asks nobody
    ClusterSlots patient = new ClusterSlots(Optional.empty(), log, "node2", patience);
    patient.hear(living(3));
    Object lock = new Object();
    AtomicReference<SharedSlots> slots = new AtomicReference<>();
    try (SlotCounter counter =
            new SlotCounter(
                () -> new RedisSlots(servers, log, "node.1", Optional.empty()),
                lock,
                () -> slots.get().fields(),
                (place, counted) -> place.limit());
        Jedis admin = admin()) {
      ConnectionSettings limits = new ConnectionSettings(100, 3, 3);
      slots.set(new SharedSlots(Kind.EVENT_STREAMS, limits, patient, Optional.of(counter), lock));
      counter.start();
      await().until(() -> admin.exists(key("slots:node.1")));
      // two of three are another node's
      admin.zadd(key("nodes"), System.currentTimeMillis() + 600_000, "another");
      admin.hset(key("slots:another"), "a:a", "2");
      slots.get().take("a", NOBODY);
      for (int round = 0; round < 20; round++) {
        counter.writeAnew(); // behind the next answer
        assertRefused(slots.get(), "a", NOBODY, Slots.Limit.ADDRESS);
        await()
            .pollInterval(Duration.ofMillis(20))
            .until(() -> "1".equals(admin.hget(key("slots:node.1"), "a:a")));
      }
    }
  }

  /** Nobody waits for an answer then. */
  @Test
  void shouldNotAskARedisThatIsKnownToBeAway() {
    pair(new ConnectionSettings(100, 30, 30));
    redis.kill();
    for (int i = 0; i < 3; i++) { // the first may find it out
      assertThat(CompletableFuture.runAsync(() -> nodes.get(0).take("a", NOBODY)))
          .succeedsWithin(patience.dividedBy(2));
    }
    redis.restart();
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
      int more = node == nodes.get(0) ? 1 : 0; // what a half leaves over is the older one's
      for (int i = 0; i < 2 + more; i++) { // half of five
        node.take(network, NOBODY);
      }
      assertRefused(node, network, NOBODY, Slots.Limit.ADDRESS);
      Optional<String> user = Optional.of("G" + network);
      for (int i = 0; i < 1 + more; i++) { // half of three
        node.take(network + i, user);
      }
      assertRefused(node, "another", user, Slots.Limit.USER);
    }
  }

  private static Jedis admin() {
    return new Jedis("127.0.0.1", redis.port());
  }

  private String key(String behind) {
    return "flowfi:{" + log + "}:" + behind;
  }

  private Set<String> names(Jedis admin) {
    return Set.copyOf(admin.zrange(key("nodes"), 0, -1));
  }

  /** Otherwise they would count twice until they expire. */
  @Test
  void shouldTakeBackWhatItHasCountedOverAConnectionThatIsLost() {
    pair(new ConnectionSettings(100, 3, 3));
    nodes.get(0).take("a", NOBODY);
    try (Jedis admin = admin()) {
      Set<String> former = names(admin);
      assertThat(former).hasSize(2);
      admin.clientKill(new ClientKillParams().type(ClientType.NORMAL));
      await()
          .until(() -> names(admin).stream().filter(name -> !former.contains(name)).count() == 2);
      Set<String> now = names(admin);
      assertThat(now).hasSize(2);
      assertThat(admin.keys(key("slots:*")))
          .containsExactlyInAnyOrderElementsOf(
              now.stream().map(name -> key("slots:" + name)).toList());
    }
  }

  /** In Redis it counts for five seconds after its last sign of life. */
  @Test
  void shouldGiveSignsOfLife() {
    node(new ConnectionSettings(100, 3, 3), 1, true);
    try (Jedis admin = admin()) {
      await().until(() -> names(admin).size() == 1);
      String name = names(admin).iterator().next();
      long now = Long.parseLong(admin.time().get(0)) * 1000;
      admin.zadd(key("nodes"), now - 2 * RedisSlots.LEASE.toMillis(), name);
      admin.pexpire(key("slots:" + name), 10 * RedisSlots.LEASE.toMillis());
      await()
          .untilAsserted(
              () -> {
                assertThat(admin.zscore(key("nodes"), name)).isGreaterThanOrEqualTo(now);
                assertThat(admin.pttl(key("slots:" + name)))
                    .isBetween(1L, RedisSlots.LEASE.toMillis());
              });
    }
  }

  /** Addresses come and go for months. */
  @Test
  void shouldKeepNothingOfClientsThatHaveGone() {
    pair(new ConnectionSettings(100, 3, 3));
    Runnable held = nodes.get(0).take("a", ALICE);
    try (Jedis admin = admin()) {
      await().until(() -> fields(admin).equals(Set.of(".", "a:a", "u:GALICE")));
      held.run();
      await().until(() -> fields(admin).equals(Set.of(".")));
    }
  }

  /** Of all nodes. */
  private Set<String> fields(Jedis admin) {
    return admin.keys(key("slots:*")).stream()
        .flatMap(slots -> admin.hkeys(slots).stream())
        .collect(Collectors.toSet());
  }

  /** Its clients are at other nodes at once. */
  @Test
  void shouldLeaveNothingWhenItEnds() {
    pair(new ConnectionSettings(100, 3, 3));
    nodes.get(0).take("a", NOBODY);
    clusters.get(0).close();
    try (Jedis admin = admin()) {
      await()
          .atMost(Duration.ofSeconds(2)) // and not when it has expired
          .untilAsserted(
              () -> {
                assertThat(names(admin)).singleElement(as(STRING)).startsWith("node1.");
                assertThat(admin.keys(key("slots:*"))).hasSize(1);
              });
    }
  }

  @Test
  void shouldNotLetARequestWaitForRedis() {
    ClusterSlots cluster =
        new ClusterSlots(
            Optional.of(new RedisServers(RedisSettings.parse(redis.url(), Optional.empty()))),
            log,
            "node0");
    cluster.hear(living(2));
    clusters.add(cluster);
    try (Jedis admin = admin()) { // the other one is counted
      admin.zadd(key("nodes"), System.currentTimeMillis() + 600_000, "node1.1");
    }
    nodes.add(cluster.of(Kind.EVENT_STREAMS, new ConnectionSettings(100, 3, 3)));
    cluster.start();
    // more than its share
    await()
        .ignoreExceptionsInstanceOf(NoSlotException.class)
        .untilAsserted(
            () -> {
              List<Runnable> held = new ArrayList<>();
              try {
                for (int i = 0; i < 3; i++) {
                  held.add(nodes.get(0).take("warm", NOBODY));
                }
              } finally {
                held.forEach(Runnable::run);
              }
            });
    redis.freeze();
    long begun = System.nanoTime();
    nodes.get(0).take("a", NOBODY);
    // its connection is given up after two seconds
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(1_500));
    assertThat(cluster.patience().most()).isEqualTo(Duration.ofMillis(50));
  }
}
