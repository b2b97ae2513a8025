package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Row 4: how many subscriptions a second, with 200 at a time; the first round is cold and reported
 * separately.
 */
record ConnectStep(Settings settings) implements Step {
  private static final int ROUNDS = 10;

  /** No further round after this long: a slow server improves, but not that much. */
  private static final long ENOUGH_NANOS = 20_000_000_000L;

  @Override
  public int row() {
    return 4;
  }

  private int count() {
    return Math.max(100, settings.connections() / 2);
  }

  @Override
  public String title() {
    return "connect rate, up to " + ROUNDS + " rounds of " + count();
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 2 + ROUNDS * count() / 7000.0;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    double best = 0;
    Measurement m = Measurement.of(4, server.name(), "", count());
    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS && System.nanoTime() - start < ENOUGH_NANOS; round++) {
      long filesBefore = server.stats().openFiles();
      CpuMeter cpu = new CpuMeter(server);
      try (Swarm swarm = new Swarm(server.port())) {
        Subscribers all =
            Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), count()));
        SubscriberFigures figures = swarm.look(all);
        double rate = figures.answered() / figures.connectSeconds();
        if (round == 0) {
          m.with("first_round_per_s", rate);
        }
        if (rate > best) {
          best = rate;
          cpu.addTo(m);
          m.with("connects_per_s", rate);
          m = m.with(Latency.of(figures.answerTimes()));
        }
      }
      m.with("noticed_gone_s", awaitGone(server, filesBefore));
    }
    results.accept(m);
  }

  /**
   * Waits until the server has closed the sockets.
   *
   * @return seconds
   */
  static double awaitGone(Server server, long filesBefore) {
    long start = System.nanoTime();
    while (server.stats().openFiles() > filesBefore + 20
        && System.nanoTime() - start < 3_000_000_000L) {
      Pause.millis(100);
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
