package io.flowfi.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Everything that was measured in one run. */
final class Results {
  /** The machine and the run, name to text. */
  final Map<String, String> machine;

  /** In the order in which they were made. */
  final List<Measurement> measurements = new ArrayList<>();

  /** Servers that were not run or failed: name to reason. */
  final Map<String, String> skipped = new LinkedHashMap<>();

  /** The texts of profiles, by title. */
  final Map<String, String> profiles = new LinkedHashMap<>();

  Results(Map<String, String> machine) {
    this.machine = machine;
  }

  List<String> servers() {
    return measurements.stream().map(Measurement::server).distinct().toList();
  }

  List<Measurement> all(int row, Predicate<Measurement> which) {
    return measurements.stream().filter(m -> m.row() == row).filter(which).toList();
  }

  Optional<Measurement> one(int row, String server, Predicate<Measurement> which) {
    return all(row, m -> m.server().equals(server)).stream().filter(which).findFirst();
  }

  /** The best peer; the epoll program does not count. */
  Optional<Measurement> bestPeer(
      int row, Predicate<Measurement> which, Comparator<Measurement> better) {
    return all(row, which).stream()
        .filter(
            m ->
                !m.server().startsWith(FlowFiServer.NAME)
                    && !m.server().equals(FlowFiServer.BEFORE)
                    && !m.server().equals(KernelServer.NAME))
        .max(better);
  }
}
