package io.flowfi.bench;

import java.util.function.Consumer;

/** Row 5: each connection on a stream of its own, all events in one of them. */
record ManyStreamsStep(Settings settings) implements Step {
  private static final String FIRST = "1000000";
  private static final int PUBLISHERS = 8;

  @Override
  public int row() {
    return 5;
  }

  @Override
  public String title() {
    return "publishing to one stream of " + settings.connections();
  }

  @Override
  public double seconds() {
    return 2 * (2 * settings.seconds() + 4);
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    FlowFiServer flowfi = (FlowFiServer) server;
    flowfi.ensureStream(FIRST);
    measure(flowfi, 10); // warms up; the next measurement with as few connections counts
    results.accept(measure(flowfi, 10));
    results.accept(measure(flowfi, settings.connections()));
  }

  private Measurement measure(FlowFiServer server, int connections) {
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher =
            new Publisher(server.port(), server.publishersTo(FIRST, PUBLISHERS))) {
      SubscriberPlan plan =
          SubscriberPlan.of("/v1/events/subscribe?streams=1%d", connections).topics(connections);
      Subscribers all = Step.connectAll(swarm, plan);
      publisher.publish(0);
      Pause.seconds(1);
      publisher.window();
      CpuMeter cpu = new CpuMeter(server);
      Pause.seconds(settings.seconds());
      PublisherFigures flatOut = publisher.window();
      Measurement m = Measurement.of(5, server.name(), "", connections);
      cpu.addTo(m);
      publisher.pause();
      Pause.millis(500);
      swarm.window(all);
      publisher.window();
      publisher.publish(100);
      Pause.seconds(settings.seconds() / 2);
      publisher.pause();
      Pause.millis(200);
      SubscriberFigures seen = swarm.window(all);
      return m.with("published_per_s", flatOut.perSecond())
          .with("publish_refused", flatOut.refused())
          .with("expected", publisher.window().accepted())
          .with("delivered", seen.deliveries())
          .with(Latency.of(seen.latency()));
    }
  }
}
