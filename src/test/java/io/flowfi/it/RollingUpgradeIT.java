package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two nodes of an older build are replaced by ours, one after the other, on one database, while
 * others write and follow. The profile {@code upgrade} runs it, with the older WAR.
 */
@Timeout(600)
class RollingUpgradeIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int WRITERS = 3;
  private static final int FOLLOWERS = 20;
  private static final int COMMANDS = 100;

  /** Commands in a tenth of a second. */
  private static final int A_TICK = 5;

  private final String older = System.getProperty("flowfi.older", "");
  private final SplittableRandom random = new SplittableRandom(1);
  private final ClusterHistory history = new ClusterHistory();
  private final CountDownLatch writingEnds = new CountDownLatch(1);
  private final CountDownLatch followingEnds = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
  private final List<ClusterFollower> crowd = new ArrayList<>();

  @AfterEach
  void stop() {
    writingEnds.countDown();
    followingEnds.countDown();
    crowd.forEach(ClusterFollower::close);
    ticks.shutdownNow();
    threads.shutdownNow();
  }

  @Test
  void shouldLoseNothingWhileOldAndNewNodesRunSideBySide() throws Exception {
    assumeFalse(older.isEmpty(), "not tested: -Dflowfi.older names no older WAR");
    try (PostgresServer postgres = TestStore.durablePostgres()) {
      Map<String, String> ours = Map.of("DATABASE_URL", postgres.newDatabase());
      Map<String, String> before =
          Map.of("DATABASE_URL", ours.get("DATABASE_URL"), "FLOWFI_WAR", older);
      try (TomcatServer old = TomcatServer.prepare(before);
          TomcatServer other = TomcatServer.prepare(before);
          TomcatServer first = TomcatServer.prepare(ours);
          TomcatServer second = TomcatServer.prepare(ours)) {
        old.restart();
        other.restart();
        List<Future<?>> running = begin(List.of(old, other, first, second));
        awaitMore();

        first.restart(); // it migrates the tables
        awaitMore();
        for (TomcatServer node : List.of(old, other, first)) {
          assertTakesCommands(node);
        }
        assertThat(other.stop()).isEqualTo(143);
        startAgain(other);
        awaitMore();

        old.kill();
        second.restart();
        awaitMore();
        other.close();
        awaitMore();

        writingEnds.countDown();
        for (Future<?> writer : running) {
          writer.get(60, TimeUnit.SECONDS);
        }
        awaitAll(history.commands());
        followingEnds.countDown();
        history.check(second.api().history(), crowd);
      }
    }
  }

  /** Any of them may be away; those who use them go on to another. */
  private List<Future<?>> begin(List<TomcatServer> nodes) throws InterruptedException {
    List<Integer> ports = nodes.stream().map(TomcatServer::port).toList();
    for (int i = 0; i < FOLLOWERS; i++) {
      crowd.add(
          new ClusterFollower(ports, history, Optional.empty(), followingEnds, random.split()));
    }
    crowd.forEach(threads::submit);
    List<HttpApi> apis = nodes.stream().map(TomcatServer::api).toList();
    Semaphore pace = new Semaphore(0);
    ticks.scheduleAtFixedRate(() -> pace.release(A_TICK), 0, 100, TimeUnit.MILLISECONDS);
    List<String> shared = List.of(writer(WRITERS, apis, List.of(), pace).create("shared"));
    return Stream.iterate(0, i -> i + 1)
        .limit(WRITERS)
        .<Future<?>>map(i -> threads.submit(writer(i, apis, shared, pace)))
        .toList();
  }

  private ClusterWriter writer(
      int number, List<HttpApi> nodes, List<String> shared, Semaphore pace) {
    return new ClusterWriter(number, nodes, history, shared, pace, writingEnds, random.split());
  }

  private void awaitMore() {
    int commands = history.commands();
    await().atMost(LONG).until(() -> history.commands() > commands + COMMANDS);
    awaitAll(commands);
  }

  private void awaitAll(int position) {
    await()
        .atMost(LONG)
        .until(
            () -> {
              history.assertNoFaults();
              return crowd.stream().filter(follower -> follower.last() < position).toList();
            },
            List::isEmpty);
  }

  private void assertTakesCommands(TomcatServer node) throws InterruptedException {
    int number = 1000 + node.port();
    writer(number, List.of(node.api()), List.of(), new Semaphore(0)).create("of " + number);
  }

  /** With the tables of the new one: it runs, or says why not. */
  private static void startAgain(TomcatServer old) {
    try {
      old.restart();
    } catch (AssertionError ended) {
      assertThat(old.log()).contains("later version of FlowFi Events");
    }
  }
}
