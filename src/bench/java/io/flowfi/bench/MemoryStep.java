package io.flowfi.bench;

import java.util.function.Consumer;

/** Row 3: resident memory against idle connections, and the processor time of an idle server. */
record MemoryStep(Settings settings) implements Step {
  private static final double[] PARTS = {0.1, 0.25, 0.5, 1};
  private static final double SETTLE = 1;

  /** Every idle connection gets at least one heartbeat: 10 s and up to a fifth more. */
  private static final double IDLE = 12;

  @Override
  public int row() {
    return 3;
  }

  @Override
  public String title() {
    return "memory of " + settings.connections() + " idle connections";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 10 + 2 * IDLE + settings.connections() / 1500.0;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    ProcessStats stats = server.stats();
    warmUp(server);
    stats.awaitRest();
    final long heapBefore = stats.liveHeapKb();
    Pause.seconds(SETTLE);
    final long before = stats.residentKb();
    results.accept(Measurement.of(3, server.name(), "ramp", 0).with("resident_kb", before));
    try (Swarm swarm = new Swarm(server.port())) {
      int connected = 0;
      for (double part : PARTS) {
        int target = (int) (settings.connections() * part);
        Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), target - connected));
        connected = target;
        Pause.seconds(SETTLE);
        if (part == 0.1 || part == 1) {
          stats.awaitRest();
          CpuMeter cpu = new CpuMeter(server);
          Pause.seconds(IDLE);
          Measurement idle =
              Measurement.of(3, server.name(), part == 1 ? "idle-all" : "idle", connected);
          cpu.addTo(idle);
          results.accept(idle);
        }
        results.accept(
            Measurement.of(3, server.name(), "ramp", connected)
                .with("resident_kb", stats.residentKb()));
      }
      final long grown = stats.residentKb() - before;
      final long heap = stats.liveHeapKb() - heapBefore;
      Pause.seconds(SETTLE);
      results.accept(
          Measurement.of(3, server.name(), "total", connected)
              .with("resident_before_kb", before)
              .with("kb_per_connection", (double) grown / connected)
              .with(
                  "kb_per_connection_after_gc", (double) (stats.residentKb() - before) / connected)
              .with("live_heap_kb_per_connection", (double) heap / connected));
    }
  }

  /**
   * As many connections as will be measured, but few at a time. A JVM has then touched the heap
   * that its garbage needs, and no server has memory of connections in its pools.
   */
  private void warmUp(Server server) {
    long files = server.stats().openFiles();
    try (Swarm swarm = new Swarm(server.port())) {
      Subscribers passing = swarm.add(SubscriberPlan.churn(server.subscribeToAll(), 0, 20));
      swarm.await(passing, 40, f -> f.answered() >= settings.connections());
    }
    // Some servers notice a lost subscriber only at the second write to it.
    try (Publisher publisher = new Publisher(server.port(), server.publishers(1))) {
      publisher.publish(10, 4);
      publisher.awaitIdle(5);
    }
    ConnectStep.awaitGone(server, files);
  }
}
