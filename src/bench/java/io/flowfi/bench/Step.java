package io.flowfi.bench;

import java.util.function.Consumer;

/** One measurement, on a server that runs and has nothing else to do. */
interface Step {
  /** For connecting 10,000 subscribers: a server that makes 500 a second is in time. */
  int CONNECT_SECONDS = 20;

  int row();

  String title();

  /** Whether a server that compiles itself must have been warmed up before. */
  default boolean needsWarmServer() {
    return true;
  }

  /** How long it will take, about. */
  double seconds();

  void run(Server server, Consumer<Measurement> results);

  /**
   * Connects so many subscribers to everything; all of them, or the measurement would not be one.
   */
  static Subscribers connectAll(Swarm swarm, SubscriberPlan plan) {
    Subscribers group = swarm.connect(plan, CONNECT_SECONDS);
    SubscriberFigures figures = swarm.look(group);
    if (figures.open() != plan.count()) {
      throw new IllegalStateException(
          "only %d of %d subscribers connected (%d refused, %d failed, %d closed by the server)"
              .formatted(
                  figures.open(),
                  plan.count(),
                  figures.refused(),
                  figures.failed(),
                  figures.closedByServer()));
    }
    return group;
  }
}
