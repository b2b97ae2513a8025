package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The memory of a server's JVM, as the JDK's {@code jcmd} and the kernel report it.
 *
 * @param applications class loaders of applications; Payara has some of its own
 * @param classLoaders all class loaders
 * @param files different files that are mapped, deleted ones too; 0 where there is no {@code /proc}
 * @param databases those of them that are copies of the database's native library
 */
record JvmMemory(
    int applications,
    int classLoaders,
    long metaspaceKilobytes,
    long heapKilobytes,
    long files,
    long databases) {
  private static final Pattern METASPACE = Pattern.compile("Metaspace\\s+used (\\d+)K");
  private static final Pattern HEAP = Pattern.compile("heap\\s+total .*used (\\d+)K");
  private static final Pattern APPLICATION =
      Pattern.compile(
          "\\s(\\d+)\\s+\\d+\\s+org\\.(?:apache\\.catalina\\.loader\\.Parallel|glassfish\\.web\\.loader\\.)WebappClassLoader\\b");

  // The JDK makes one for a method or two that are called by reflection often, and drops it again.
  private static final Pattern CLASS_LOADER =
      Pattern.compile("(?m)^0x\\S+ +0x(?!.*DelegatingClassLoader).*$");

  /** Measures after a full collection. */
  static JvmMemory of(long pid, Jdk jdk) {
    // it counts reachable objects, so it collects first
    int applications = (int) number(APPLICATION, jcmd(pid, jdk, "GC.class_histogram"));
    long loaders = CLASS_LOADER.matcher(jcmd(pid, jdk, "VM.classloader_stats")).results().count();
    // JDK 17 reports the metaspace in the first of the two, JDK 25 in the second
    String heap = jcmd(pid, jdk, "GC.heap_info") + jcmd(pid, jdk, "VM.metaspace");
    List<String> mapped = mapped(pid);
    return new JvmMemory(
        applications,
        (int) loaders,
        number(METASPACE, heap),
        number(HEAP, heap),
        mapped.size(),
        mapped.stream().filter(file -> file.contains("sqlitejdbc")).count());
  }

  private static long number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    if (!found.find()) {
      throw new AssertionError(pattern + " is not in:\n" + text);
    }
    return Long.parseLong(found.group(1));
  }

  private static List<String> mapped(long pid) {
    Path maps = Path.of("/proc", Long.toString(pid), "maps");
    if (!Files.exists(maps)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(maps, StandardCharsets.ISO_8859_1)) {
      return lines
          // a file is mapped in several pieces
          .map(line -> line.replaceFirst("^(\\S+\\s+){5}", ""))
          .filter(file -> file.startsWith("/"))
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the JDK's program of that name answers. */
  static String jcmd(long pid, Jdk jdk, String command) {
    ProcessBuilder jcmd = new ProcessBuilder(jdk.program("jcmd"), Long.toString(pid), command);
    try {
      Process running = jcmd.redirectErrorStream(true).start();
      return new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
