package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs what checks the pages' modules, {@code src/test/pages}: their unit tests ({@code npm test}
 * there by hand) and their types ({@code npm ci && npm run types}). Skipped, with a reason, without
 * a Node.js that recognises modules by itself, and without an npm to get TypeScript with.
 */
class PageUnitTest {
  private static final int MAJOR = 20;
  private static final int MINOR = 19;

  private static final Path PAGES = Path.of("src/test/pages");

  @TempDir private Path folder;

  @Test
  void shouldPassTheTestsOfThePagesModules() throws Exception {
    assumeNode();
    List<String> command = new ArrayList<>(List.of("node", "--test"));
    try (Stream<Path> tests = Files.list(PAGES)) {
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

  @Test
  void shouldHaveTheTypesThatThePagesModulesSay() throws Exception {
    assumeNode();
    // beside the build, so that nothing is left among the sources
    Path here = Files.createDirectories(Path.of("target/pages"));
    for (String file : List.of("package.json", "package-lock.json")) {
      Files.copy(PAGES.resolve(file), here.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path installing = folder.resolve("installing");
    assumeTrue(
        runs(
            installing,
            List.of(
                "npm",
                "ci",
                "--prefix=" + here,
                "--prefer-offline",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--fetch-retries=1",
                "--fetch-timeout=30000")),
        "npm is not here, or cannot get TypeScript: the types of the pages' modules are left unchecked");
    Path output = folder.resolve("types");
    String compiler = here.resolve("node_modules/typescript/bin/tsc").toString();
    int code = run(output, List.of("node", compiler, "--project", PAGES.toString()));
    assertThat(code).as(Files.readString(output, StandardCharsets.UTF_8)).isZero();
  }

  private void assumeNode() throws Exception {
    assumeTrue(
        hasNode(),
        "no node 20.19 or above on the PATH: the pages' modules are neither tested nor checked");
  }

  private boolean hasNode() throws Exception {
    Path output = folder.resolve("version");
    if (!runs(output, List.of("node", "--version"))) {
      return false;
    }
    String[] parts = Files.readString(output).strip().substring(1).split("\\.");
    int major = Integer.parseInt(parts[0]);
    return major > MAJOR && major != 21 || major == MAJOR && Integer.parseInt(parts[1]) >= MINOR;
  }

  /** Whether there is such a command, and it succeeds. */
  private static boolean runs(Path output, List<String> command) throws Exception {
    try {
      return run(output, command) == 0;
    } catch (IOException e) {
      return false;
    }
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
