package io.flowfi.bench;

import java.util.function.Consumer;

/**
 * Publishes flat out until FlowFi's ring of recent frames is as full as it gets, which at the 200
 * events/s of row 9 takes six minutes: before that the heap grows by the ring, which would hide
 * other growth.
 */
record FillRingStep(int row) implements Step {
  private static final int PUBLISHERS = 32;
  private static final double LIMIT = 300;

  @Override
  public String title() {
    return "filling the ring of recent frames";
  }

  @Override
  public boolean needsWarmServer() {
    return false;
  }

  @Override
  public double seconds() {
    return 15;
  }

  @Override
  public void run(Server server, Consumer<Measurement> results) {
    FlowFiServer flowfi = (FlowFiServer) server;
    long end = System.nanoTime() + (long) (LIMIT * 1e9);
    try (Publisher publisher = new Publisher(server.port(), server.publishers(PUBLISHERS))) {
      publisher.publish(0);
      FlowFiServer.Ring ring = flowfi.ring();
      while (!ring.isFull()) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("not full after " + (int) LIMIT + " s: " + ring);
        }
        Pause.seconds(3);
        ring = flowfi.ring();
        System.out.printf("        %,d events, %,d bytes%n", ring.events(), ring.bytes());
      }
      publisher.pause();
    }
  }
}
