package io.flowfi.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Row 12: subscriptions a second, 200 under way at a time, of a server and its rivals side by side:
 * the first ones after a start; then warm, in turns; then warm while two other processes are busy.
 *
 * @param rivals started and ended here
 */
record ConnectInTurnsStep(List<Server> rivals, Settings settings) implements Step {
  static final String COLD = "cold";
  static final String QUIET = "quiet";
  static final String BUSY = "busy";

  /** Each start gives one reading; a disturbed one must not decide. */
  private static final int COLD_STARTS = 3;

  /** Unmeasured, for a server that compiles itself: about 50,000 subscriptions. */
  private static final int WARM_UP_ROUNDS = 10;

  private static final int ROUNDS = 5;
  private static final int BUSY_PROCESSES = 2;

  /** They end by then, even if nothing else ends them. */
  private static final String BUSY_SECONDS = "120";

  @Override
  public int row() {
    return 12;
  }

  @Override
  public String title() {
    return "connecting cold, warm, and beside %d busy processes, rounds of %d%s"
        .formatted(
            BUSY_PROCESSES,
            count(),
            rivals.stream().map(r -> ", " + r.name()).collect(Collectors.joining()));
  }

  private int count() {
    return Math.max(100, settings.connections() / 2);
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    int servers = rivals.size() + 1;
    double round = count() / 7000.0 + 0.3;
    return servers * (COLD_STARTS * (7 + round) + (WARM_UP_ROUNDS + 3 * ROUNDS) * round);
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    List<Server> all = Stream.concat(rivals.stream(), Stream.of(server)).toList();
    try {
      warmGenerator();
      for (Server one : all) {
        results.accept(SideBySideStep.mean(cold(one)));
      }
      all.stream().filter(Server::compilesItself).forEach(one -> rounds(WARM_UP_ROUNDS, one));
      inTurns(all, QUIET, results);
      List<Process> busy = new ArrayList<>();
      try {
        for (int i = 0; i < BUSY_PROCESSES; i++) {
          busy.add(
              Programs.start(List.of("timeout", BUSY_SECONDS, "sh", "-c", "while :; do :; done")));
        }
        inTurns(all, BUSY, results);
      } finally {
        busy.forEach(Process::destroy);
      }
    } finally {
      rivals.forEach(Server::close);
    }
  }

  /** The load generator must be compiled too, but not at the cost of the first server. */
  private void warmGenerator() {
    try (Server kernel = new KernelServer(settings)) {
      if (kernel.missing().isEmpty()) {
        kernel.start(settings.out().resolve("servers"));
        rounds(ROUNDS, kernel);
      }
    }
  }

  /** First rounds, each after its own start; the server still runs afterwards. */
  private List<Measurement> cold(Server server) {
    List<Measurement> first = new ArrayList<>();
    for (int start = 0; start < COLD_STARTS; start++) {
      server.close();
      server.start(settings.out().resolve("servers"));
      first.add(round(server, COLD));
    }
    return first;
  }

  private void rounds(int count, Server server) {
    for (int round = 0; round < count; round++) {
      round(server, "");
    }
  }

  private void inTurns(List<Server> all, String variant, Consumer<Measurement> results) {
    List<Measurement> rounds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      all.forEach(one -> rounds.add(round(one, variant)));
    }
    Function<Server, List<Measurement>> its =
        one -> rounds.stream().filter(m -> m.server().equals(one.name())).toList();
    all.forEach(one -> results.accept(SideBySideStep.mean(its.apply(one))));
  }

  private Measurement round(Server server, String variant) {
    long filesBefore = server.stats().openFiles();
    Measurement m = Measurement.of(row(), server.name(), variant, count());
    CpuMeter cpu = new CpuMeter(server);
    double cpuBefore = server.stats().cpuSeconds();
    try (Swarm swarm = new Swarm(server.port())) {
      Subscribers all = Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), count()));
      SubscriberFigures figures = swarm.look(all);
      cpu.addTo(m);
      m.with("connects_per_s", figures.answered() / figures.connectSeconds())
          .with("server_us_each", 1e6 * (server.stats().cpuSeconds() - cpuBefore) / count());
      m = m.with(Latency.of(figures.answerTimes()));
    }
    ConnectStep.awaitGone(server, filesBefore);
    return m;
  }
}
