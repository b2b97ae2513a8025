package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.config.Environment;
import io.flowfi.config.ServerSettings;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.health.HealthCheck;
import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.Receipt;
import io.flowfi.logs.LoggedLines;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.StreamCommand;
import io.flowfi.time.Clocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** Start and end of a node, above all failed ones. */
class EventServerTest {
  private static final String CONTRACT = TestAddresses.contract(1);

  /**
   * The JVM's, JUnit's and Awaitility's, and those of the JDK's HTTP clients, which it starts when
   * one is made and ends when it is collected.
   */
  private static final String OF_OTHERS =
      "awaitility.*|HttpClient-.*-SelectorManager|ForkJoinPool.*|junit.*|Common-Cleaner"
          + "|process reaper.*|Attach Listener";

  /** Its library starts one when it is set up; it has not our class loader, and ends soon. */
  private static final String OF_OPENTELEMETRY = "BatchSpanProcessor.*";

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
    return server(Map.of("SANDBOX", "on"));
  }

  private EventServer server(Map<String, String> more) {
    Map<String, String> environment = new LinkedHashMap<>(more);
    environment.put("FLOWFI_DATA_DIR", directory.toString());
    return new EventServer(
        ServerSettings.from(new Environment(environment, Map.of())),
        new StreamEventTranslator(),
        Clocks.system());
  }

  /** Every part that has threads. No RPC node, collector, issuer or identity provider is there. */
  private static Map<String, String> everything() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Map.of(
          "SANDBOX", "on",
          "METRICS_PORT", Integer.toString(free.getLocalPort()),
          "EVENT_RETENTION", "30d",
          "AUDIT_RETENTION", "30d",
          "OTEL_TRACES_EXPORTER", "otlp",
          "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9",
          "STREAM_CONTRACT_ID", CONTRACT,
          "SOROBAN_RPC_URL", "http://127.0.0.1:9");
    }
  }

  /** All that live now, but those of the JVM and of the test itself. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !thread.getName().matches(OF_OTHERS))
        .collect(Collectors.toSet());
  }

  private static Set<Thread> since(Set<Thread> before) {
    Set<Thread> since = new HashSet<>(threads());
    since.removeAll(before);
    return since;
  }

  private static void createStream(EventServer server) {
    createStream(server.real()).join();
  }

  private static CompletableFuture<Receipt> createStream(ServedLedger ledger) {
    Address user = Address.parse("user", TestAddresses.account(1));
    return ledger
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
        .toCompletableFuture();
  }

  @Test
  void shouldRunNothingBeforeItsStartAndNothingAfterItsEnd() {
    Set<Thread> before = threads();
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

  @Test
  void shouldRunNoneOfItsPartsBeforeItsStartNorAfterItsEnd() throws IOException {
    Set<Thread> before = threads();
    for (int calls = 0; calls < 2; calls++) {
      EventServer server = server(everything());
      assertThat(since(before))
          .as("all but those of the open store")
          .allMatch(thread -> thread.getName().endsWith(":pool"));
      server.start();
      await().until(server::hasStarted);
      assertThat(since(before))
          .extracting(Thread::getName)
          .contains("event-retention", "chain-indexer", "reconciliation", "flowfi-audit")
          .anyMatch(name -> name.matches(OF_OPENTELEMETRY));
      server.close();
      assertNothingIsLeft(before);
    }
  }

  /** Whatever can say that something is wrong with it is asked. */
  @Test
  void shouldReportTheHealthOfEachPart() throws Exception {
    EventServer server = server(everything());
    try {
      List<HealthCheck> parts = new ArrayList<>();
      for (Object owner : List.of(server, server.real())) {
        for (Object part : fieldsOf(owner)) {
          if (part instanceof ChainParts chain) {
            parts.addAll(List.of(chain.indexer(), chain.reconciliation()));
          } else if (part instanceof HealthCheck check) {
            parts.add(check);
          }
        }
      }
      assertThat(parts).hasSizeGreaterThan(9);
      assertThat(server.checks()).containsAll(parts);
    } finally {
      server.close();
    }
  }

  /** The values, and those of optional ones. */
  private static List<Object> fieldsOf(Object owner) throws IllegalAccessException {
    List<Object> values = new ArrayList<>();
    for (Field field : owner.getClass().getDeclaredFields()) {
      field.setAccessible(true);
      Object value = field.get(owner);
      values.add(value instanceof Optional<?> optional ? optional.orElse(null) : value);
    }
    return values;
  }

  /** The end of one ledger is as clean as that of two. */
  @Test
  void shouldRunNothingAfterTheEndOfBothLedgers() {
    Set<Thread> before = threads();
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

  /**
   * What keeps a part from being made, in the order in which parts are made: a file where its
   * folder should be, a port that is taken. Each is only found if the ones before have left nothing
   * open.
   */
  @Test
  void shouldLeaveNothingOpenWhicheverPartCannotBeMade() throws IOException {
    Set<Thread> before = threads();
    Map<String, String> all = everything();
    for (String folder : List.of("sandbox", "audit")) {
      Path file = Files.createFile(directory.resolve(folder));
      assertThatThrownBy(() -> server(all))
          .as(folder)
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(folder);
      assertThat(since(before)).as(folder).isEmpty();
      Files.delete(file);
    }
    try (ServerSocket taken = taken(all)) {
      assertThatThrownBy(() -> server(all)).hasMessageContaining("METRICS_PORT");
      assertThat(since(before)).as("port").isEmpty();
    }
    server(all).close();
  }

  private static ServerSocket taken(Map<String, String> all) throws IOException {
    return new ServerSocket(
        Integer.parseInt(all.get("METRICS_PORT")), 1, InetAddress.getLoopbackAddress());
  }

  /** With every part there can be, of which none or all others have started by then. */
  @Test
  void shouldEndAllPartsWhenTheFirstOrTheLastDoesNotStart() throws IOException {
    Set<Thread> before = threads();
    Map<String, String> all = everything();
    EventServer first = server(all);
    first.audit().start();
    assertThatThrownBy(first::start).isInstanceOf(IllegalThreadStateException.class);
    assertNothingIsLeft(before);
    EventServer last = server(all);
    try (ServerSocket taken = taken(all)) {
      assertThatThrownBy(last::start).hasMessageContaining("METRICS_PORT");
    }
    assertNothingIsLeft(before);
    server(all).close();
  }

  private static void assertNothingIsLeft(Set<Thread> before) {
    assertThat(since(before)).allMatch(thread -> thread.getName().matches(OF_OPENTELEMETRY));
    await().until(() -> since(before).isEmpty());
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
    Set<Thread> before = threads();
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
  void shouldSayAtItsEndThatEverythingAcceptedIsInTheLog() {
    EventServer server = withSandbox();
    server.start();
    List<CompletableFuture<Receipt>> accepted = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      accepted.add(createStream(server.real()));
      accepted.add(createStream(server.sandbox().orElseThrow()));
    }
    assertThat(lastLineOf(server))
        .isEqualTo("INFO FlowFi Events has stopped; everything accepted is in the log");
    assertThat(accepted).allMatch(answer -> !answer.isCompletedExceptionally());
  }

  /** Also if it is the sandbox's: an operator must not take a good end for granted. */
  @ParameterizedTest
  @ValueSource(strings = {"flowfi.db", "sandbox/flowfi.db"})
  void shouldSayAtItsEndThatACommandIsNotKnownToBeWritten(String database) throws SQLException {
    EventServer server = withSandbox();
    server.start();
    ServedLedger ledger =
        database.startsWith("sandbox") ? server.sandbox().orElseThrow() : server.real();
    CompletableFuture<Receipt> accepted;
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve(database));
    try (Connection other = file.getConnection();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE"); // longer than a stop waits for the ledger
      accepted = createStream(ledger);
      await().until(() -> ledger.ledger().waiting() == 0);
      assertThat(lastLineOf(server))
          .isEqualTo("INFO FlowFi Events has stopped, but not all commands are written");
      assertThat(accepted).isNotDone();
    }
    await().until(accepted::isDone);
    // the end of the folder's lock
    await()
        .until(() -> threads().stream().noneMatch(left -> left.getName().equals("ledger-close")));
  }

  private static String lastLineOf(EventServer server) {
    try (LoggedLines logged = LoggedLines.of(EventServer.class)) {
      server.close();
      return logged.lines().get(logged.lines().size() - 1);
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
