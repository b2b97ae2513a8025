package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.Race;
import io.flowfi.limit.RateLimiter;
import io.flowfi.log.LogIdentity;
import io.flowfi.logs.LoggedLines;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** Rates of several nodes on a real Redis, whose clock is the machine's. */
@Timeout(60)
class SharedRatesTest {
  /** Ten a second; a node takes six at once. */
  private static final int LIMIT = 600;

  /** Of three nodes. */
  private static final int SHARE = 200;

  /** Of that, what a node allows at once without Redis: it is 33.3. */
  private static final int AT_ONCE = 33;

  private static RedisServer redis;

  /** Of what nodes allow by themselves. */
  private final AtomicLong now = new AtomicLong();

  private Jedis admin = admin();

  private LogIdentity log = LogIdentity.random();

  /** Long, so that a busy machine does not look like a Redis that is away. */
  private Duration patience = Duration.ofSeconds(10);

  private final List<ClusterRates> clusters = new ArrayList<>();

  /** Their commands. */
  private final List<RateLimiter> nodes = new ArrayList<>();

  private int warmed;

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
    clusters.forEach(ClusterRates::close);
    admin.close();
  }

  private static Jedis admin() {
    return new Jedis("127.0.0.1", redis.port());
  }

  private void restart() {
    admin.close();
    redis.restart();
    admin = admin();
  }

  private static RedisServers servers() {
    return new RedisServers(RedisSettings.parse(redis.url(), Optional.empty()));
  }

  private void start(int count, int limit, LongSupplier nanos) {
    for (int i = 0; i < count; i++) {
      ClusterRates cluster = new ClusterRates(() -> count, servers(), log, patience, nanos);
      clusters.add(cluster);
      nodes.add(cluster.of("commands", limit));
      cluster.start();
    }
    awaitCounting();
  }

  private void threeNodes() {
    start(3, LIMIT, now::get);
    beAMinuteLater();
  }

  /** Until what each node gives is in Redis. */
  private void awaitCounting() {
    for (RateLimiter node : nodes) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                String key = "warm" + ++warmed;
                node.take(key);
                return admin.exists(bucket(key));
              });
    }
  }

  /** In Redis: it has been counted for longer than a bucket needs to be full. */
  private void beAMinuteLater() {
    admin.hset(key("rates"), "since", "0");
  }

  private String key(String behind) {
    return "flowfi:{" + log + "}:" + behind;
  }

  private String bucket(String key) {
    return key("rate:commands:" + key);
  }

  /** As many as one caller gets who asks these nodes in turn until none has any more. */
  private static int greedy(String key, List<RateLimiter> asked) {
    int all = 0;
    for (int before = -1; all > before; ) {
      before = all;
      for (RateLimiter node : asked) {
        all += node.take(key) == 0 ? 1 : 0;
      }
    }
    return all;
  }

  /** Whatever a bucket has got from Redis' clock since. */
  private static int refilled(long since) {
    return 1 + (int) (LIMIT * (System.nanoTime() - since) / TimeUnit.MINUTES.toNanos(1));
  }

  @Test
  void shouldGiveTheWholeLimitToACallerOfOneNode() {
    threeNodes();
    long begun = System.nanoTime();
    int first = greedy("a", nodes.subList(0, 1));
    assertThat(first).isGreaterThanOrEqualTo(LIMIT);
    assertThat(first + greedy("a", nodes)).isLessThanOrEqualTo(LIMIT + refilled(begun));
  }

  @Test
  void shouldGiveNoMoreToACallerOfAllNodes() {
    threeNodes();
    long begun = System.nanoTime();
    assertThat(greedy("a", nodes)).isBetween(LIMIT, LIMIT + refilled(begun));
  }

  @Test
  void shouldGiveNoMoreToRequestsAtTheSameMoment() throws Exception {
    threeNodes();
    long begun = System.nanoTime();
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger turn = new AtomicInteger();
    Race.wins(
        12,
        () -> {
          taken.addAndGet(greedy("a", List.of(nodes.get(turn.incrementAndGet() % 3))));
          return true;
        });
    // one of them may hold what another has asked for a moment later
    taken.addAndGet(greedy("a", nodes));
    assertThat(taken.get()).isBetween(LIMIT, LIMIT + refilled(begun));
  }

  /** A node that ends takes nothing with it but the few that it has not used. */
  @Test
  void shouldKeepCountWhenANodeEnds() {
    threeNodes();
    long begun = System.nanoTime();
    int taken = greedy("a", nodes.subList(0, 1));
    clusters.get(0).close();
    assertThat(taken + greedy("a", nodes.subList(1, 3)))
        .isLessThanOrEqualTo(LIMIT + refilled(begun));
  }

  @Test
  void shouldNotCountWhatIsAnotherKindOrAnotherLogOrAnotherKey() {
    threeNodes();
    RateLimiter logins = clusters.get(0).of("logins", LIMIT);
    assertThat(greedy("a", nodes)).isGreaterThanOrEqualTo(LIMIT);
    assertThat(greedy("b", nodes)).isGreaterThanOrEqualTo(LIMIT);
    assertThat(greedy("a", List.of(logins))).isGreaterThanOrEqualTo(LIMIT);
    log = LogIdentity.random();
    nodes.clear();
    threeNodes();
    assertThat(greedy("a", nodes)).isGreaterThanOrEqualTo(LIMIT);
  }

  @Test
  void shouldSayWhenTheNextTokenComesAndNotAskBefore() {
    start(2, 6, now::get);
    nodes.get(1).take("a");
    // later than there can be: as if the clock of Redis had been set back
    admin.hset(bucket("a"), "full", "1e16");
    assertThat(nodes.get(0).take("a")).isEqualTo(10);
    assertThat(nodes.get(1).peek("a")).isEqualTo(10);
    admin.del(bucket("a"));
    beAMinuteLater();
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(8_500));
    assertThat(nodes.get(0).take("a")).isEqualTo(2);
    assertThat(nodes.get(1).peek("a")).isEqualTo(2);
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_500));
    assertThat(nodes.get(0).take("a")).isZero();
    assertThat(nodes.get(1).peek("a")).isZero();
  }

  /** As a filter does before it checks credentials, for each request. */
  @Test
  void shouldLookOnlyForThoseOfWhomItHasTakenLately() {
    start(2, 60, now::get);
    nodes.get(0).take("a");
    admin.hset(bucket("a"), "full", "1e16");
    assertThat(nodes.get(1).peek("a")).isZero(); // one more try
    assertThat(nodes.get(1).take("a")).isEqualTo(1);
    assertThat(nodes.get(1).peek("a")).isEqualTo(1);
    for (int i = 0; i < 2; i++) {
      now.addAndGet(TimeUnit.SECONDS.toNanos(70));
      assertThat(nodes.get(0).peek("a")).isEqualTo(i == 0 ? 1 : 0);
    }
    admin.del(bucket("a"));
    beAMinuteLater();
    assertThat(nodes.get(1).take("a")).isZero();
    for (int i = 0; i < 100; i++) { // takes none
      assertThat(nodes.get(1).peek("a")).isZero();
    }
    assertThat(greedy("a", nodes)).isGreaterThanOrEqualTo(59);
  }

  /** The arithmetic of {@link SharedRateLimiter}. */
  @Test
  void shouldExceedALimitByOneShareWhenRedisIsLost() {
    threeNodes();
    long begun = System.nanoTime();
    int all = greedy("a", nodes.subList(0, 1));
    assertThat(all).isGreaterThanOrEqualTo(LIMIT);

    redis.kill();
    now.addAndGet(TimeUnit.SECONDS.toNanos(1)); // what Redis has refused is over
    int alone = greedy("a", nodes);
    assertThat(alone).isEqualTo(3 * AT_ONCE);
    now.addAndGet(TimeUnit.SECONDS.toNanos(30));
    int alsoAtOnce = greedy("a", nodes);
    assertThat(alsoAtOnce).isBetween(3 * AT_ONCE, LIMIT / 2); // not more for having waited
    for (int second = 0; second < 60; second++) {
      now.addAndGet(TimeUnit.SECONDS.toNanos(1));
      alone += greedy("a", nodes);
    }
    assertThat(alone).isBetween(LIMIT, SHARE / 2 + LIMIT);

    restart();
    awaitCounting();
    now.addAndGet(TimeUnit.MINUTES.toNanos(1));
    long back = System.nanoTime();
    admin.hset(key("rates"), "since", Long.toString(micros()));
    int after = greedy("a", nodes);
    assertThat(after).isBetween(SHARE / 2, SHARE / 2 + refilled(back));
    // the minute without Redis gives another limit
    assertThat(all + alone + after - LIMIT).isLessThanOrEqualTo(LIMIT + SHARE + refilled(begun));
  }

  private long micros() {
    List<String> time = admin.time();
    return Long.parseLong(time.get(0)) * 1_000_000 + Long.parseLong(time.get(1));
  }

  /** Also by Redis itself: no node has to notice. */
  @Test
  void shouldBeginWithHalfAShareWhenNobodyHasCounted() {
    threeNodes();
    nodes.get(0).take("a");
    long begun = System.nanoTime();
    admin.del(key("rates"), bucket("a"));
    now.addAndGet(1);
    nodes.subList(1, 3).forEach(node -> node.take("b"));
    assertThat(greedy("a", nodes)).isBetween(SHARE / 2, SHARE / 2 + 6 + refilled(begun));
    assertThat(greedy("never seen", nodes)).isBetween(SHARE / 2, SHARE / 2 + refilled(begun));
  }

  /** Otherwise an hour without commands would be a gap. */
  @Test
  void shouldGiveSignsOfLifeWhileNobodyAsks() {
    threeNodes();
    admin.pexpire(key("rates"), 600_000);
    await().until(() -> admin.pttl(key("rates")) <= RedisRates.GAP.toMillis());
    assertThat(admin.pttl(key("rates"))).isPositive();
    assertThat(admin.hget(key("rates"), "since")).isEqualTo("0");
  }

  @Test
  void shouldKeepNothingOfACallerForLongerThanABucketNeeds() {
    threeNodes();
    nodes.get(0).take("a");
    // six of ten a second; it may be gone already
    assertThat(admin.pttl(bucket("a"))).isLessThanOrEqualTo(600).isNotEqualTo(-1);
    greedy("a", nodes);
    assertThat(admin.pttl(bucket("a"))).isBetween(600L, 60_000L);
    assertThat(admin.hkeys(bucket("a"))).isEqualTo(Set.of("full"));
  }

  /** A Redis that stands still: one request finds out, and the others do not wait for it. */
  @Test
  void shouldNotAskARedisThatHasJustNotAnswered() {
    patience = Duration.ofMillis(50);
    start(3, LIMIT, now::get);
    admin.hset(bucket("a"), "full", "1e16");
    clusters.get(0).patience().rest();
    assertThat(nodes.get(0).take("a")).isZero(); // though Redis has none

    redis.freeze();
    await()
        .pollDelay(Duration.ZERO)
        .until(
            () -> {
              assertThat(nodes.get(1).take("b" + ++warmed)).isZero();
              return clusters.get(1).patience().rests();
            });
    redis.thaw();
    awaitCounting();
  }

  @Test
  void shouldCountTogetherAgainWhenRedisIsBack() {
    patience = Duration.ofMillis(50);
    threeNodes();
    try (LoggedLines lines = LoggedLines.of(RateCounter.class)) {
      redis.kill();
      await().until(() -> lines.lines().size() == 3);
      assertThat(greedy("a", nodes)).isEqualTo(3 * AT_ONCE);
      restart();
      awaitCounting();
      assertThat(lines.lines())
          .hasSize(6)
          .filteredOn(line -> line.startsWith("WARNING commands and failed logins cannot be"))
          .hasSize(3);
      assertThat(lines.lines())
          .filteredOn(line -> line.endsWith("are counted over all nodes again"))
          .hasSize(3);
    }
    await()
        .untilAsserted(
            () -> {
              String key = "b" + ++warmed;
              beAMinuteLater();
              now.addAndGet(TimeUnit.MINUTES.toNanos(1));
              assertThat(greedy(key, nodes.subList(0, 1))).isGreaterThanOrEqualTo(LIMIT);
            });
  }

  @Test
  void shouldLetARequestWaitForAMomentAtMost() {
    try (ClusterRates cluster = new ClusterRates(() -> 2, servers(), log)) {
      assertThat(cluster.patience().most()).isEqualTo(Duration.ofMillis(50));
    }
  }

  /** It would take tokens for nobody. */
  @Test
  void shouldNotAskForThoseWhoDoNotWaitAnyMore() throws Exception {
    try (RateCounter counter = new RateCounter(() -> new RedisRates(servers(), log))) {
      counter.start();
      RateAsk late = new RateAsk("commands:late", LIMIT, LIMIT, Duration.ofMinutes(1));
      late.giveUp();
      await().until(() -> counter.ask(late));
      RateAsk next = new RateAsk("commands:next", LIMIT, LIMIT, Duration.ofMinutes(1));
      assertThat(counter.ask(next)).isTrue();
      assertThat(next.answer().get(20, TimeUnit.SECONDS)).hasValue(LIMIT);
      assertThat(admin.exists(bucket("late"))).isFalse();
      assertThat(admin.exists(bucket("next"))).isTrue();
    }
  }

  @Test
  void shouldForgetRatherThanGrow() {
    SharedRateLimiter limiter =
        new SharedRateLimiter(
            "commands", LIMIT, new ClusterRates(() -> 1, servers(), log), now::get);
    IntStream.range(0, SharedRateLimiter.MAX_KEYS + 1_000).forEach(i -> limiter.take("key " + i));
    assertThat(limiter.keys()).isLessThanOrEqualTo(SharedRateLimiter.MAX_KEYS);
  }

  @Test
  void shouldEndItsThread() {
    threeNodes();
    assertThat(counting()).isEqualTo(3);
    clusters.forEach(ClusterRates::close);
    assertThat(counting()).isZero();
  }

  private static long counting() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("cluster-rates"))
        .count();
  }
}
