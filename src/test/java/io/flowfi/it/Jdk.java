package io.flowfi.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A JDK of this machine, to run a server on.
 *
 * @param feature its version, such as 17
 */
record Jdk(int feature, Path home) {
  /** What skips a test that needs another one. */
  static final String HOW_TO_NAME =
      "not tested: there is no such JDK beside the running one; -Dflowfi.jdks=/path/to/jdk names it";

  /** The oldest one that the application runs on. */
  private static final int OLDEST = 17;

  // "1.8.0_392" up to JDK 8
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");

  /** The one that runs the tests. */
  static Jdk running() {
    return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
  }

  /**
   * The running one first, then one of each other version that the application runs on: those that
   * {@code -Dflowfi.jdks=} names, else those in the same folder as the running one, as package
   * managers lay them.
   */
  static List<Jdk> all() {
    Jdk running = running();
    Map<Integer, Jdk> others = new TreeMap<>();
    String named = System.getProperty("flowfi.jdks", "");
    for (Path folder : named.isEmpty() ? beside(running.home) : folders(named)) {
      Optional<Jdk> jdk = at(folder);
      if (jdk.isEmpty() && !named.isEmpty()) {
        throw new IllegalStateException("-Dflowfi.jdks names no JDK: " + folder);
      }
      jdk.filter(found -> found.feature >= OLDEST && found.feature != running.feature)
          .ifPresent(found -> others.putIfAbsent(found.feature, found));
    }
    List<Jdk> all = new ArrayList<>(List.of(running));
    all.addAll(others.values());
    return all;
  }

  /** What {@link #all()} has beyond the running one. */
  static List<Jdk> others() {
    return all().stream().skip(1).toList();
  }

  private static List<Path> folders(String named) {
    return Stream.of(named.split(Pattern.quote(File.pathSeparator))).map(Path::of).toList();
  }

  private static List<Path> beside(Path home) {
    try (Stream<Path> folders = Files.list(home.toRealPath().getParent())) {
      return folders.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Jdk> at(Path folder) {
    Path release = folder.resolve("release");
    // jcmd: not only what runs programs
    if (!Files.isRegularFile(release) || !Files.isExecutable(folder.resolve("bin/jcmd"))) {
      return Optional.empty();
    }
    try {
      Matcher version = VERSION.matcher(Files.readString(release));
      return version.find()
          ? Optional.of(new Jdk(Integer.parseInt(version.group(1)), folder))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of its programs. */
  String program(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  @Override
  public String toString() {
    return "JDK " + feature;
  }
}
