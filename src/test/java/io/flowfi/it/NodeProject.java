package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flowfi.servers.Needed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder with scripts for Node.js and the packages that they need, pinned by its {@code
 * package-lock.json}. It is copied beside the build, so that nothing is left among the sources.
 */
public final class NodeProject {
  private static final int MAJOR = 20;
  private static final int MINOR = 19;

  private final Path folder;

  private NodeProject(Path folder) {
    this.folder = folder;
  }

  /**
   * Copies the files of a folder and gets the packages.
   *
   * @param what is left unchecked without node, npm or the packages: the test is then skipped and
   *     says so; without the packages it fails where {@code FLOWFI_SERVERS} is {@code required}
   */
  public static NodeProject install(Path sources, String what) throws Exception {
    return install(sources, what, Needed.areRequired());
  }

  static NodeProject install(Path sources, String what, boolean required) throws Exception {
    needNode(what);
    Path folder = Files.createDirectories(Path.of("target/node").resolve(sources.getFileName()));
    // another class, in another JVM, may use the same packages at this moment
    try (Turn ours = new Turn(folder.resolveSibling(folder.getFileName() + ".lock"))) {
      try (Stream<Path> files = Files.list(sources)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      getPackages(folder, what, required);
    }
    return new NodeProject(folder);
  }

  /**
   * Gets the packages of a folder beside the build, in which only this test is.
   *
   * @param what as in {@link #install}
   */
  public static void installIn(Path folder, String what) throws Exception {
    needNode(what);
    getPackages(folder, what, Needed.areRequired());
  }

  private static void getPackages(Path folder, String what, boolean required) throws Exception {
    Path wanted = folder.resolve("package-lock.json");
    Path installed = folder.resolve("node_modules/installed.json");
    if (Files.exists(installed) && Files.mismatch(wanted, installed) < 0) {
      return;
    }
    Optional<String> trouble =
        trouble(
            List.of(
                "npm",
                "ci",
                "--prefix=" + folder,
                "--prefer-offline",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--fetch-retries=1",
                "--fetch-timeout=30000"));
    if (required) {
      assertThat(trouble).as("what npm says, without which unchecked is " + what).isEmpty();
    }
    assumeTrue(
        trouble.isEmpty(), "npm is not here, or cannot get its packages: unchecked is " + what);
    Files.copy(wanted, installed);
  }

  /**
   * Ends the test without a Node.js that recognises modules by itself: the one of Debian 12 is too
   * old, and {@code .ci/run} gets another one there.
   */
  public static void needNode(String what) throws Exception {
    Needed.need(
        isNode("node", MAJOR, MINOR), "no node 20.19 or above on the PATH: unchecked is " + what);
  }

  /** Where its files and packages are. */
  public Path folder() {
    return folder;
  }

  /**
   * Runs unit tests; fails the test if one of them fails, or if there is none.
   *
   * @param files scripts of {@code node:test}
   */
  public static void test(List<Path> files) throws Exception {
    List<String> command = new ArrayList<>(List.of("node", "--test"));
    files.forEach(file -> command.add(file.toString()));
    String said = run(command);
    assertThat(said).containsPattern("(?m)^. tests [1-9]").containsPattern("(?m)^. fail 0$");
  }

  /** Runs a command to its end, which must be a good one; returns what it said. */
  public static String run(List<String> command) throws Exception {
    Path output = Files.createTempFile("node", ".out");
    try {
      int code = run(output, command);
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(code).as(said).isZero();
      return said;
    } finally {
      Files.delete(output);
    }
  }

  /**
   * Whether a command is a Node.js of at least this version that recognises modules by itself,
   * which 21 does not.
   */
  static boolean isNode(String command, int major, int minor) throws Exception {
    Path output = Files.createTempFile("node", ".version");
    try {
      if (run(output, List.of(command, "--version")) != 0) {
        return false;
      }
      String[] parts = Files.readString(output).strip().substring(1).split("\\.");
      int itsMajor = Integer.parseInt(parts[0]);
      return itsMajor > major && itsMajor != 21
          || itsMajor == major && Integer.parseInt(parts[1]) >= minor;
    } catch (IOException notInstalled) {
      return false;
    } finally {
      Files.delete(output);
    }
  }

  /** What a command says that does not succeed, or that there is none; empty if it does. */
  private static Optional<String> trouble(List<String> command) throws Exception {
    Path output = Files.createTempFile("node", ".out");
    try {
      return run(output, command) == 0
          ? Optional.empty()
          : Optional.of(Files.readString(output, StandardCharsets.UTF_8));
    } catch (IOException notInstalled) {
      return Optional.of(String.valueOf(notInstalled.getMessage()));
    } finally {
      Files.delete(output);
    }
  }

  private static int run(Path output, List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }
}
