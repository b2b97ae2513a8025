package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.config.Environment;
import io.flowfi.config.ServerSettings;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.StreamCommand;
import io.flowfi.time.Clocks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start and end of a node, above all failed ones. */
class EventServerTest {
  @TempDir Path directory;

  private EventServer server(Clocks clock) {
    Map<String, String> environment = Map.of("FLOWFI_DATA_DIR", directory.toString());
    return new EventServer(
        ServerSettings.from(new Environment(environment, Map.of())),
        new StreamEventTranslator(),
        clock);
  }

  private EventServer server() {
    return server(Clocks.system());
  }

  private EventServer withSandbox() {
    Map<String, String> environment =
        Map.of("FLOWFI_DATA_DIR", directory.toString(), "SANDBOX", "on");
    return new EventServer(
        ServerSettings.from(new Environment(environment, Map.of())),
        new StreamEventTranslator(),
        Clocks.system());
  }

  private static Set<Thread> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("(fanout|ledger|event-feed|flowfi).*"))
        .collect(Collectors.toSet());
  }

  private static Set<Thread> since(Set<Thread> before) {
    Set<Thread> since = new HashSet<>(ourThreads());
    since.removeAll(before);
    return since;
  }

  private static void createStream(EventServer server) {
    Address user = Address.parse("user", TestAddresses.account(1));
    server
        .real()
        .ledger()
        .submit(
            CommandRequest.of(
                new StreamCommand.Create(
                    Optional.empty(),
                    user,
                    user,
                    user,
                    Amount.of(1),
                    Amount.of(1),
                    1_700_000_000,
                    Optional.empty())))
        .toCompletableFuture()
        .join();
  }

  @Test
  void shouldRunNothingBeforeItsStartAndNothingAfterItsEnd() {
    Set<Thread> before = ourThreads();
    for (int calls = 0; calls < 10; calls++) {
      EventServer server = server();
      assertThat(since(before))
          .as("all but those of the open store")
          .allMatch(thread -> thread.getName().endsWith(":pool"));
      server.start();
      createStream(server);
      await().untilAsserted(() -> assertThat(server.troubles()).isEmpty());
      server.close();
      // at once: a container checks right after, and reports threads that have not ended
      assertThat(since(before)).isEmpty();
    }
  }

  /** The end of one ledger is as clean as that of two. */
  @Test
  void shouldRunNothingAfterTheEndOfBothLedgers() {
    Set<Thread> before = ourThreads();
    for (int calls = 0; calls < 3; calls++) {
      EventServer server = withSandbox();
      server.start();
      createStream(server);
      await().untilAsserted(() -> assertThat(server.troubles()).isEmpty());
      server.close();
      assertThat(since(before)).isEmpty();
    }
  }

  /** The directory would stay locked until the container ends, and a redeploy be refused. */
  @Test
  void shouldLeaveNothingOpenWhenItsStartFailsWithAnError() {
    for (int calls = 0; calls < 2; calls++) {
      assertThatThrownBy(() -> server(new Clocks(new FailingClock(), System::nanoTime)))
          .isInstanceOf(LinkageError.class);
    }
    server().close();
    EventServer server = server();
    server.start();
    createStream(server);
    server.close();
  }

  /** What keeps a part from starting, in the order in which parts start. */
  private static final Map<String, Consumer<EventServer>> FAULTS = new LinkedHashMap<>();

  static {
    // a thread that runs already cannot be started
    FAULTS.put("audit log", server -> server.audit().start());
    FAULTS.put("feed, after the fan-out", server -> server.real().feed().start());
    FAULTS.put("ledger", server -> server.real().ledger().close(Duration.ZERO));
    FAULTS.put("statistics", server -> server.sampler(server.real()).close());
    FAULTS.put("feed of the sandbox", server -> server.sandbox().orElseThrow().feed().start());
    FAULTS.put(
        "statistics of the sandbox",
        server -> server.sampler(server.sandbox().orElseThrow()).close());
  }

  /** All that runs by then ends, and who called learns what the fault was. */
  @Test
  void shouldEndWhatHasStartedWhenAPartDoesNotStart() {
    Set<Thread> before = ourThreads();
    FAULTS.forEach(
        (part, fault) -> {
          EventServer failing = withSandbox();
          fault.accept(failing);
          assertThatThrownBy(failing::start)
              .as(part)
              .isInstanceOfAny(IllegalThreadStateException.class, RejectedExecutionException.class);
          assertThat(since(before)).as(part).isEmpty();
          assertThat(failing.troubles()).as(part).isNotEmpty();
          EventServer next = withSandbox(); // the folder is free
          next.start();
          createStream(next);
          next.close();
          assertThat(since(before)).as(part).isEmpty();
        });
  }

  /** Like a missing class, or a thread without memory for it. */
  private static final class FailingClock implements InstantSource {
    private boolean asked;

    @Override
    public Instant instant() {
      if (!asked) { // by the test itself
        asked = true;
        return Instant.EPOCH;
      }
      throw new LinkageError("test");
    }
  }

  @Test
  void shouldBeReadyWhenTheLatestEventsAreInMemory() {
    EventServer first = server();
    first.start();
    createStream(first);
    first.close();

    EventServer second = server();
    try {
      assertThat(second.troubles()).containsOnlyKeys("fanOut");
      second.start();
      await().untilAsserted(() -> assertThat(second.troubles()).isEmpty());
    } finally {
      second.close();
    }
  }
}
