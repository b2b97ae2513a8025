package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Commands and deliveries for a few seconds that nobody measures, on every server: what a JVM has
 * not compiled yet is not what a server costs that runs for weeks.
 */
record WarmUpStep(int row) implements Step {
  private static final double SECONDS = 8;

  @Override
  public String title() {
    return "warming up";
  }

  @Override
  public double seconds() {
    return SECONDS;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher = new Publisher(server.port(), server.publishers(32))) {
      Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), 20));
      publisher.publish(0);
      Pause.seconds(SECONDS);
      publisher.pause();
    }
  }
}
