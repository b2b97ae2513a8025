package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Row 8: a tenth of the subscribers stop reading; the effect on the others, compared with a run
 * without those.
 */
record StalledStep(Settings settings) implements Step {
  /**
   * About half of what two cores can deliver one event at a time: at 200/s the cores have no time
   * left, and the length of the queue depends on chance.
   */
  private static final double PER_SECOND = 100;

  /**
   * Enough to fill the socket of a subscriber that does not read: the kernel takes about 2.5 MB on
   * loopback.
   */
  private static final int FILL = 12_000;

  @Override
  public int row() {
    return 8;
  }

  private int subscribers() {
    return Math.min(1000, settings.connections());
  }

  @Override
  public String title() {
    return subscribers() / 10 + " of " + subscribers() + " subscribers stop reading";
  }

  @Override
  public double seconds() {
    return 2 * (9 + ProcessStats.SECONDS_TO_STEADY_USE + settings.secondsAtARate());
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    int stalled = subscribers() / 10;
    results.accept(measure(server, subscribers() - stalled, 0));
    results.accept(measure(server, subscribers() - stalled, stalled));
  }

  private Measurement measure(Server server, int reading, int stalled) {
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher = new Publisher(server.port(), server.publishers(32))) {
      Subscribers readers =
          Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), reading));
      Subscribers sleepers = null;
      if (stalled > 0) {
        sleepers =
            Step.connectAll(
                swarm, SubscriberPlan.of(server.subscribeToAll(), stalled).notReading());
      }
      publisher.publish(0, FILL);
      publisher.awaitIdle(15);
      long expected = publisher.window().accepted() * reading;
      swarm.await(readers, 15, f -> f.deliveries() >= expected);
      swarm.window(readers);
      final long heapBefore = server.stats().liveHeapKb();
      publisher.publish(PER_SECOND);
      // otherwise the first of the two would be measured while a JVM still compiles
      server.stats().awaitSteadyUse();
      swarm.window(readers);
      CpuMeter cpu = new CpuMeter(server);
      Pause.seconds(settings.secondsAtARate());
      SubscriberFigures seen = swarm.window(readers);
      Measurement m =
          Measurement.of(
              8, server.name(), stalled == 0 ? "all read" : "some stalled", reading + stalled);
      cpu.addTo(m);
      publisher.pause();
      m.with("heap_before_kb", heapBefore)
          .with("heap_after_kb", server.stats().liveHeapKb())
          .with("deliveries_per_s", seen.deliveriesPerSecond())
          .with("readers_closed", seen.closedByServer())
          .with("stalled", stalled);
      if (sleepers != null) {
        m.with("stalled_open", swarm.look(sleepers).open());
      }
      return m.with(Latency.of(seen.latency()));
    }
  }
}
