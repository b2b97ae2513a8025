package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/concurrency.md lists every thread of ours, and no other. */
class DocumentedThreadsTest {
  /** Where a thread gets its name: the first text among the arguments. */
  private static final Pattern NAMED =
      Pattern.compile("new (?:DaemonThreads|Thread|ReadQueue)\\(([^;]*?)\\);", Pattern.DOTALL);

  private static final Pattern TEXT = Pattern.compile("\"([a-z][a-z-]*)\"");

  private static Set<String> threads() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();
      for (Path source : sources) {
        for (MatchResult made : NAMED.matcher(Files.readString(source)).results().toList()) {
          TEXT.matcher(made.group(1)).results().map(text -> text.group(1)).forEach(names::add);
        }
      }
    }
    return names;
  }

  private static Set<String> rows() throws IOException {
    return Files.readAllLines(Path.of("docs/concurrency.md")).stream()
        .filter(line -> line.startsWith("| `"))
        .map(line -> line.substring(3, line.indexOf('`', 3)))
        // a number for each, or the use of each
        .map(name -> name.replaceFirst("-n$", "-").replaceFirst("…:pool$", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void shouldBeAllThatAreStarted() throws IOException {
    Set<String> threads = threads();
    assertThat(threads).contains("ledger-writer", "event-feed", "fanout-pump-", "fanout-backlog");
    assertThat(threads.remove("flowfi-sandbox-end")).as("described in words").isTrue();
    threads.add("ledger-"); // of pools, by a constant
    assertThat(rows()).isEqualTo(threads);
  }
}
