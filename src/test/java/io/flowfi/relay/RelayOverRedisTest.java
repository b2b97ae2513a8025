package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LoggedEvent;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

/** Nodes of one log that tell each other over a real Redis, in all the trouble that it can have. */
@Timeout(60)
class RelayOverRedisTest {
  /** So rare that what arrives was told. */
  private static final Duration NEVER = RelaySettings.LONGEST_POLL;

  private static final Duration OFTEN = Duration.ofMillis(50);

  /** 0: only printed. */
  private static final long BACK_MILLIS = Long.getLong("flowfi.relay.back", 0);

  private static RedisServer redis;
  private final SharedLog log = new SharedLog();
  private final List<AutoCloseable> open = new ArrayList<>();
  private TcpProxy proxy;

  @BeforeAll
  static void startRedis() {
    redis = RedisServer.start();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void startProxy() {
    redis.thaw();
    proxy = new TcpProxy(redis.port());
    open.add(proxy);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private Channel channel(SharedLog of, int port) {
    return new RedisChannel(
        new RedisServers(RedisSettings.parse("redis://127.0.0.1:" + port, Optional.empty())),
        of.identity());
  }

  private RelayedNode node(SharedLog of, int port, Duration poll) {
    RelayedNode node = new RelayedNode(of, Optional.of(channel(of, port)), poll);
    open.add(node);
    return node;
  }

  private RelayedNode node(Duration poll) {
    return node(log, proxy.port(), poll);
  }

  private RelayedNode connected(Duration poll) {
    RelayedNode node = node(poll);
    node.awaitConnected();
    return node;
  }

  private void replay(SharedLog of, List<byte[]> messages) {
    try (Jedis jedis = new Jedis("127.0.0.1", redis.port())) {
      messages.forEach(message -> jedis.publish(name(of), message));
    }
  }

  private static byte[] name(SharedLog log) {
    return ("flowfi:log:" + log.identity()).getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void shouldBringEventsToOtherNodesWithoutALookAtTheLog() {
    RelayedNode first = connected(NEVER);
    RelayedNode second = connected(NEVER);
    int before = log.pages.get();
    for (int batch = 1; batch <= 50; batch++) {
      first.commit(1 + batch % 7);
    }
    second.awaitAll();
    first.awaitAll();
    assertThat(log.pages).as("no event is read").hasValue(before);
    assertThat(first.statistics().lagMicros()).isPresent();
    assertThat(second.statistics().received()).isPositive();
    assertThat(second.relay.degraded()).isEmpty();
  }

  @Test
  void shouldSendEachBatchOnce() throws Exception {
    RelayedNode first = connected(NEVER);
    connected(NEVER);
    List<byte[]> heard = listening();
    List<List<LoggedEvent>> batches = new ArrayList<>();
    for (int batch = 1; batch <= 20; batch++) {
      batches.add(first.commit(1 + batch % 3));
    }
    List<LoggedEvent> last = first.commit(1);
    await()
        .atMost(RelayedNode.PATIENCE)
        .until(() -> opened(heard), sent -> sent.contains(last)); // so all before it are there
    List<List<LoggedEvent>> sent = opened(heard);
    assertThat(sent.subList(0, sent.indexOf(last))).isEqualTo(batches);
  }

  /** Once a second, also where nobody writes: so a dead channel is told from a quiet one. */
  @Test
  void shouldGiveSignsOfLife() {
    connected(NEVER);
    List<byte[]> heard = listening();
    await().atMost(Duration.ofSeconds(8)).until(() -> heard.size() >= 3);
  }

  /** The events of each message that has some. */
  private List<List<LoggedEvent>> opened(List<byte[]> heard) throws DroppedMessageException {
    SealedMessages messages = new SealedMessages(log.identity(), log.secret, 1 << 20);
    List<List<LoggedEvent>> opened = new ArrayList<>();
    for (byte[] message : heard) {
      opened.add(messages.open(message).events());
    }
    opened.removeIf(List::isEmpty); // signs of life
    return opened;
  }

  /** What goes over the channel from now on. */
  private List<byte[]> listening() {
    List<byte[]> heard = new CopyOnWriteArrayList<>();
    Channel.Receiving listener = channel(log, redis.port()).openReceiving();
    open.add(listener);
    new Thread(() -> listen(listener, heard)).start();
    await().atMost(RelayedNode.PATIENCE).until(() -> !heard.isEmpty()); // a sign of life
    return heard;
  }

  @Test
  void shouldKeepTheOrderWhenAllNodesWrite() throws Exception {
    List<RelayedNode> nodes = List.of(connected(OFTEN), connected(OFTEN), connected(OFTEN));
    List<Thread> writers = new ArrayList<>();
    for (RelayedNode node : nodes) {
      Thread writer =
          new Thread(
              () -> {
                for (int batch = 0; batch < 300; batch++) {
                  node.commit(1 + batch % 5);
                }
              });
      writers.add(writer);
      writer.start();
    }
    for (Thread writer : writers) {
      writer.join();
    }
    nodes.forEach(RelayedNode::awaitAll);
  }

  @Test
  void shouldTellOfALongBatchByItsPosition() {
    RelayedNode first = connected(NEVER);
    RelayedNode second = connected(NEVER);
    int before = log.pages.get();
    first.commit(20, "x".repeat(40_000));
    second.awaitAll();
    assertThat(first.statistics().sentBare()).isEqualTo(1);
    assertThat(log.pages.get()).as("read from the log").isGreaterThan(before);
  }

  @Test
  void shouldOnlyBeLateWhileRedisIsAwayAndPushAgainWhenItIsBack() {
    RelayedNode first = connected(OFTEN);
    RelayedNode second = connected(OFTEN);
    RelayedNode pushed = connected(NEVER);
    proxy.refuse();
    await().atMost(RelayedNode.PATIENCE).until(() -> second.relay.degraded().isPresent());
    first.commit(10);
    second.awaitAll();
    assertThat(pushed.passed()).isEmpty();
    assertThat(second.relay.trouble()).as("it serves all the same").isEmpty();
    proxy.mend();
    pushed.awaitAll(); // reads what it missed as soon as it is subscribed again
    first.awaitConnected();
    first.commit(3);
    pushed.awaitAll();
    second.awaitAll();
    await().atMost(RelayedNode.PATIENCE).until(() -> second.relay.degraded().isEmpty());
  }

  /**
   * The promise is a second, to be tested on an idle machine, see docs/testing.md. The pauses alone
   * are tested in {@link AttemptsTest}.
   */
  @Test
  void shouldPushSoonAfterTheReturnOfRedis() {
    RelayedNode first = connected(NEVER);
    RelayedNode second = connected(NEVER);
    long longest = 0;
    for (int round = 0; round < 3; round++) {
      proxy.refuse();
      await()
          .atMost(RelayedNode.PATIENCE)
          .until(() -> !first.statistics().connected() && !second.statistics().connected());
      proxy.mend();
      long back = System.nanoTime();
      first.awaitConnected();
      second.awaitConnected();
      longest = Math.max(longest, System.nanoTime() - back);
      int before = log.pages.get();
      first.commit(1);
      second.awaitAll();
      assertThat(log.pages).as("it was pushed").hasValue(before);
    }
    Duration most = Duration.ofNanos(longest);
    System.out.printf("pushed to again %,d ms after the return of Redis%n", most.toMillis());
    if (BACK_MILLIS > 0) {
      assertThat(most).isLessThan(Duration.ofMillis(BACK_MILLIS));
    }
  }

  /** From a node that was not heard, and never is. */
  @Test
  void shouldReadWhatItMissedWhenItIsSubscribedAgain() {
    RelayedNode mute = new RelayedNode(log, Optional.empty(), OFTEN);
    open.add(mute);
    RelayedNode node = connected(NEVER);
    proxy.refuse();
    await().atMost(RelayedNode.PATIENCE).until(() -> node.relay.degraded().isPresent());
    mute.commit(5);
    mute.awaitAll();
    assertThat(node.passed()).isEmpty();
    proxy.mend();
    node.awaitAll();
  }

  @Test
  void shouldUseARedisThatWasRestartedOrReplacedOrFlushed() {
    RelayedNode first = connected(NEVER);
    RelayedNode second = connected(NEVER);
    redis.restart();
    first.commit(2);
    second.awaitAll();
    try (RedisServer other = RedisServer.start()) {
      proxy.lead(other.port());
      proxy.cut();
      first.commit(2);
      second.awaitAll();
      try (Jedis jedis = new Jedis("127.0.0.1", other.port())) {
        jedis.flushAll();
        jedis.scriptFlush();
      }
      first.commit(2);
      second.awaitAll();
    }
  }

  /** The connections stay open, and nothing comes any more. */
  @Test
  void shouldNoticeASilentConnection() {
    RelayedNode first = connected(OFTEN);
    RelayedNode second = connected(OFTEN);
    long connects = second.statistics().connects();
    int ended = proxy.ended();
    proxy.silence();
    first.commit(5);
    second.awaitAll();
    await().atMost(RelayedNode.PATIENCE).until(() -> second.relay.degraded().isPresent());
    // both nodes give up the connections that they listen on
    await().atMost(RelayedNode.PATIENCE).until(() -> proxy.ended() >= ended + 2);
    redis.freeze();
    proxy.mend();
    first.commit(5);
    second.awaitAll();
    redis.thaw();
    second.awaitConnected();
    assertThat(second.statistics().connects()).isGreaterThan(connects);
  }

  @Test
  void shouldNotDelayACommitWhenRedisIsSlow() {
    RelayedNode first = connected(OFTEN);
    RelayedNode second = connected(OFTEN);
    proxy.delay(Duration.ofMillis(200));
    for (int batch = 0; batch < 500; batch++) {
      first.commit(1);
    }
    first.awaitAll();
    second.awaitAll();
    assertThat(first.statistics().notSent()).as("no room while it waits").isPositive();
  }

  /** Whoever has Redis can hear, repeat, reorder and make up messages. */
  @Test
  void shouldBelieveNothingThatNoNodeHasSaid() throws Exception {
    RelayedNode first = connected(NEVER);
    RelayedNode second = connected(NEVER);
    List<byte[]> heard = listening();
    for (int batch = 0; batch < 20; batch++) {
      first.commit(2);
    }
    second.awaitAll();
    await().atMost(RelayedNode.PATIENCE).until(() -> heard.size() >= 20);
    List<byte[]> repeated = new ArrayList<>(heard);
    Collections.reverse(repeated);

    SealedMessages forger = new SealedMessages(log.identity(), LogSecret.random(), 1 << 20);
    List<byte[]> forged = new ArrayList<>();
    for (long next = 41; next < 50; next++) {
      forged.add(
          forger
              .seal(
                  new Message(
                      7, 1, new LogPosition(next), List.of(SharedLog.event(next, "forged"))))
              .orElseThrow());
    }
    for (byte[] message : heard) {
      byte[] damaged = message.clone();
      damaged[damaged.length / 2] ^= 1;
      forged.add(damaged);
    }
    forged.add(new byte[0]);
    forged.add(new byte[70]);
    SharedLog other = new SharedLog();
    forged.add(
        new SealedMessages(other.identity(), other.secret, 1 << 20)
            .seal(new Message(7, 1, new LogPosition(41), List.of(SharedLog.event(41, "foreign"))))
            .orElseThrow());
    int before = log.pages.get();
    replay(log, repeated);
    replay(log, forged);
    await()
        .until(
            () -> second.statistics().unsigned() + second.statistics().foreign() >= forged.size());
    assertThat(second.statistics().foreign()).isPositive();
    assertThat(log.pages).as("not even a look").hasValue(before);
    first.commit(3);
    second.awaitAll();
    first.awaitAll();
    assertThat(second.statistics().connected()).isTrue();
  }

  private static void listen(Channel.Receiving from, List<byte[]> heard) {
    try {
      from.receive(() -> {}, heard::add);
    } catch (RuntimeException closed) {
      // the end of the test
    }
  }

  @Test
  void shouldShareARedisWithAnotherLog() {
    SharedLog other = new SharedLog();
    RelayedNode first = connected(NEVER);
    RelayedNode foreign = node(other, proxy.port(), NEVER);
    foreign.awaitConnected();
    RelayedNode second = connected(NEVER);
    first.commit(3);
    foreign.commit(5);
    second.awaitAll();
    foreign.awaitAll();
    assertThat(foreign.statistics().foreign()).isZero();
    assertThat(foreign.statistics().received()).isZero();
  }

  @Test
  void shouldPollWithoutAChannel() {
    RelayedNode first = new RelayedNode(log, Optional.empty(), OFTEN);
    open.add(first);
    RelayedNode second = new RelayedNode(log, Optional.empty(), OFTEN);
    open.add(second);
    first.commit(1);
    second.awaitAll(); // by now it has looked at the log, as it does at its start
    first.commit(700);
    second.awaitAll();
    assertThat(second.relay.statistics()).isEmpty();
    assertThat(second.relay.degraded()).isEmpty();
  }

  /** Three nodes, each with a way of its own to Redis. Another order of trouble in every run. */
  @Test
  void shouldLoseRepeatAndReorderNothingInAnyTrouble() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<TcpProxy> ways = new ArrayList<>();
    List<RelayedNode> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      ways.add(new TcpProxy(redis.port()));
      open.add(ways.get(i));
      nodes.add(node(log, ways.get(i).port(), OFTEN));
    }
    for (int round = 0; round < 40; round++) {
      TcpProxy way = ways.get(random.nextInt(3));
      switch (random.nextInt(8)) {
        case 0 -> way.cut();
        case 1 -> way.refuse();
        case 2 -> way.silence();
        case 3 -> way.delay(Duration.ofMillis(random.nextInt(200)));
        case 4 -> redis.restart();
        default -> way.mend();
      }
      for (int batch = 0; batch < 20; batch++) {
        nodes.get(random.nextInt(3)).commit(1 + random.nextInt(5));
      }
      RelayedNode follower = nodes.get(random.nextInt(3));
      if (random.nextBoolean()) {
        follower.awaitAll();
      }
    }
    ways.forEach(TcpProxy::mend);
    for (RelayedNode node : nodes) {
      assertThatCode(node::awaitAll).as("seed %d", seed).doesNotThrowAnyException();
      node.awaitConnected();
    }
  }

  @Test
  void shouldLeaveNoThreadBehind() {
    RelayedNode node = connected(NEVER);
    proxy.silence();
    node.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("relay-"));
  }
}
