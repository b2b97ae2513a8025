package io.flowfi.clients;

import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.sse.SseEventSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Follows everything with {@code SseEventSource} of the JAX-RS implementation on the class path.
 */
public final class FollowSseEventSource {
  private FollowSseEventSource() {}

  public static void main(String[] arguments) throws InterruptedException {
    Position position = new Position(arguments[0]);
    Client client = ClientBuilder.newBuilder().readTimeout(45, TimeUnit.SECONDS).build();
    while (true) {
      CountDownLatch over = new CountDownLatch(1);
      try (SseEventSource source = SseEventSource.target(client.target(position.url())).build()) {
        source.register(
            event -> position.heard(event.getName(), event.getId()),
            error -> end("failed: " + error, over),
            () -> end("completed", over));
        source.open();
        over.await();
      }
      TimeUnit.SECONDS.sleep(2);
    }
  }

  private static void end(String how, CountDownLatch over) {
    if (Position.isToComeBack(how)) {
      over.countDown();
    }
  }
}
