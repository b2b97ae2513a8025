package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Row 7: all clients reconnect within one second, each 100 events behind, while others are
 * connected and everybody gets 20 events/s.
 */
record StormStep(Settings settings) implements Step {
  private static final int MISSED = 100;
  private static final int OTHERS = 100;
  private static final double LIMIT = 30;

  /**
   * Unmeasured storms: about as many clients as a JVM needs until its code is compiled, see row 4.
   */
  private static final int STORMS_BEFORE = 5;

  @Override
  public int row() {
    return 7;
  }

  @Override
  public String title() {
    return settings.connections() + " clients come back, " + MISSED + " events behind";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 40;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    FlowFiServer flowfi = (FlowFiServer) server;
    for (int before = 0; before < STORMS_BEFORE; before++) {
      long files = server.stats().openFiles();
      storm(flowfi);
      ConnectStep.awaitGone(server, files);
    }
    server.stats().awaitRest();
    results.accept(storm(flowfi));
  }

  private Measurement storm(FlowFiServer server) {
    int count = settings.connections();
    // the others have a reader of their own: they must not be late because 10,000 keep the first
    // reader busy
    try (Swarm swarm = new Swarm(server.port());
        Swarm swarmOfOthers = new Swarm(server.port());
        Publisher publisher = new Publisher(server.port(), server.publishers(4))) {
      publisher.publish(0, 2 * MISSED);
      publisher.awaitIdle(10);
      Subscribers others =
          Step.connectAll(swarmOfOthers, SubscriberPlan.of(server.subscribeToAll(), OTHERS));
      publisher.publish(20);
      Pause.seconds(2);
      Measurement m = Measurement.of(7, server.name(), "", count);
      m.with("others_p99_before_ms", Latency.of(swarmOfOthers.window(others).latency()).p99());
      SubscriberPlan plan =
          SubscriberPlan.of(server.subscribeToAll(), count)
              .resuming(count, server.head() - MISSED, MISSED);
      publisher.window();
      CpuMeter cpu = new CpuMeter(server);
      Subscribers crowd = swarm.add(plan);
      swarm.await(crowd, LIMIT, f -> f.caughtUp() >= count);
      cpu.addTo(m);
      SubscriberFigures back = swarm.look(crowd);
      SubscriberFigures live = swarmOfOthers.window(others);
      return m.with("answered", back.answered())
          .with("refused", back.refused())
          .with("failed", back.failed())
          .with("caught_up", back.caughtUp())
          .with("connect_s", back.connectSeconds())
          .with("caught_up_s", back.catchUpSeconds())
          .with("closed_by_server", back.closedByServer() + live.closedByServer())
          .with("answer_p99_ms", Latency.of(publisher.window().answerTimes()).p99())
          .with(Latency.of(live.latency()));
    }
  }
}
