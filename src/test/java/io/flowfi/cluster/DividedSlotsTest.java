package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.cluster.ClusterSlots.Kind;
import io.flowfi.cluster.NodeStore.Member;
import io.flowfi.cluster.SlotAsk.Place;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogPosition;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TcpProxy;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.time.ClockDoubt;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One limit over three nodes on a real PostgreSQL, while all or one of them have lost Redis. */
@Timeout(120)
class DividedSlotsTest {
  private static final int LIMIT = 6;
  private static final String CLIENT = "10.0.0.1";
  private static final Place PLACE = new Place(Kind.EVENT_STREAMS.address(CLIENT), LIMIT);

  private final SqlStore store =
      PostgresStore.open(PostgresSettings.parse(TestStore.postgres().newDatabase()));

  private final RedisServer redis = RedisServer.start();
  private final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
    redis.close();
    store.close();
  }

  private static ConditionFactory eventually() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(50));
  }

  private static NodeStore.Report report(String id) {
    return new NodeStore.Report(
        id, Optional.empty(), Optional.empty(), "1", 0, 10, LogPosition.BEGINNING);
  }

  /** What a node has of its own. */
  private final class Node implements AutoCloseable {
    final String id = "node" + nodes.size();
    final TcpProxy way = new TcpProxy(redis.port());
    final ClusterSlots slots;
    final Slots streams;
    final Cluster cluster;
    final List<Runnable> held = new ArrayList<>();

    /** Its end is not written anywhere if it is killed. */
    private boolean killed;

    Node(boolean withRedis, int limit) {
      slots =
          new ClusterSlots(
              Optional.of("redis://127.0.0.1:" + way.port())
                  .filter(url -> withRedis)
                  .map(url -> new RedisServers(RedisSettings.parse(url, Optional.empty()))),
              store.log().identity(),
              id,
              Duration.ofSeconds(5)); // a busy machine is no Redis that is away
      streams = slots.of(Kind.EVENT_STREAMS, new ConnectionSettings(100, limit, limit));
      ClusterStore real = store.cluster().orElseThrow();
      cluster =
          new Cluster(
              new ClusterStore(
                  real.oneTime(), real.filters(), new Killable(real.nodes()), real.leases()),
              store.secret(),
              id,
              () -> report(id),
              slots,
              ClockDoubt.NONE,
              Clocks.system());
      cluster.start();
      slots.start();
    }

    private final class Killable implements NodeStore {
      private final NodeStore real;

      Killable(NodeStore real) {
        this.real = real;
      }

      @Override
      public Pulse report(Report report, Map<String, Integer> told) {
        return real.report(report, told);
      }

      @Override
      public void leave(String node) {
        if (!killed) {
          real.leave(node);
        }
      }

      @Override
      public List<LiveNode> live() {
        return real.live();
      }

      @Override
      public Set<String> known(Set<String> ids) {
        return real.known(ids);
      }
    }

    boolean take() {
      try {
        held.add(streams.take(CLIENT, Optional.empty()));
        return true;
      } catch (NoSlotException full) {
        return false;
      }
    }

    void giveBack(int count) {
      for (int i = 0; i < count; i++) {
        held.remove(0).run();
      }
    }

    void kill() {
      killed = true;
      slots.kill();
      cluster.close();
      held.clear();
    }

    @Override
    public void close() {
      slots.close();
      cluster.close();
      way.close();
    }
  }

  private void start(int count, boolean withRedis, int limit) {
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(withRedis, limit));
    }
    for (Node node : nodes) {
      eventually().until(() -> node.cluster.size() == count);
    }
  }

  /** They count together: the first of them can take all. */
  private void startWithRedis(int count) {
    start(count, true, LIMIT);
    eventually()
        .until(
            () -> {
              nodes.get(0).take();
              return total() == LIMIT;
            });
    eventually().until(() -> nodes.stream().skip(1).noneMatch(this::couldTakeMore));
  }

  /** As soon as others know it. */
  private void awaitTold(int left) {
    for (Node node : nodes.subList(1, nodes.size())) {
      eventually().until(() -> node.slots.room(PLACE) == left);
    }
  }

  private boolean couldTakeMore(Node node) {
    boolean taken = node.take();
    if (taken) {
      node.held.remove(node.held.size() - 1).run();
    }
    return taken;
  }

  private int total() {
    return nodes.stream().mapToInt(node -> node.held.size()).sum();
  }

  /** All take what they get. */
  private int takenByAll() {
    boolean more = true;
    while (more) {
      more = false;
      for (Node node : nodes) {
        more |= !node.killed && node.take();
      }
    }
    return total();
  }

  @Test
  void shouldRefuseWhatAnotherNodeHasWhileRedisIsAway() {
    startWithRedis(3);
    awaitTold(0);
    redis.kill();
    for (int round = 0; round < 3; round++) {
      assertThat(takenByAll()).isEqualTo(LIMIT);
    }
    assertThat(nodes.get(0).held).hasSize(LIMIT);

    nodes.get(0).giveBack(3);
    eventually().until(() -> takenByAll() == LIMIT);
    assertThat(nodes.get(0).held).as("it has more than its share still").hasSize(3);
    nodes.get(0).giveBack(3);
    eventually().until(() -> takenByAll() == LIMIT);
    assertThat(nodes).allSatisfy(node -> assertThat(node.held).isNotEmpty());

    redis.restart();
    for (Node node : nodes) {
      eventually().until(() -> isCounted(node));
    }
    assertThat(takenByAll()).isEqualTo(LIMIT);
    nodes.get(1).giveBack(1);
    eventually().until(() -> couldTakeMore(nodes.get(0)));
  }

  private boolean isCounted(Node node) {
    return RedisSlots.live(
            new RedisServers(RedisSettings.parse(redis.url(), Optional.empty())),
            store.log().identity())
        .containsKey(node.id);
  }

  @Test
  void shouldGiveOutWhatADeadNodeHadWhileRedisIsAway() {
    startWithRedis(3);
    awaitTold(0);
    redis.kill();
    nodes.get(0).kill();
    assertThat(takenByAll()).as("it may just be slow").isZero();
    eventually().until(() -> takenByAll() == LIMIT);
    assertThat(takenByAll()).isEqualTo(LIMIT);
  }

  /** Redis forgets what it has after five seconds. */
  @Test
  void shouldKeepWhatANodeHasThatIsCutOffFromRedis() {
    startWithRedis(3);
    awaitTold(0);
    nodes.get(0).way.refuse();
    eventually().until(() -> !isCounted(nodes.get(0)));
    await()
        .pollInterval(Duration.ofMillis(50))
        .during(Duration.ofSeconds(3)) // they have looked who is counted meanwhile
        .atMost(Duration.ofSeconds(30))
        .until(() -> takenByAll() == LIMIT);

    nodes.get(0).giveBack(3);
    eventually().until(() -> takenByAll() == LIMIT);
    assertThat(nodes.get(0).held).hasSize(3);
    nodes.get(0).way.mend();
    eventually().until(() -> isCounted(nodes.get(0)));
    nodes.get(1).giveBack(nodes.get(1).held.size());
    eventually().until(() -> takenByAll() == LIMIT);
    assertThat(takenByAll()).isEqualTo(LIMIT);
  }

  /** What it may take without Redis. */
  @Test
  void shouldKeepItsShareForANodeThatHasToldNothing() {
    NodeStore list = store.cluster().orElseThrow().nodes();
    list.report(report("older"), Map.of());
    nodes.add(new Node(true, LIMIT));
    eventually().until(() -> isCounted(nodes.get(0)) && nodes.get(0).cluster.size() == 2);
    assertThat(takenByAll()).isEqualTo(LIMIT / 2);
    list.leave("older");
    eventually().until(() -> takenByAll() == LIMIT);
  }

  /** Its clients come to the others at once, before these have seen it leave the list. */
  @Test
  void shouldKeepNothingForANodeThatHasSaidThatItEnds() {
    startWithRedis(2);
    nodes.get(0).giveBack(LIMIT);
    nodes.get(0).slots.close();
    Node other = nodes.get(1);
    eventually()
        .pollDelay(Duration.ofMillis(1_500)) // it has asked meanwhile who is counted
        .until(
            () -> {
              other.take();
              return other.held.size() == LIMIT;
            });
    assertThat(other.cluster.size()).isEqualTo(2);
  }

  @Test
  void shouldDivideExactlyWithoutRedis() {
    start(3, false, LIMIT + 1);
    assertThat(takenByAll()).isEqualTo(LIMIT + 1);
    assertThat(nodes.get(0).held).as("the oldest has what is left over").hasSize(3);
    nodes.get(0).giveBack(2);
    assertThat(takenByAll()).isEqualTo(LIMIT + 1);
  }

  /** Each gives one at first; then they know. */
  @Test
  void shouldGiveNoMoreThanALimitThatIsSmallerThanTheNumberOfNodes() {
    start(3, false, 2);
    assertThat(nodes.get(0).take()).isTrue();
    assertThat(nodes.get(1).take()).isTrue();
    assertThat(couldTakeMore(nodes.get(0))).isFalse();
    eventually().until(() -> !couldTakeMore(nodes.get(2)));
    nodes.get(0).giveBack(1);
    eventually().until(() -> nodes.get(2).take());
  }

  @Test
  void shouldTellOnlyWhatMattersToOthersAndOnlySoMuch() {
    try (ClusterSlots slots = new ClusterSlots(Optional.empty(), store.log().identity(), "node")) {
      Slots streams = slots.of(Kind.EVENT_STREAMS, new ConnectionSettings(100_000, 100, 20));
      Slots exports = slots.of(Kind.EXPORTS, new ConnectionSettings(100_000, 10, 4));
      slots.hear(List.of(new Member("node", Map.of()), new Member("another", Map.of())));
      for (int i = 0; i < 49; i++) {
        streams.take(CLIENT, Optional.empty());
        streams.take("10.0.0." + (2 + i), Optional.empty());
      }
      assertThat(slots.told()).isEmpty();
      streams.take(CLIENT, Optional.of("GALICE"));
      assertThat(slots.told()).containsOnly(Map.entry("a:" + CLIENT, 50));
      for (int i = 0; i < 2; i++) {
        exports.take(CLIENT, Optional.of("GALICE"));
      }
      assertThat(slots.told())
          .containsOnly(Map.entry("a:" + CLIENT, 50), Map.entry("export:u:GALICE", 2));

      slots.hear(List.of(new Member("node", Map.of())));
      for (int i = 0; i < 600; i++) {
        for (int j = 0; j < 3; j++) {
          exports.take("192.0.2." + i + "/" + j, Optional.of("G" + i));
        }
      }
      slots.hear(List.of(new Member("node", Map.of()), new Member("another", Map.of())));
      assertThat(slots.told())
          .hasSize(500)
          .allSatisfy((field, count) -> assertThat(count).isEqualTo(3));
    }
  }
}
