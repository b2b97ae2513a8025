package io.flowfi.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Steps of one row on a server and its rivals in turns: so changing other work on the machine
 * affects all of them. All of them run; they are idle during another's turn. The mean of each
 * server's turns counts.
 *
 * @param steps the steps of each server's turn
 * @param rivals started and ended here, and warmed up if necessary
 */
record SideBySideStep(List<Step> steps, List<Server> rivals, int turns, Settings settings)
    implements Step {

  @Override
  public int row() {
    return steps.get(0).row();
  }

  @Override
  public String title() {
    String own = steps.stream().map(Step::title).collect(Collectors.joining(", then "));
    String others = rivals.stream().map(Server::name).collect(Collectors.joining(" and "));
    return others.isEmpty() ? own : own + ", in turns with " + others;
  }

  @Override
  public boolean needsWarmServer() {
    return steps.stream().anyMatch(Step::needsWarmServer);
  }

  @Override
  public double seconds() {
    double turn = steps.stream().mapToDouble(Step::seconds).sum();
    double start = rivals.stream().mapToDouble(this::secondsToStart).sum();
    return start + turns * (rivals.size() + 1) * turn;
  }

  private double secondsToStart(Server rival) {
    return 6 + (isToBeWarmed(rival) ? warmUp().seconds() : 0);
  }

  private boolean isToBeWarmed(Server rival) {
    return needsWarmServer() && rival.compilesItself();
  }

  private WarmUpStep warmUp() {
    return new WarmUpStep(row(), settings);
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    try {
      for (Server rival : rivals) {
        rival.start(settings.out().resolve("servers"));
        if (isToBeWarmed(rival)) {
          warmUp().run(rival, results);
        }
      }
      List<Server> all = new ArrayList<>(rivals);
      all.add(server);
      List<Measurement> measured = new ArrayList<>();
      for (int turn = 0; turn < turns; turn++) {
        all.forEach(one -> steps.forEach(step -> step.run(one, measured::add)));
      }
      means(measured).forEach(results);
    } finally {
      rivals.forEach(Server::close);
    }
  }

  private record Kind(String server, String variant, int connections) {}

  /** One measurement for each server and kind, its figures the means, its latency the median. */
  private static List<Measurement> means(List<Measurement> measured) {
    Map<Kind, List<Measurement>> kinds =
        measured.stream()
            .collect(
                Collectors.groupingBy(
                    m -> new Kind(m.server(), m.variant(), m.connections()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return kinds.values().stream().map(SideBySideStep::mean).toList();
  }

  /** One measurement from several: the means of the figures, and the median latency. */
  static Measurement mean(List<Measurement> turns) {
    Measurement first = turns.get(0);
    Measurement m =
        Measurement.of(first.row(), first.server(), first.variant(), first.connections());
    for (String figure : first.figures().keySet()) {
      m.with(figure, turns.stream().mapToDouble(t -> t.figure(figure)).average().orElseThrow());
    }
    List<Measurement> byMedian =
        turns.stream().sorted(Comparator.comparingDouble(t -> t.latency().p50())).toList();
    return m.with(byMedian.get(turns.size() / 2).latency());
  }
}
