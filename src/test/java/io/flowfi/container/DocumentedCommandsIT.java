package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the documentation, one after the other as a new user types them, all work. */
@Timeout(120)
class DocumentedCommandsIT {
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  /** A command and the lines of its body. */
  private static final Pattern COMMAND =
      Pattern.compile("^curl .*?(?:\\{\n.*?^\\}')?$", Pattern.DOTALL | Pattern.MULTILINE);

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/getting-started.md"})
  void shouldWorkAsWritten(String document) throws Exception {
    assumeTrue(
        run("curl --version").startsWith("curl"),
        "curl is not installed: the commands of the documentation were not tried");
    List<String> commands = commands(document);
    assertThat(commands).hasSizeGreaterThanOrEqualTo(3);
    try (TomcatServer server = TomcatServer.start(Map.of())) {
      for (String command : commands) {
        String here = command.replace("localhost:3001", "localhost:" + server.port());
        if (here.startsWith("curl -N")) {
          assertThat(run(here + " -m 2")).as(command).contains("\"type\":\"connected\"");
        } else {
          assertThat(run(here + " -w '\\n%{http_code}'")).as(command).containsPattern("\n20[01]$");
        }
      }
    }
  }

  private static List<String> commands(String document) throws IOException {
    String text = Files.readString(Path.of(ServerProcess.setting("flowfi.basedir"), document));
    List<String> commands = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(text); block.find(); ) {
      for (Matcher command = COMMAND.matcher(block.group(1)); command.find(); ) {
        commands.add(command.group());
      }
    }
    return commands;
  }

  /** What a shell prints for it. */
  private static String run(String command) throws IOException, InterruptedException {
    Process shell = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(20, TimeUnit.SECONDS)).as(command).isTrue();
    return output;
  }
}
