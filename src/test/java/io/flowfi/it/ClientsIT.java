package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Published clients lose and repeat nothing over a restart by SIGTERM and one by SIGKILL: those of
 * {@code src/test/clients/package.json}, each with the lines that {@code docs/clients.md} says it
 * needs.
 */
@Timeout(240)
class ClientsIT {
  private static final Path SOURCES = Path.of("src/test/clients");
  private static final Duration COMEBACK = Duration.ofSeconds(60);

  /** A row of the table of those that are tested: its first columns are a name and a version. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (@?[a-z][a-z/-]*) \\| ([0-9]+(?:\\.[0-9]+)+) \\|");

  @Test
  void shouldDocumentExactlyThoseThatAreTested() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("docs/clients.md")));
    while (row.find()) {
      documented.put(row.group(1) + "@" + row.group(2), "");
    }
    Map<String, String> tested = new TreeMap<>();
    packages()
        .forEach(
            (name, version) ->
                tested.put(
                    version.startsWith("npm:") ? version.substring(4) : name + "@" + version, ""));
    assertThat(documented).isEqualTo(tested);
  }

  @Test
  void shouldLoseAndRepeatNothingOverRestarts() throws Exception {
    NodeProject project = NodeProject.install(SOURCES, "that published clients come back");
    List<FollowerProcess> clients = new ArrayList<>();
    ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      String url = server.uri().resolve("v1/events/subscribe?all=true&lastEventId=0").toString();
      Path script = project.folder().resolve("follow.js");
      for (String name : packages().keySet()) {
        String command = "exec node " + script + " " + name + " '" + url + "'";
        clients.add(FollowerProcess.start(name, command));
      }
      String stream =
          server
              .api()
              .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      writer.scheduleWithFixedDelay(
          () -> topUp(server.api(), stream), 0, 100, TimeUnit.MILLISECONDS);
      awaitEvent(1, clients);
      server.stop();
      server.restart();
      awaitEvent(server.api().history().size(), clients);
      server.kill();
      server.restart();
      writer.shutdown();
      assertThat(writer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      topUp(server.api(), stream);

      List<Long> all =
          server.api().history().stream().map(event -> event.path("seq").asLong()).toList();
      awaitEvent(all.size(), clients);
      for (FollowerProcess client : clients) {
        assertThat(client.positions()).as(client.name()).isEqualTo(all);
      }
    } finally {
      writer.shutdownNow();
      clients.forEach(FollowerProcess::close);
    }
  }

  private static void awaitEvent(long position, List<FollowerProcess> clients) {
    clients.forEach(client -> client.awaitLine(position + " ", COMEBACK));
  }

  private static void topUp(HttpApi api, String stream) {
    try {
      api.post("v1/streams/" + stream + "/top-up", HttpApi.object().put("amount", "9"));
    } catch (UncheckedIOException serverIsAway) {
      // the history says what it has taken
    }
  }

  /** Names and versions, pinned. */
  private static Map<String, String> packages() throws IOException {
    JsonNode named =
        new ObjectMapper()
            .readTree(SOURCES.resolve("package.json").toFile())
            .path("devDependencies");
    Map<String, String> packages = new TreeMap<>();
    named.fields().forEachRemaining(p -> packages.put(p.getKey(), p.getValue().asText()));
    return packages;
  }
}
