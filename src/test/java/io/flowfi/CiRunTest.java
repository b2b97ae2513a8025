package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        .anyMatch(line -> line.startsWith("compgen -G") && line.endsWith("(postgresql)"))
        .containsSubsequence(
            "export FLOWFI_SERVERS=required", "mvn -B verify", "exec mvn -B -f src/bench test");
  }

  /** The one of Debian 12 is too old for the tests' scripts, and they would end at once. */
  @Test
  void shouldGetANodeThatIsNewEnough(@TempDir Path folder) throws Exception {
    String script = Files.readString(RUN);
    String part =
        script.substring(script.indexOf("IFS=. read"), script.indexOf("export FLOWFI_SERVERS"));
    assertThat(askedOfNpm(folder, "v18.20.4", part)).contains("install", "node-linux-", "@20.");
    assertThat(askedOfNpm(folder, "v20.18.9", part)).contains("@20.");
    assertThat(askedOfNpm(folder, "v21.7.0", part)).contains("@20.");
    assertThat(askedOfNpm(folder, "v20.19.0", part)).isEmpty();
    assertThat(askedOfNpm(folder, "v22.0.0", part)).isEmpty();
  }

  /** What npm is asked for where node is of a version; neither is the real one. */
  private static String askedOfNpm(Path folder, String version, String part) throws Exception {
    program(folder, "npm", "echo \"$@\" > " + folder.resolve("asked"));
    program(folder, "node", "echo " + version);
    Files.deleteIfExists(folder.resolve("asked"));
    Process shell =
        new ProcessBuilder("bash", "-euc", "PATH=" + folder + ":$PATH\n" + part)
            .directory(folder.toFile())
            .inheritIO()
            .start();
    assertThat(shell.waitFor()).isZero();
    return Files.exists(folder.resolve("asked")) ? Files.readString(folder.resolve("asked")) : "";
  }

  private static void program(Path folder, String name, String does) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + does + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
