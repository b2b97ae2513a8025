package io.flowfi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;

/** The machine of the measurements. */
final class Machine {
  private Machine() {}

  static Map<String, String> describe() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", LocalDate.now().toString());
    facts.put("processor", field("/proc/cpuinfo", "model name"));
    facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory", field("/proc/meminfo", "MemTotal"));
    facts.put(
        "kernel",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version").replaceAll("-.*", ""));
    facts.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("open files", Long.toString(Programs.openFilesLimit()));
    String load = field("/proc/loadavg", "").split(" ")[0];
    facts.put("load average at the start", load);
    return facts;
  }

  private static String field(String file, String name) {
    try {
      return Files.readAllLines(Path.of(file)).stream()
          .filter(line -> line.startsWith(name))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
