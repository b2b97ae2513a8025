package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.servers.Needed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * All commands of the documentation work, one after the other as a new user types them: those that
 * subscribe are left running, and show what the others do.
 */
@Timeout(120)
class DocumentedCommandsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  /** A command and the lines of its body. */
  private static final Pattern COMMAND =
      Pattern.compile("^curl .*?(?:\\{\n.*?^\\}')?$", Pattern.DOTALL | Pattern.MULTILINE);

  /** The server's message when it is ready, as getting-started.md shows it. */
  private static final Pattern ANNOUNCEMENT =
      Pattern.compile("```\n(FlowFi Events is ready.*?)```", Pattern.DOTALL);

  /** An address of a page to open, as opposed to one in a command. */
  private static final Pattern PAGE = Pattern.compile("http://localhost:3001/[^\\s)`]*");

  /** In the guide's filter. */
  private static final String RECIPIENT =
      "GCA336MKW524HCRAKCQMCV4YFFHIWTS4TXRSLLPO3EXDKGXXIFZENKIU";

  static boolean hasCurl() throws IOException, InterruptedException {
    return run("curl --version").startsWith("curl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/getting-started.md"})
  void shouldWorkAsWritten(String document) throws Exception {
    Needed.need(
        hasCurl(), "curl is not installed: the commands of the documentation were not tried");
    List<String> commands = commands(document);
    assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
    assertThat(commands.get(0)).startsWith("curl -N");
    List<BackgroundCommand> left = new ArrayList<>();
    int readBack = 0;
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      for (String command : commands) {
        String here = command.replace("localhost:3001", "localhost:" + server.port());
        if (here.startsWith("curl -N")) {
          BackgroundCommand subscriber = BackgroundCommand.start(here);
          left.add(subscriber);
          awaitOutput(subscriber, "data: {\"type\":\"connected\"");
          continue;
        }
        String answer = run(here + " -w '\\n%{http_code}'");
        assertThat(answer).as(command).containsPattern("\n20[01]$");
        for (JsonNode event : server.api().history()) {
          String type = event.path("type").asText();
          left.forEach(
              subscriber ->
                  awaitOutput(
                      subscriber,
                      "\nevent: " + type + "\ndata: {",
                      "}\nid: " + event.path("seq").asText() + "."));
        }
        if (command.contains("/events?after=")) {
          long after = Long.parseLong(command.replaceFirst("(?s).*[?]after=([0-9]+).*", "$1"));
          assertThat(JSON.readTree(answer).at("/events/0/seq").asLong())
              .as(command)
              .isEqualTo(after + 1);
        } else if (command.matches("(?s).*/events\\?(?!type=).*")) {
          readBack++;
          assertThat(JSON.readTree(answer).at("/events"))
              .as(command)
              .anySatisfy(
                  event -> {
                    assertThat(event.path("seq").asText()).isEqualTo("1");
                    assertThat(event.path("type").asText()).isEqualTo("stream.created");
                  });
        }
      }
      assertThat(left.get(0).output())
          .containsPattern("\nevent: stream.created\ndata: .*}\nid: 1\\.[a-z]+\n");
      assertThat(readBack).as("commands that look back").isPositive();
    } finally {
      left.forEach(BackgroundCommand::close);
    }
  }

  /**
   * Of the guide: a filter that is sent is followed by its id, and each subscription by its filter.
   */
  @Test
  void shouldFollowAsTheGuideWrites() throws Exception {
    Needed.need(hasCurl(), "curl is not installed: the commands of the guide were not tried");
    List<String> commands = commands("docs/streaming-guide.md");
    assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
    List<BackgroundCommand> left = new ArrayList<>();
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      String host = "localhost:" + server.port();
      for (String command : commands) {
        String here = command.replace("localhost:3001", host);
        String subscribe = here;
        if (!here.startsWith("curl -N")) {
          assertThat(command).contains("/v1/events/filters");
          JsonNode filter = JSON.readTree(run(here));
          assertThat(filter.path("expiresIn").asInt()).isEqualTo(86_400);
          subscribe =
              "curl -N 'http://%s/v1/events/subscribe?filter=%s'"
                  .formatted(host, filter.path("filter").asText());
        }
        BackgroundCommand subscriber = BackgroundCommand.start(subscribe);
        left.add(subscriber);
        awaitOutput(subscriber, "data: {\"type\":\"connected\"");
      }
      server.api().create(HttpApi.newStream(TestAddresses.account(1), RECIPIENT));
      left.forEach(subscriber -> awaitOutput(subscriber, "\nevent: stream.created\ndata: {"));
    } finally {
      left.forEach(BackgroundCommand::close);
    }
  }

  @Test
  void shouldSayWhereToGo() throws IOException {
    Matcher announcement = ANNOUNCEMENT.matcher(read("docs/getting-started.md"));
    assertThat(announcement.find()).as("what is printed, in getting-started.md").isTrue();
    List<String> promised = new ArrayList<>(List.of(announcement.group(1)));
    PAGE.matcher(BLOCK.matcher(read("README.md")).replaceAll(""))
        .results()
        .map(MatchResult::group)
        .forEach(promised::add);
    assertThat(promised)
        .contains("http://localhost:3001/", "http://localhost:3001/test-client.html");
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      for (String text : promised) {
        String here = text.replace(":3001", ":" + server.port());
        await().untilAsserted(() -> assertThat(server.log()).contains(here));
      }
    }
  }

  private static void awaitOutput(BackgroundCommand command, String... text) {
    await().untilAsserted(() -> assertThat(command.output()).contains(text));
  }

  private static List<String> commands(String document) throws IOException {
    List<String> commands = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(read(document)); block.find(); ) {
      for (Matcher command = COMMAND.matcher(block.group(1)); command.find(); ) {
        commands.add(command.group());
      }
    }
    return commands;
  }

  private static String read(String document) throws IOException {
    return Files.readString(Path.of(ServerProcess.setting("flowfi.basedir"), document));
  }

  /** What a shell prints for it. */
  static String run(String command) throws IOException, InterruptedException {
    Process shell = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(20, TimeUnit.SECONDS)).as(command).isTrue();
    return output;
  }
}
