package io.flowfi.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The statistics of the kernel and the JVM about a server's process and its children. Linux only.
 */
final class ProcessStats {
  private static final double TICKS_PER_SECOND = 100; // USER_HZ, 100 on every Linux that matters

  /** Of the heap, or of each of its generations, depending on the collector. */
  private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");

  /** The use of an idle server that has nothing left to compile, in cores. */
  private static final double RESTING_CORES = 0.01;

  /** Long enough to see the difference: processor time is counted in hundredths. */
  private static final int SECONDS_AT_REST = 3;

  private static final int MOST_SECONDS_TO_REST = 30;

  private static final double SLICE_SECONDS = 3;

  /** A server is warm after this many slices in a row without less use of the processor. */
  private static final int STEADY_SLICES = 2;

  private static final int MOST_SLICES = 15;

  /** Below the previous use divided by this counts as less. */
  private static final double FALL = 1.03;

  /** How long {@link #awaitSteadyUse} takes for a server that is nearly warm. */
  static final double SECONDS_TO_STEADY_USE = (STEADY_SLICES + 2) * SLICE_SECONDS;

  private final ProcessHandle process;

  ProcessStats(ProcessHandle process) {
    this.process = process;
  }

  private List<Long> pids() {
    return Stream.concat(Stream.of(process), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  /** Resident memory, kilobytes. */
  long residentKb() {
    long sum = 0;
    for (long pid : pids()) {
      for (String line : read(pid, "status").split("\n")) {
        if (line.startsWith("VmRSS:")) {
          sum += Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    }
    return sum;
  }

  /** Processor time used since the start, seconds. */
  double cpuSeconds() {
    double ticks = 0;
    for (long pid : pids()) {
      String stat = read(pid, "stat");
      if (!stat.isEmpty()) {
        // The name in parentheses may hold blanks; after it, user and system time are the 12th and
        // 13th.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      }
    }
    return ticks / TICKS_PER_SECOND;
  }

  /**
   * Waits until the server uses no processor: under load a JVM's compiler gets only its share, and
   * does the rest afterwards.
   */
  void awaitRest() {
    double cores = 1;
    for (int waited = 0;
        waited < MOST_SECONDS_TO_REST && cores > RESTING_CORES;
        waited += SECONDS_AT_REST) {
      cores = coresOver(SECONDS_AT_REST);
    }
  }

  /**
   * Waits until the server's use of the processor no longer falls under a constant load: a server
   * that was flooded before now uses other code paths, and a JVM has to compile them.
   */
  void awaitSteadyUse() {
    Plateau.await(() -> 1 / coresOver(SLICE_SECONDS), STEADY_SLICES, FALL, MOST_SLICES);
  }

  /** The server's use of the processor over the next seconds, in cores. */
  private double coresOver(double seconds) {
    double before = cpuSeconds();
    Pause.seconds(seconds);
    return (cpuSeconds() - before) / seconds;
  }

  /** Open file descriptors. */
  long openFiles() {
    long sum = 0;
    for (long pid : pids()) {
      try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
        sum += files.count();
      } catch (NoSuchFileException e) {
        continue; // a child that has just ended has none
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return sum;
  }

  /**
   * Runs a full collection in a JVM and returns the used heap in kilobytes; 0 for other programs.
   */
  long liveHeapKb() {
    if (!isJava()) {
      return 0;
    }
    jcmd("GC.run");
    return HEAP_USED
        .matcher(jcmd("GC.heap_info"))
        .results()
        .mapToLong(used -> Long.parseLong(used.group(1)))
        .sum();
  }

  boolean isJava() {
    return process.info().command().map(command -> command.endsWith("java")).orElse(false);
  }

  /** Runs a {@code jcmd} command; empty if there is no JVM. */
  String jcmd(String... command) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (!Files.isExecutable(jcmd)) {
      return "";
    }
    List<String> line =
        Stream.concat(Stream.of(jcmd.toString(), Long.toString(process.pid())), Stream.of(command))
            .toList();
    try {
      Process asked = new ProcessBuilder(line).redirectErrorStream(true).start();
      String answer =
          new String(
              asked.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      asked.waitFor(30, TimeUnit.SECONDS);
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Processor time of the load generator itself, seconds. */
  static double ownCpuSeconds() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  /** Processor time of the whole machine since its start, in seconds. */
  static double machineCpuSeconds() {
    try {
      // cpu user nice system idle iowait irq softirq ...
      String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).split("\\s+");
      long ticks = 0;
      for (int i : new int[] {1, 2, 3, 6, 7}) {
        ticks += Long.parseLong(fields[i]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file under {@code /proc}; empty if the process has ended. */
  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/" + file));
    } catch (IOException e) {
      return "";
    }
  }
}
