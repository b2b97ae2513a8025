package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.opentest4j.TestAbortedException;

/**
 * Published clients lose and repeat nothing over restarts by SIGTERM and by SIGKILL: those of
 * {@code src/test/clients}, each with the lines that {@code docs/clients.md} says it needs, and
 * ours in Deno, in Bun and as in React Native. All of them follow at the same time.
 */
@Timeout(1200)
class ClientsIT {
  private static final int RESTARTS = Integer.getInteger("flowfi.clients.restarts", 1);
  private static final Duration COMEBACK = Duration.ofSeconds(120);

  private final List<PublishedClient> clients = new ArrayList<>();
  private final List<PublishedClient> own = new ArrayList<>();
  private final List<TestAbortedException> missing = new ArrayList<>();

  @Test
  void shouldLoseAndRepeatNothingOverRestarts() throws Exception {
    install(clients, NpmClients::install);
    install(clients, NpmClients::installForNewerNode);
    install(clients, JavaClients::install);
    install(own, Runtimes::install);
    followOverRestarts();
    for (TestAbortedException part : missing) {
      throw part;
    }
  }

  /** Its packages are large, and only its engine and its bundler are like nobody else's. */
  @EnabledIfSystemProperty(
      named = "flowfi.clients.restarts",
      matches = "[2-9]|[0-9]{2,}",
      disabledReason = "only -Pclients gets React Native")
  @Test
  void shouldRunInTheEngineOfReactNative() throws Exception {
    NodeProject app =
        NodeProject.install(
            Path.of("src/test/react-native"), "that our client runs in React Native's engine");
    NodeProject.test(List.of(app.folder().resolve("hermes.test.js")));
  }

  /** What is missing here is skipped in the end; the others are tested. */
  private void install(List<PublishedClient> to, Callable<List<PublishedClient>> some)
      throws Exception {
    try {
      to.addAll(some.call());
    } catch (TestAbortedException e) {
      missing.add(e);
    }
  }

  private void followOverRestarts() throws Exception {
    List<FollowerProcess> followers = new ArrayList<>();
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      String url = server.uri().resolve("v1/events/subscribe?all=true&lastEventId=0").toString();
      clients.forEach(client -> followers.add(client.follow(url)));
      own.forEach(client -> followers.add(client.follow(server.uri().toString())));
      String stream =
          server
              .api()
              .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      writer.scheduleWithFixedDelay(
          () -> topUp(server.api(), stream), 0, 100, TimeUnit.MILLISECONDS);
      awaitEvent(1, followers);
      for (int restart = 1; restart <= RESTARTS; restart++) {
        server.stop();
        server.restart();
        awaitEvent(server.api().history().size(), followers);
        server.kill();
        server.restart();
        awaitEvent(server.api().history().size(), followers);
      }
      writer.shutdown();
      assertThat(writer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      topUp(server.api(), stream);

      List<Long> all =
          server.api().history().stream().map(event -> event.path("seq").asLong()).toList();
      awaitEvent(all.size(), followers);
      for (FollowerProcess follower : followers) {
        assertThat(follower.positions()).as(follower.name()).isEqualTo(all);
      }
    } finally {
      writer.shutdownNow();
      followers.forEach(FollowerProcess::close);
    }
  }

  private static void awaitEvent(long position, List<FollowerProcess> followers) {
    followers.forEach(follower -> follower.awaitLine(position + " ", COMEBACK));
  }

  private static void topUp(HttpApi api, String stream) {
    try {
      api.post("v1/streams/" + stream + "/top-up", HttpApi.object().put("amount", "9"));
    } catch (UncheckedIOException serverIsAway) {
      // the history says what it has taken
    }
  }
}
