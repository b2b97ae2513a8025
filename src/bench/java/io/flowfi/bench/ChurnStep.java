package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Row 9: clients connect, read for a second and drop, 500 of them a second, with 200 events/s going
 * to all of them.
 */
record ChurnStep(Settings settings) implements Step {
  private static final double PER_SECOND = 500;
  private static final int LIFE_MILLIS = 1000;
  private static final double WARM_UP = 4;

  @Override
  public int row() {
    return 9;
  }

  @Override
  public String title() {
    return "churn at " + (int) PER_SECOND + "/s for " + settings.churn().toSeconds() + " s";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return WARM_UP + settings.churn().toSeconds() + 4;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    final long errors = server.errorsLogged();
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher = new Publisher(server.port(), server.publishers(4))) {
      publisher.publish(200);
      Subscribers clients =
          swarm.add(SubscriberPlan.churn(server.subscribeToAll(), PER_SECOND, LIFE_MILLIS));
      Pause.seconds(WARM_UP);
      final long heapBefore = server.stats().liveHeapKb();
      final long filesBefore = server.stats().openFiles();
      swarm.window(clients);
      publisher.window();
      CpuMeter cpu = new CpuMeter(server);
      Pause.seconds(settings.churn().toSeconds());
      SubscriberFigures seen = swarm.window(clients);
      PublisherFigures published = publisher.window();
      Measurement m = Measurement.of(9, server.name(), "", (int) PER_SECOND);
      cpu.addTo(m);
      m.with("open", seen.open())
          .with("seconds", seen.seconds())
          .with("published_per_s", published.perSecond())
          .with("publish_refused", published.refused())
          .with("connections", seen.answered())
          .with("refused", seen.refused())
          .with("failed", seen.failed())
          .with("closed_by_server", seen.closedByServer())
          .with("heap_before_kb", heapBefore)
          .with("heap_after_kb", server.stats().liveHeapKb())
          .with("files_before", filesBefore)
          .with("files_after", server.stats().openFiles())
          .with("errors_logged", server.errorsLogged() - errors)
          .with("deliveries_per_s", seen.deliveriesPerSecond());
      results.accept(m.with(Latency.of(seen.latency())));
    }
  }
}
