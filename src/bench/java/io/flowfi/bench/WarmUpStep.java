package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Unmeasured commands and deliveries on a server that compiles code while it runs, until it gets no
 * faster. A server that runs for weeks has everything compiled, and the compiler would take
 * processor time from the measurement.
 *
 * <p>First many commands at once to many subscribers. Then one at a time to a few: that uses other
 * code paths than a flood, and at 50 commands/s compiling them would take minutes.
 */
record WarmUpStep(int row, Settings settings) implements Step {
  private static final int MANY_SUBSCRIBERS = 1000;
  private static final int FEW_SUBSCRIBERS = 10;

  @Override
  public String title() {
    return "warming up";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 3 * Plateau.LEAST_SECONDS + 4;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    untilNoFaster(server, Math.min(MANY_SUBSCRIBERS, settings.connections()), 32);
    untilNoFaster(server, FEW_SUBSCRIBERS, 1);
    server.stats().awaitRest();
  }

  private static void untilNoFaster(Server server, int subscribers, int publishers) {
    try (Swarm swarm = new Swarm(server.port());
        Publisher publisher = new Publisher(server.port(), server.publishers(publishers))) {
      Step.connectAll(swarm, SubscriberPlan.of(server.subscribeToAll(), subscribers));
      publisher.publish(0);
      Plateau.awaitCommands(publisher);
      publisher.pause();
    }
  }
}
