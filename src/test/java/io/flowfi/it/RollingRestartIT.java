package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.auth.TestTokens;
import io.flowfi.servers.Needed;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Three nodes behind HAProxy, drained and restarted one after the other while others write and
 * follow. {@code flowfi.rolling.*} make it larger, see the profile {@code rolling}.
 */
@Timeout(300)
class RollingRestartIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int EVERY_MILLIS = 200;
  private static final String ADMIN = TestAddresses.account(0);
  private static final String TOKEN =
      "Bearer " + TestTokens.token(ADMIN, Instant.now().plusSeconds(900));

  private final int clients = Integer.parseInt(ServerProcess.setting("flowfi.rolling.clients"));

  private final boolean large = clients >= 1000;

  /** A promise only on an idle machine; 0: not tested. */
  private final int longest = Integer.parseInt(ServerProcess.setting("flowfi.rolling.gap"));

  private final AtomicInteger commands = new AtomicInteger();
  private final Queue<String> refused = new ConcurrentLinkedQueue<>();

  @Test
  void shouldMoveTheClientsOfANodeThatRestarts() throws Exception {
    Needed.need(Balancer.isInstalled(), "haproxy is not installed");
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    ScheduledExecutorService later = Executors.newScheduledThreadPool(2);
    try (Cluster cluster = new Cluster(3, settings());
        Balancer balancer = Balancer.start(cluster.ports(), large ? "1s" : "250ms");
        Crowd crowd = new Crowd(balancer.port(), "Authorization: " + TOKEN)) {
      HttpApi api = new HttpApi(balancer.uri());
      await().atMost(LONG).ignoreExceptions().until(() -> api.status("health/ready") == 200);
      List<MovingFollower> followers = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        followers.add(new MovingFollower(crowd, later, i));
        followers.get(i).join();
      }
      String stream = create(api);
      awaitAll(crowd, followers);
      writer.scheduleAtFixedRate(() -> topUp(api, stream), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);

      for (Cluster.Member member : cluster.members()) {
        assertThat(member.server().stop()).as("SIGTERM's").isEqualTo(143);
        assertThat(refused).isEmpty();
        awaitAll(crowd, followers);
        assertEven(cluster);
        member.server().restart();
      }

      writer.shutdown();
      assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      awaitAll(crowd, followers);
      assertThat(refused).isEmpty();
      assertThat(followers).allMatch(each -> each.last() == commands.get());
      report(followers);
    } finally {
      writer.shutdownNow();
      later.shutdownNow();
    }
  }

  private Map<String, String> settings() {
    String enough = Integer.toString(4 * clients);
    return Map.of(
        "JWT_SECRET",
        TestTokens.SECRET,
        "ADMIN_PUBLIC_KEY",
        ADMIN,
        "TRUSTED_PROXIES",
        "127.0.0.1",
        "MAX_SSE_CONNECTIONS_PER_IP",
        enough,
        "MAX_SSE_CONNECTIONS_PER_USER",
        enough,
        "DRAIN_DELAY",
        large ? "3s" : "1s",
        "DRAIN_WINDOW",
        large ? "10s" : "1s");
  }

  private String create(HttpApi api) {
    HttpApi.Answer answer =
        api.post(
            "v1/streams",
            HttpApi.newStream(ADMIN, TestAddresses.account(1)),
            "Authorization",
            TOKEN);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    commands.incrementAndGet();
    return answer.json().path("streamId").asText();
  }

  /** Once: nothing is sent again, whatever node drains. */
  private void topUp(HttpApi api, String stream) {
    try {
      HttpApi.Answer answer =
          api.post(
              "v1/streams/" + stream + "/top-up",
              HttpApi.object().put("amount", "1"),
              "Authorization",
              TOKEN);
      if (answer.status() == 200) {
        commands.incrementAndGet();
      } else {
        refused.add(answer.status() + " " + answer.body());
      }
    } catch (UncheckedIOException noAnswer) {
      refused.add(noAnswer.toString());
    }
  }

  private void awaitAll(Crowd crowd, List<MovingFollower> followers) {
    int position = commands.get();
    await()
        .atMost(LONG)
        .until(
            () -> {
              crowd.assertWell();
              return followers.stream().allMatch(each -> each.last() >= position);
            });
  }

  /** Of three nodes two are left, with half of the clients each. */
  private void assertEven(Cluster cluster) {
    List<Integer> shares = new ArrayList<>();
    for (Cluster.Member member : cluster.members()) {
      if (member.server().isAlive()) {
        JsonNode stats =
            member.server().api().get("v1/events/stats", "Authorization", TOKEN).json();
        shares.add(stats.path("activeConnections").asInt());
      }
    }
    assertThat(shares).hasSize(2).allMatch(share -> share >= 0.45 * clients);
    assertThat(shares.stream().mapToInt(Integer::intValue).sum()).isEqualTo(clients);
  }

  private void report(List<MovingFollower> followers) {
    long moves = followers.stream().mapToLong(MovingFollower::moves).sum();
    long[] waits = followers.stream().mapToLong(MovingFollower::longestMillis).sorted().toArray();
    String figures =
        String.format(
            "%,d clients over three restarts: %,d events, %,d moves; the longest time without an"
                + " event: half of the clients %,d ms, 99 of 100 %,d ms, all %,d ms",
            clients,
            commands.get(),
            moves,
            waits[clients / 2],
            waits[clients * 99 / 100],
            waits[clients - 1]);
    System.out.println(figures);
    // each node has told all of its clients once
    assertThat(moves).as(figures).isBetween((long) clients, 2L * clients);
    if (longest > 0) {
      assertThat(waits[clients - 1]).as(figures).isLessThanOrEqualTo(longest);
    }
  }
}
