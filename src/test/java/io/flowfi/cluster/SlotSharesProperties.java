package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.cluster.NodeStore.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * A limit holds but for one share, whatever the nodes had when they could not count together any
 * more, and however clients take and return slots from then on.
 */
class SlotSharesProperties {
  private static final String FIELD = "a:10.0.0.1";

  /** Nodes that know at first what all have; later each what had been told when it told itself. */
  private static final class Nodes {
    private final int limit;
    private final int[] has;
    private final List<Member> told = new ArrayList<>();
    private final List<SlotShares> views = new ArrayList<>();
    private final Set<Integer> inRedis;
    private final Set<String> counted;
    private final int most;

    Nodes(int limit, int[] has, Set<Integer> inRedis) {
      this.limit = limit;
      this.has = has;
      this.inRedis = inRedis;
      this.counted = inRedis.stream().map(Nodes::id).collect(Collectors.toSet());
      int share = (limit + has.length - 1) / has.length;
      this.most = limit + (limit < has.length ? has.length : share);
      for (int node = 0; node < has.length; node++) {
        told.add(new Member(id(node), Map.of()));
        views.add(null);
      }
      for (int round = 0; round < 2; round++) {
        for (int node = 0; node < has.length; node++) {
          tell(node);
        }
      }
    }

    private static String id(int node) {
      return "node" + node;
    }

    void tell(int node) {
      boolean large = has[node] >= new SlotShares(told, node).least(limit);
      told.set(node, new Member(id(node), large ? Map.of(FIELD, has[node]) : Map.of()));
      views.set(node, new SlotShares(told, node));
    }

    boolean take(int node) {
      boolean free = inRedis.contains(node) ? redisHasOne(node) : has[node] < room(node);
      if (free) {
        has[node]++;
        assertThat(total()).isLessThanOrEqualTo(most);
      }
      return free;
    }

    private boolean redisHasOne(int node) {
      return inRedis.stream().mapToInt(one -> has[one]).sum()
          < views.get(node).limitInRedis(FIELD, limit, counted);
    }

    int room(int node) {
      return views.get(node).room(FIELD, limit);
    }

    void giveBack(int node) {
      has[node] = Math.max(0, has[node] - 1);
    }

    int total() {
      return IntStream.of(has).sum();
    }
  }

  /** How many slots the nodes have together, and each of them. */
  private static int[] held(int nodes, int limit, Random random) {
    int[] has = new int[nodes];
    int left = random.nextInt(4) == 0 ? random.nextInt(limit + 1) : limit;
    // often all have as much as is not told
    int untold =
        new SlotShares(
                    IntStream.range(0, nodes).mapToObj(i -> new Member("n" + i, Map.of())).toList(),
                    0)
                .least(limit)
            - 1;
    int most = random.nextBoolean() ? Math.max(1, untold) : 1 + random.nextInt(limit);
    int with = 1 + random.nextInt(nodes);
    for (int i = 0; i < with && left > 0; i++) {
      int node = (i * 7 + i / 7) % nodes;
      int some = Math.min(left, i == 0 && random.nextBoolean() ? random.nextInt(limit) + 1 : most);
      has[node] += some;
      left -= some;
    }
    return has;
  }

  private static void play(Nodes nodes, Random random) {
    int count = nodes.has.length;
    int steps = 20 * count;
    int returns = random.nextInt(5);
    for (int step = 0; step < steps; step++) {
      int node = random.nextInt(count);
      switch (random.nextInt(8)) {
        case 0 -> nodes.tell(node);
        case 1 ->
            IntStream.range(0, random.nextInt(returns + 1)).forEach(i -> nodes.giveBack(node));
        default -> fill(nodes, node);
      }
    }
    for (int round = 0; round < 4; round++) { // all that they can get
      for (int node = 0; node < count; node++) {
        fill(nodes, node);
        nodes.tell(node);
      }
    }
  }

  private static void fill(Nodes nodes, int node) {
    while (nodes.take(node)) {
      assertThat(nodes.has[node]).isLessThanOrEqualTo(nodes.limit);
    }
  }

  @Property(tries = 300)
  void shouldExceedALimitByOneShareAtMostWithoutRedis(
      @ForAll @IntRange(min = 1, max = 64) int count,
      @ForAll @IntRange(min = 1, max = 500) int limit,
      @ForAll long seed) {
    Random random = new Random(seed);
    play(new Nodes(limit, held(count, limit, random), Set.of()), random);
  }

  /** A part of the nodes has lost Redis. */
  @Property(tries = 300)
  void shouldExceedALimitByOneShareAtMostWhereSomeCountInRedis(
      @ForAll @IntRange(min = 1, max = 64) int count,
      @ForAll @IntRange(min = 1, max = 500) int limit,
      @ForAll long seed) {
    Random random = new Random(seed);
    Set<Integer> inRedis =
        IntStream.range(0, count)
            .filter(node -> random.nextBoolean())
            .boxed()
            .collect(Collectors.toSet());
    play(new Nodes(limit, held(count, limit, random), inRedis), random);
  }

  /** Exactly all of it, unless there are more nodes than slots: then each gives one. */
  @Property(tries = 300)
  void shouldDivideAllOfALimitThatNobodyHas(
      @ForAll @IntRange(min = 1, max = 64) int count,
      @ForAll @IntRange(min = 1, max = 500) int limit) {
    Nodes nodes = new Nodes(limit, new int[count], Set.of());
    assertThat(IntStream.range(0, count).map(nodes::room).sum()).isEqualTo(Math.max(count, limit));
  }

  /** What others hold back while it is cut off is what it may take. */
  @Property(tries = 300)
  void shouldLeaveToThoseInRedisWhatNobodyElseMayTake(
      @ForAll @IntRange(min = 2, max = 64) int count,
      @ForAll @IntRange(min = 64, max = 500) int limit) {
    Nodes nodes = new Nodes(limit, new int[count], Set.of());
    Set<String> counted = IntStream.range(1, count).mapToObj(Nodes::id).collect(Collectors.toSet());
    assertThat(nodes.views.get(1).limitInRedis(FIELD, limit, counted))
        .isEqualTo(limit - nodes.room(0));
  }
}
