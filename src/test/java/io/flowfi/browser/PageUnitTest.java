package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the unit tests of the pages' modules, {@code src/test/pages}: {@code node --test
 * src/test/pages} by hand. Skipped, with a reason, without a Node.js that recognises modules by
 * itself.
 */
class PageUnitTest {
  private static final int MAJOR = 20;
  private static final int MINOR = 19;

  @Test
  void shouldPassTheTestsOfThePagesModules(@TempDir Path folder) throws Exception {
    assumeTrue(
        hasNode(folder), "no node 20.19 or above on the PATH: the pages' unit tests are left out");
    List<String> command = new ArrayList<>(List.of("node", "--test"));
    try (Stream<Path> tests = Files.list(Path.of("src/test/pages"))) {
      tests
          .filter(t -> t.toString().endsWith(".test.js"))
          .map(Path::toString)
          .sorted()
          .forEach(command::add);
    }
    Path output = folder.resolve("tests");
    int code = run(output, command);
    String said = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(code).as(said).isZero();
    assertThat(said).containsPattern("(?m)^. tests [1-9]").containsPattern("(?m)^. fail 0$");
  }

  private static boolean hasNode(Path folder) throws Exception {
    Path output = folder.resolve("version");
    try {
      if (run(output, List.of("node", "--version")) != 0) {
        return false;
      }
    } catch (IOException e) {
      return false;
    }
    String[] parts = Files.readString(output).strip().substring(1).split("\\.");
    int major = Integer.parseInt(parts[0]);
    return major > MAJOR && major != 21 || major == MAJOR && Integer.parseInt(parts[1]) >= MINOR;
  }

  private static int run(Path output, List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
