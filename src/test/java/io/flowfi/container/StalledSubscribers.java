package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Subscribers to everything that read nothing, after so many events that their sockets are full: a
 * server that is told to stop waits for them as long as it ever does.
 */
public final class StalledSubscribers implements AutoCloseable {
  /** How many streams are created to fill their sockets, one event each. */
  static final int EVENTS = 6_000;

  private static final int SUBSCRIBERS = 3;
  private static final int WRITERS = 4;

  private final List<EventStream> streams = new ArrayList<>();

  private StalledSubscribers() {}

  /** Subscribes and fills; returns when the server has noticed. */
  public static StalledSubscribers at(ContainerServer server) {
    StalledSubscribers stalled = new StalledSubscribers();
    for (int i = 0; i < SUBSCRIBERS; i++) {
      stalled.streams.add(server.events().receiveBuffer(2048).paused().open());
    }
    HttpApi api = server.api();
    JsonNode stream =
        HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
            .put("reference", "r".repeat(64));
    AtomicInteger next = new AtomicInteger();
    Runnable write =
        () -> {
          while (next.incrementAndGet() <= EVENTS) {
            api.create(stream);
          }
        };
    CompletableFuture<?>[] writers = new CompletableFuture<?>[WRITERS];
    for (int w = 0; w < WRITERS; w++) {
      writers[w] = CompletableFuture.runAsync(write);
    }
    CompletableFuture.allOf(writers).join();
    assertThat(api.get("v1/events/stats").json().path("slowClients").asInt())
        .isEqualTo(SUBSCRIBERS);
    return stalled;
  }

  @Override
  public void close() {
    streams.forEach(EventStream::close);
  }
}
