package io.flowfi.it;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Subscribers to everything that read nothing, after so many events that their sockets are full: a
 * stopping server waits for them as long as it ever does. It publishes only until the server
 * notices; otherwise a slow machine would go on until the first ones are closed as stalled.
 */
public final class StalledSubscribers implements AutoCloseable {
  /** More than any of their sockets can take. */
  private static final int MOST_EVENTS = 20_000;

  private static final int EVENTS_BETWEEN_LOOKS = 100;
  private static final int SUBSCRIBERS = 3;
  private static final int WRITERS = 4;

  private final List<EventStream> streams = new ArrayList<>();
  private final HttpApi api;
  private final AtomicInteger events = new AtomicInteger();

  private StalledSubscribers(HttpApi api) {
    this.api = api;
  }

  /** Subscribes and fills; returns when the server has noticed. */
  public static StalledSubscribers at(ContainerServer server) {
    StalledSubscribers stalled = new StalledSubscribers(server.api());
    for (int i = 0; i < SUBSCRIBERS; i++) {
      stalled.streams.add(server.events().receiveBuffer(2048).paused().open());
    }
    CompletableFuture<?>[] writers = new CompletableFuture<?>[WRITERS];
    for (int w = 0; w < WRITERS; w++) {
      writers[w] = CompletableFuture.runAsync(stalled::fill);
    }
    CompletableFuture.allOf(writers).join();
    await("all %d are noticed".formatted(SUBSCRIBERS)).until(stalled::noticed);
    return stalled;
  }

  private void fill() {
    JsonNode stream =
        HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
            .put("reference", "r".repeat(64));
    boolean full;
    do {
      full = noticed();
      // a hundred more when they are full, because moves inside the kernel make room again
      for (int i = 0; i < EVENTS_BETWEEN_LOOKS; i++) {
        api.create(stream);
        events.incrementAndGet();
      }
    } while (!full && events.get() < MOST_EVENTS);
  }

  private boolean noticed() {
    return api.get("v1/events/stats").json().path("slowClients").asInt() == SUBSCRIBERS;
  }

  /** How many streams were created to fill their sockets, one event each. */
  int events() {
    return events.get();
  }

  @Override
  public void close() {
    streams.forEach(EventStream::close);
  }
}
