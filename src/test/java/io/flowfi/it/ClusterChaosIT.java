package io.flowfi.it;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three nodes, whose parts fail one after another while others write and follow: nothing is lost,
 * doubled, out of order or somebody else's. Each kind of failure comes once, in an order that the
 * seed gives; {@code flowfi.cluster.*} make it longer, see the profile {@code chaos}.
 */
@Tag("alone")
class ClusterChaosIT {
  private static final int WRITERS = 6;
  private static final Duration MEND = Duration.ofSeconds(60);

  private final long seed = Long.getLong("flowfi.cluster.seed", 1);
  private final int followers = Integer.getInteger("flowfi.cluster.followers", 30);
  private final int rate = Integer.getInteger("flowfi.cluster.rate", 200);

  /** How long a failure lasts at most. */
  private final int longest = Integer.getInteger("flowfi.cluster.longest", 1_000); // milliseconds

  private final List<ClusterFault> kinds =
      ClusterFault.named(System.getProperty("flowfi.cluster.fault", ".*"));

  private final int faults = faults();

  private final SplittableRandom random = new SplittableRandom(seed);
  private final ClusterHistory history = new ClusterHistory();
  private final CountDownLatch writingEnds = new CountDownLatch(1);
  private final CountDownLatch followingEnds = new CountDownLatch(1);
  private final Semaphore pace = new Semaphore(0);
  private final List<String> happened = new ArrayList<>();

  /** Those that have not been since all have: in a long run each comes equally often. */
  private final List<ClusterFault> left = new ArrayList<>();

  @Test
  void shouldLoseNothingWhateverFails() throws Exception {
    System.out.println("flowfi.cluster.seed=" + seed); // also of a run that somebody ends
    ExecutorService threads = Executors.newCachedThreadPool();
    ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
    List<ClusterFollower> crowd = new ArrayList<>();
    try (Cluster cluster = cluster()) {
      List<HttpApi> nodes =
          cluster.members().stream().map(member -> member.server().api()).toList();
      List<String> shared = new ArrayList<>();
      ClusterWriter first = writer(WRITERS, nodes, List.of());
      for (int i = 0; i < 3; i++) {
        shared.add(first.create("shared-" + i));
      }
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < followers; i++) {
        Optional<String> stream =
            i % 3 == 0 ? Optional.of(shared.get(i / 3 % shared.size())) : Optional.empty();
        ClusterFollower follower =
            new ClusterFollower(cluster.ports(), history, stream, followingEnds, random.split());
        crowd.add(follower);
        running.add(threads.submit(follower));
      }
      List<Future<?>> writing = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writing.add(threads.submit(writer(i, nodes, shared)));
      }
      ticks.scheduleAtFixedRate(this::allow, 0, 100, TimeUnit.MILLISECONDS);

      for (int i = 0; i < faults; i++) {
        trouble(cluster, crowd);
      }

      writingEnds.countDown();
      for (Future<?> each : writing) {
        each.get(60, TimeUnit.SECONDS);
      }
      awaitAll(crowd, history.commands());
      followingEnds.countDown();
      crowd.forEach(ClusterFollower::close);
      for (Future<?> each : running) {
        each.get(20, TimeUnit.SECONDS);
      }
      history.check(nodes.get(0).history(), crowd);
      System.out.printf(
          "%,d commands and %,d followers through %,d failures, of seed %d%n",
          history.commands(), followers, faults, seed);
    } catch (Throwable e) {
      throw new AssertionError("with flowfi.cluster.seed=" + seed + " after " + happened, e);
    } finally {
      writingEnds.countDown();
      followingEnds.countDown();
      ticks.shutdownNow();
      threads.shutdownNow();
    }
  }

  /** As many as the setting says; 0: each kind once. */
  private int faults() {
    int set = Integer.getInteger("flowfi.cluster.faults", 0);
    return set == 0 ? kinds.size() : set;
  }

  private Cluster cluster() {
    // all come from one address, also those that a killed node seems to have for a while
    Map<String, String> settings =
        Map.of("MAX_SSE_CONNECTIONS_PER_IP", Integer.toString(4 * followers));
    return kinds.stream().anyMatch(ClusterFault::setsClocks)
        ? Cluster.withClocks(3, settings)
        : new Cluster(3, settings);
  }

  private ClusterFault next() {
    if (left.isEmpty()) {
      left.addAll(kinds);
      Collections.shuffle(left, new Random(random.nextLong()));
    }
    return left.remove(left.size() - 1);
  }

  private ClusterWriter writer(int number, List<HttpApi> nodes, List<String> shared) {
    return new ClusterWriter(number, nodes, history, shared, pace, writingEnds, random.split());
  }

  private void allow() {
    if (pace.availablePermits() < rate) {
      pace.release(Math.max(1, rate / 10));
    }
  }

  private void trouble(Cluster cluster, List<ClusterFollower> crowd) throws InterruptedException {
    ClusterFault fault = next();
    Cluster.Member node = cluster.members().get(random.nextInt(cluster.members().size()));
    Duration drawn = Duration.ofMillis(longest / 5 + random.nextInt(longest * 4 / 5));
    long millis = fault.lasts(drawn).toMillis();
    happened.add(fault + " of " + node.server().port() + " for " + millis + " ms");
    fault.begin(cluster, node);
    writingEnds.await(millis, TimeUnit.MILLISECONDS);
    fault.end(cluster, node);
    node.mend();
    for (Cluster.Member each : cluster.members()) {
      each.server().awaitReady();
    }
    // and everybody goes on
    int commands = history.commands();
    await().atMost(MEND).until(() -> history.commands() > commands + 10);
    awaitAll(crowd, commands);
    history.assertNoFaults();
  }

  private void awaitAll(List<ClusterFollower> crowd, long position) {
    await()
        .atMost(MEND)
        .until(
            () -> {
              history.assertNoFaults();
              return crowd.stream().filter(follower -> follower.last() < position).toList();
            },
            List::isEmpty);
  }
}
