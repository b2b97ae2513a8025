package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Elsewhere a test is skipped with a word where a program is not there. Here one that is missing is
 * a failure, or a check would end without anybody noticing.
 */
class CiRunTest {
  private static final Path RUN = Path.of(".ci/run");

  @Test
  void shouldRequireWhatTheTestsOfPagesAndServersNeed() throws IOException {
    assertThat(Files.isExecutable(RUN)).isTrue();
    List<String> lines = Files.readAllLines(RUN);
    assertThat(lines)
        .contains("need npm npm", "need redis-server redis-server", "need chromium chromium")
        .containsSubsequence(
            "export FLOWFI_SERVERS=required", "mvn -B verify", "exec mvn -B -f src/bench test");
  }
}
