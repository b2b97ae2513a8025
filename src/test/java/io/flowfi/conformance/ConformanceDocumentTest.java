package io.flowfi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/conformance.md} says of the kit. */
class ConformanceDocumentTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ((?:`[a-z]+`(?:, )?)+) \\|");
  private static final Pattern NAME = Pattern.compile("`([a-z]+)`");

  private static String document() throws IOException {
    return Files.readString(Path.of("docs/conformance.md"));
  }

  @Test
  void shouldSayHowManyChecksThereAre() throws IOException {
    assertThat(document()).contains("There are " + Kit.checks().size() + " checks.");
  }

  @Test
  void shouldDescribeEachGroupOfChecks() throws IOException {
    List<String> described =
        ROW.matcher(document())
            .results()
            .map(MatchResult::group)
            .flatMap(row -> NAME.matcher(row).results())
            .map(name -> name.group(1))
            .toList();
    assertThat(described)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            Kit.checks().stream().map(Check::group).distinct().toList());
  }
}
