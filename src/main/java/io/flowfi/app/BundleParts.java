package io.flowfi.app;

import io.flowfi.logs.OwnLog;
import io.flowfi.web.admin.SupportBundleResource.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is in a support bundle; each part is bounded, and none has a secret: settings by a list of
 * those that have none, no arguments of the JVM, no environment.
 */
final class BundleParts {
  private static final int MOST_THREADS = 2_000;
  private static final int DEEPEST = 100;

  private BundleParts() {}

  /**
   * @param statistics what {@code GET /v1/events/stats?scope=cluster} answers
   */
  static List<Part> of(
      EventServer node, Supplier<Object> statistics, OwnLog log, InstantSource clock) {
    return List.of(
        Part.json("versions.json", () -> versions(node, clock)),
        Part.json("settings.json", () -> node.real().settings().written()),
        Part.json("health.json", () -> health(node)),
        Part.json("stats.json", statistics::get),
        new Part("metrics.txt", out -> out.write(node.metrics().answer("text/plain").body())),
        new Part("threads.txt", BundleParts::writeThreads),
        new Part("log.jsonl", out -> writeLines(log.recent(), out)));
  }

  private static Map<String, Object> versions(EventServer node, InstantSource clock) {
    RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("at", clock.instant().toString());
    versions.put("node", node.id());
    versions.put("flowfi", node.version());
    versions.put("mode", node.mode());
    versions.put("uptimeSeconds", jvm.getUptime() / 1000);
    for (String property :
        List.of(
            "java.version",
            "java.vendor",
            "java.vm.name",
            "java.vm.version",
            "os.name",
            "os.version",
            "os.arch",
            "file.encoding",
            "user.timezone")) {
      versions.put(property, System.getProperty(property));
    }
    versions.put("processors", Runtime.getRuntime().availableProcessors());
    versions.put("maxHeapBytes", Runtime.getRuntime().maxMemory());
    return versions;
  }

  private static Map<String, Object> health(EventServer node) {
    Map<String, Object> health = new LinkedHashMap<>();
    health.put("ready", node.troubles().isEmpty());
    health.put("broken", node.isBroken());
    health.put("drain", node.planned().status().state().word());
    health.put("troubles", node.troubles());
    health.put("degraded", node.degraded());
    return health;
  }

  private static void writeThreads(OutputStream out) throws IOException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    ThreadInfo[] all =
        threads.dumpAllThreads(
            threads.isObjectMonitorUsageSupported(),
            threads.isSynchronizerUsageSupported(),
            DEEPEST);
    write(out, all.length + " threads\n");
    for (int i = 0; i < Math.min(all.length, MOST_THREADS); i++) {
      write(out, described(all[i]));
    }
  }

  private static String described(ThreadInfo thread) {
    StringBuilder text =
        new StringBuilder()
            .append('\n')
            .append(thread.getThreadName())
            .append(thread.isDaemon() ? " (daemon) " : " ")
            .append(thread.getThreadState());
    LockInfo lock = thread.getLockInfo();
    if (lock != null) {
      text.append(" at ").append(lock);
    }
    if (thread.getLockOwnerName() != null) {
      text.append(" of ").append(thread.getLockOwnerName());
    }
    text.append('\n');
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append("  ").append(frame).append('\n');
    }
    return text.toString();
  }

  private static void writeLines(List<String> lines, OutputStream out) throws IOException {
    for (String line : lines) {
      write(out, line + "\n");
    }
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }
}
