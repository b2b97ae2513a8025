package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The drawings of docs/architecture.md: the way of a command, on which each room is entered once,
 * and the way of a filter, which is built once. {@code RefusalsTest} has the order of the filters,
 * {@code FilterArchTest} what does not look into one.
 */
@AnalyzeClasses(packages = "io.flowfi", importOptions = ImportOption.DoNotIncludeTests.class)
class WaysArchTest {
  /** The lines of the first drawing under a heading. */
  private static List<String> drawing(String heading) throws IOException {
    return Files.readAllLines(Path.of("docs/architecture.md")).stream()
        .dropWhile(line -> !line.equals("## " + heading))
        .dropWhile(line -> !line.equals("```"))
        .skip(1)
        .takeWhile(line -> !line.equals("```"))
        .toList();
  }

  private static List<String> namesIn(List<String> lines, String name) {
    return Pattern.compile(name)
        .matcher(String.join("\n", lines))
        .results()
        .map(MatchResult::group)
        .toList();
  }

  @ArchTest
  static void aCommandEntersEachRoomOnce(JavaClasses all) throws IOException {
    List<String> rooms =
        namesIn(drawing("The way of a command"), "(?<= -> |--> )[a-z]+(\\.[a-z]+)*").stream()
            .filter(name -> !name.equals("sockets"))
            .toList();
    assertThat(rooms.get(0)).as("first and last").isEqualTo("container.tomcat");
    assertThat(rooms.get(rooms.size() - 1)).isEqualTo("container.tomcat");
    assertThat(rooms.subList(1, rooms.size()))
        .doesNotHaveDuplicates()
        .contains("web.edge", "web.streams", "ledger", "store", "feed", "frames", "fanout");
    assertThat(ArchitectureArchTest.ROOMS.keySet()).containsAll(rooms);
  }

  /** Each of these holds the filter or hands it on. */
  @ArchTest
  static void aFilterGoesThroughWhatIsThere(JavaClasses all) throws IOException {
    List<String> drawn =
        namesIn(drawing("The way of a filter").stream().limit(1).toList(), "\\b[A-Z]\\w+");
    assertThat(drawn)
        .containsExactly(
            "SubscribeParameters",
            "Access",
            "Subscription",
            "EventStreamSink",
            "FanOut",
            "ConnectionIndex");
    Set<String> known =
        all.stream().map(JavaClass::getSimpleName).collect(Collectors.toCollection(HashSet::new));
    assertThat(known).containsAll(drawn);
  }
}
