package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The memory of a server's JVM, as the JDK's {@code jcmd} and the kernel report it. */
record JvmMemory(int applications, long metaspaceKilobytes, long heapKilobytes, long databases) {
  private static final Pattern METASPACE = Pattern.compile("Metaspace\\s+used (\\d+)K");
  private static final Pattern HEAP = Pattern.compile("heap\\s+total .*used (\\d+)K");
  private static final Pattern LOADER =
      Pattern.compile(
          "\\s(\\d+)\\s+\\d+\\s+org\\.apache\\.catalina\\.loader\\.ParallelWebappClassLoader\\b");

  /**
   * Measures after a full collection.
   *
   * @return class loaders of applications, used metaspace and heap, and how often a copy of the
   *     database's native library is mapped (0 where there is no {@code /proc})
   */
  static JvmMemory of(long pid) {
    // it counts reachable objects, so it collects first
    int loaders = (int) number(LOADER, jcmd(pid, "GC.class_histogram"));
    // JDK 17 reports the metaspace in the first of the two, JDK 25 in the second
    String heap = jcmd(pid, "GC.heap_info") + jcmd(pid, "VM.metaspace");
    return new JvmMemory(loaders, number(METASPACE, heap), number(HEAP, heap), mapped(pid));
  }

  private static long number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    if (!found.find()) {
      throw new AssertionError(pattern + " is not in:\n" + text);
    }
    return Long.parseLong(found.group(1));
  }

  private static long mapped(long pid) {
    Path maps = Path.of("/proc", Long.toString(pid), "maps");
    if (!Files.exists(maps)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(maps, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.contains("sqlitejdbc"))
          // a library is mapped in several pieces
          .map(line -> line.replaceFirst("^(\\S+\\s+){5}", ""))
          .distinct()
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String jcmd(long pid, String command) {
    ProcessBuilder jcmd =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(pid),
            command);
    try {
      Process running = jcmd.redirectErrorStream(true).start();
      return new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
