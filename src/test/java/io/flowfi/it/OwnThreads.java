package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The threads of our own in a server's JVM: those that {@code docs/concurrency.md} names. */
final class OwnThreads {
  // "fanout-pump-n" and "ledger-…:pool" stand for several
  private static final Pattern DOCUMENTED =
      Pattern.compile("(?m)^\\| `([a-z-]+?)(?:n|…:pool)?` \\|");

  private static final Pattern RUNNING = Pattern.compile("(?m)^\"([^\"]+)\"");

  private OwnThreads() {}

  /** The names of those that run. */
  static List<String> of(long pid, Jdk jdk) {
    List<String> ours = names(DOCUMENTED, documented());
    return names(RUNNING, JvmMemory.jcmd(pid, jdk, "Thread.print")).stream()
        .filter(name -> ours.stream().anyMatch(name::startsWith))
        .toList();
  }

  private static List<String> names(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static String documented() {
    try {
      return Files.readString(
          Path.of(ServerProcess.setting("flowfi.basedir"), "docs", "concurrency.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
