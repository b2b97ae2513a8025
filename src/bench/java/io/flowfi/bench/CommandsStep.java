package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Row 6: durable commands from 64 connections, flat out and then at half that rate. There are no
 * subscribers.
 *
 * <p>Each connection has a stream of its own. Then flat out once more, all to one stream: that
 * shows the cost of the database, which then writes one stream for a whole batch of commands.
 */
record CommandsStep(Settings settings) implements Step {
  static final int CONNECTIONS = 64;

  /** The server was warmed up with other commands than top-ups. */
  static final double WARM_UP = 8;

  @Override
  public int row() {
    return 6;
  }

  @Override
  public String title() {
    return "durable commands from " + CONNECTIONS + " connections";
  }

  @Override
  public double seconds() {
    return 3 * settings.seconds() + 6 + WARM_UP;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    try (Publisher publisher = new Publisher(server.port(), server.publishers(CONNECTIONS))) {
      publisher.publish(0);
      Pause.seconds(3);
      publisher.window();
      PublisherFigures flatOut = measure(server, publisher, "flat out", results);
      publisher.pause();
      publisher.publish(Math.max(1, flatOut.perSecond() / 2));
      Pause.seconds(1);
      publisher.window();
      measure(server, publisher, "half rate", results);
    }
    FlowFiServer flowfi = (FlowFiServer) server;
    String one = flowfi.createStream(null);
    try (Publisher publisher =
        new Publisher(server.port(), flowfi.publishersTo(one, CONNECTIONS))) {
      publisher.publish(0);
      Pause.seconds(WARM_UP);
      publisher.window();
      measure(server, publisher, "one stream", results);
    }
  }

  private PublisherFigures measure(
      Server server, Publisher publisher, String variant, Consumer<Measurement> results) {
    CpuMeter cpu = new CpuMeter(server);
    Pause.seconds(settings.seconds());
    PublisherFigures figures = publisher.window();
    Measurement m = Measurement.of(6, server.name(), variant, CONNECTIONS);
    cpu.addTo(m);
    results.accept(
        m.with("commands_per_s", figures.perSecond())
            .with("publish_refused", figures.refused())
            .with("publish_broken", figures.broken())
            .with(Latency.of(figures.answerTimes())));
    return figures;
  }
}
