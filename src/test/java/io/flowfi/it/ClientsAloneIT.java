package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that end for good at the first refused connection, as Firefox does, come back after a
 * restart without any lines of a program: because of the wait that the server asks for when it
 * stops, which is longer than it is away.
 */
@Timeout(600)
class ClientsAloneIT {
  private static final Set<String> END_WHEN_REFUSED = Set.of("jersey-media-sse", "resteasy-client");
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /**
   * Less than the 8 s that the server asks for. On a machine on which a restart takes longer the
   * clients stand still from then on until the port is bound, as if it had been quick.
   */
  private static final Duration QUICK_RESTART = Duration.ofSeconds(5);

  @Test
  void shouldFindTheServerAgainAfterARestart() throws Exception {
    List<PublishedClient> clients =
        JavaClients.install().stream()
            .filter(client -> END_WHEN_REFUSED.contains(client.name()))
            .toList();
    assertThat(clients).extracting(PublishedClient::name).containsAll(END_WHEN_REFUSED);
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      String url = server.uri().resolve("v1/events/subscribe?all=true&lastEventId=0").toString();
      List<FollowerProcess> followers =
          clients.stream().map(client -> client.followAlone(url)).toList();
      try {
        String stream =
            server
                .api()
                .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
        followers.forEach(follower -> follower.awaitLine("1 ", PATIENCE));
        restart(server, followers);
        server.api().post("v1/streams/" + stream + "/top-up", HttpApi.object().put("amount", "9"));
        followers.forEach(follower -> follower.awaitLine("2 ", PATIENCE));
        assertThat(followers)
            .allSatisfy(
                follower ->
                    assertThat(follower.positions()).as(follower.name()).containsExactly(1L, 2L));
      } finally {
        followers.forEach(FollowerProcess::close);
      }
    }
  }

  private static void restart(TomcatServer server, List<FollowerProcess> followers)
      throws InterruptedException {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    Future<?> hold =
        clock.schedule(
            () -> followers.forEach(FollowerProcess::hold),
            QUICK_RESTART.toMillis(),
            TimeUnit.MILLISECONDS);
    try {
      server.stop();
      server.launch();
      awaitBound(server.port());
    } finally {
      hold.cancel(false);
      clock.shutdown();
      assertThat(clock.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      followers.forEach(FollowerProcess::goOn);
    }
    server.awaitReady();
  }

  private static void awaitBound(int port) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> {
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              return true;
            });
  }
}
