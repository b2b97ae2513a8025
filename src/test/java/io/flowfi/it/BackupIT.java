package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.servers.Needed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The backup steps of the README, while commands flow. */
@Timeout(180)
class BackupIT {
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  @Test
  void shouldBringBackAWholeLogThatClientsDoNotTakeForTheOldOne() throws Exception {
    Needed.need(
        run(Path.of("."), "sqlite3 --version").startsWith("3."),
        "sqlite3 is not installed: the backup of the README was not tried");
    List<String> documented = documented();
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      Path folder = server.dataFolder().getParent();
      String log = log(server);
      HttpApi api = server.api();
      AtomicBoolean enough = new AtomicBoolean();
      CountDownLatch underWay = new CountDownLatch(20);
      CompletableFuture<List<String>> commands =
          CompletableFuture.supplyAsync(
              () -> {
                List<String> made = new ArrayList<>();
                while (!enough.get()) {
                  made.add(api.create(newStream()));
                  underWay.countDown();
                }
                return made;
              });
      underWay.await();
      assertThat(run(folder, documented.get(0))).isEmpty();
      enough.set(true);
      List<String> made = commands.get(30, TimeUnit.SECONDS);
      String afterwards = api.create(newStream());
      assertThat(log(server)).isEqualTo(log);
      String cursor = tenth(server); // what an EventSource sends back

      server.stop();
      assertThat(run(folder, documented.get(1))).isEmpty();
      server.restart();

      String restored = log(server);
      assertThat(restored).isNotEqualTo(log);
      assertThatItStartsOver(server, cursor);
      assertThat(server.api().get("/v1/events?order=asc&after=" + cursor).status()).isEqualTo(409);
      List<JsonNode> events = server.api().history();
      events = events.subList(0, events.size() - 1); // the last one was created just now
      assertThat(events.size()).isBetween(20, made.size());
      for (int i = 0; i < events.size(); i++) {
        assertThat(events.get(i).path("seq").asInt()).isEqualTo(i + 1);
        assertThat(events.get(i).at("/data/streamId").asText()).isEqualTo(made.get(i));
      }
      assertThat(server.api().get("/v1/streams/" + afterwards).status()).isEqualTo(404);
      assertThat(run(folder, "sqlite3 data/flowfi.db 'PRAGMA integrity_check'")).isEqualTo("ok\n");
      server.api().create(newStream());

      server.stop();
      server.restart();
      assertThat(log(server)).as("of the same log").isEqualTo(restored);
    }
  }

  private static ObjectNode newStream() {
    return HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2));
  }

  /** The id of an event that the backup has, too. */
  private static String tenth(TomcatServer server) {
    try (EventStream events = server.events().lastEventId("9").open()) {
      events.nextConnected();
      return events.nextEvent("stream.created").id();
    }
  }

  private static void assertThatItStartsOver(TomcatServer server, String cursor) {
    try (EventStream events = server.events().lastEventId(cursor).open()) {
      SseFrame hello = events.nextConnected();
      SseFrame reset = events.nextEvent("reset");
      assertThat(reset.json().path("reason").asText()).isEqualTo("unknown_position");
      String created = server.api().create(newStream());
      SseFrame live = events.nextEvent("stream.created");
      assertThat(live.json().path("streamId").asText()).as("and no replay").isEqualTo(created);
      long head = Long.parseLong(reset.position());
      assertThat(hello.position()).isEqualTo(reset.position());
      assertThat(live.position()).isEqualTo(Long.toString(head + 1));
      events.assertNothingUnexpected();
    }
  }

  /** As clients see it, and as the statistics show it. */
  private static String log(TomcatServer server) {
    try (EventStream events = server.events().open()) {
      String told = events.nextConnected().json().path("log").asText();
      assertThat(server.api().get("/v1/events/stats").json().path("log").asText()).isEqualTo(told);
      assertThat(told).matches("[a-z]{8}");
      return told;
    }
  }

  /** The command blocks of the README's section: the backup, then the restore. */
  private static List<String> documented() throws Exception {
    String text = Files.readString(Path.of(ServerProcess.setting("flowfi.basedir"), "README.md"));
    int begin = text.indexOf("\n## Back up and restore\n");
    assertThat(begin).isPositive();
    Matcher block = BLOCK.matcher(text.substring(begin, text.indexOf("\n## ", begin + 1)));
    List<String> blocks = new ArrayList<>();
    while (block.find()) {
      blocks.add(block.group(1));
    }
    assertThat(blocks).hasSize(2);
    return blocks;
  }

  private static String run(Path folder, String commands) throws Exception {
    Process shell =
        new ProcessBuilder("bash", "-ec", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(30, TimeUnit.SECONDS)).as(commands).isTrue();
    return output;
  }
}
