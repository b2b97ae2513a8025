package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Maven's files: one that grows too long has two subjects by then. */
class PomsTest {
  private static final int LONGEST = 649;

  private static final String NAMESPACE = "xmlns=\"http://maven.apache.org/POM/4.0.0\"";

  /** The lines of each of them, the parents beside them included, whatever their names are. */
  private static Map<Path, Integer> poms() throws IOException {
    Map<Path, Integer> poms = new TreeMap<>();
    try (Stream<Path> sources = Files.walk(Path.of("src"))) {
      List<Path> files =
          Stream.concat(Stream.of(Path.of("pom.xml")), sources)
              .filter(file -> file.toString().endsWith(".xml"))
              .filter(Files::isRegularFile)
              .toList();
      for (Path file : files) {
        List<String> lines = Files.readAllLines(file);
        if (lines.stream().anyMatch(line -> line.contains(NAMESPACE))) {
          poms.put(file, lines.size());
        }
      }
    }
    return poms;
  }

  @Test
  void shouldBeShortEnoughToRead() throws IOException {
    Map<Path, Integer> poms = poms();
    assertThat(poms)
        .containsKeys(
            Path.of("pom.xml"),
            Path.of("src/build/application.xml"),
            Path.of("src/build/tests.xml"),
            Path.of("src/build/pom.xml"),
            Path.of("src/bench/pom.xml"));
    assertThat(poms).allSatisfy((pom, lines) -> assertThat(lines).isLessThanOrEqualTo(LONGEST));
  }

  /** The goal that does it stops the build, also where only a warning is due. */
  @Test
  void shouldFailForALibraryThatIsNotUsedOrNotDeclared() throws IOException {
    String build = Files.readString(Path.of("src/build/application.xml")).replaceAll("\\s+", "");
    int declared = build.indexOf("<id>declared</id>");
    assertThat(declared).isPositive();
    assertThat(build.substring(declared, build.indexOf("</execution>", declared)))
        .contains(
            "<phase>verify</phase>",
            "<goal>analyze-only</goal>",
            "<failOnWarning>true</failOnWarning>");
    assertThat(Files.readString(Path.of("pom.xml")).replaceAll("\\s+", ""))
        .as("what is only managed does not run")
        .contains("<plugin><artifactId>maven-dependency-plugin</artifactId></plugin>");
  }
}
