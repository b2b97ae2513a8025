package io.flowfi.bench;

import java.util.function.Consumer;

/** One measurement, on a running and otherwise idle server. */
interface Step {
  /** Time for 10,000 subscribers to connect: a server with 500 a second is in time. */
  int CONNECT_SECONDS = 20;

  int row();

  String title();

  /** Whether a server that compiles itself must have been warmed up before. */
  default boolean needsWarmServer() {
    return true;
  }

  /** About how long it will take. */
  double seconds();

  void run(Server server, Consumer<Measurement> results);

  /** Connects subscribers to everything. All must connect; otherwise the measurement fails. */
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
