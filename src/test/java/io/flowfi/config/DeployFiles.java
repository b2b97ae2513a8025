package io.flowfi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.flowfi.servers.Needed;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** Reads the files under {@code docs/deploy}, and what they have in common. */
final class DeployFiles {
  static final Path DEPLOY = Path.of("docs/deploy");
  static final Path KUBERNETES = DEPLOY.resolve("kubernetes/flowfi.yaml");
  static final Path COMPOSE = DEPLOY.resolve("docker/compose.yaml");
  static final Path IMAGE = DEPLOY.resolve("docker/Dockerfile");
  static final String UNIT = "systemd/flowfi.service";
  static final List<String> NODES = List.of("node1", "node2", "node3");
  static final long USER = 10001;

  /** What a node writes beside its data: {@code InstalledServerIT} shows that this is all. */
  static final List<String> WRITTEN =
      List.of("/opt/flowfi/work", "/opt/flowfi/temp", "/opt/flowfi/logs");

  static final String DATA = "/var/lib/flowfi";

  private DeployFiles() {}

  static List<String> writtenAndData() {
    return Stream.concat(Stream.of(DATA), WRITTEN.stream()).toList();
  }

  static Map<?, ?> yaml(Path file) throws IOException {
    try (Reader text = Files.newBufferedReader(file)) {
      return new Yaml().load(text);
    }
  }

  static Map<?, ?> compose(String part) throws IOException {
    try (Reader text = Files.newBufferedReader(COMPOSE)) {
      return (Map<?, ?>) ((Map<?, ?>) new Yaml().load(text)).get(part);
    }
  }

  static Map<?, ?> map(Map<?, ?> in, String... path) {
    Map<?, ?> found = in;
    for (String name : path) {
      assertThat(found.get(name)).as(name).isInstanceOf(Map.class);
      found = (Map<?, ?>) found.get(name);
    }
    return found;
  }

  static Map<?, ?> first(Map<?, ?> in, String name) {
    assertThat(in.get(name)).as(name).asInstanceOf(LIST).hasSize(1);
    return (Map<?, ?>) ((List<?>) in.get(name)).get(0);
  }

  static Stream<?> list(Object value) {
    return value == null ? Stream.empty() : ((List<?>) value).stream();
  }

  static int seconds(Object text) {
    return number((String) text, "(\\d+)s");
  }

  static int number(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .findFirst()
        .orElseThrow();
  }

  /** What the tool says. */
  static String run(Path folder, String tool, String... arguments) throws Exception {
    Needed.need(
        Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
            .anyMatch(place -> Files.isExecutable(Path.of(place, tool))),
        tool + " is not installed");
    Path said = folder.resolve(tool + ".txt");
    List<String> command = new ArrayList<>(List.of(tool));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().merge("PATH", "/usr/sbin", (path, added) -> path + ":" + added);
    Process running = builder.start();
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).as(tool + " ends").isTrue();
    assertThat(running.exitValue()).as(Files.readString(said)).isZero();
    return Files.readString(said);
  }
}
