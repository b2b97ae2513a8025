package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.app.TraceReceiver.Received;
import io.flowfi.it.TestAddresses;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Traces of commands, as a receiver of OTLP gets them. */
@Timeout(60)
class TracesApiTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  @TempDir Path directory;
  private TraceReceiver receiver;
  private ApiServer server;

  @BeforeEach
  void listen() throws IOException {
    receiver = new TraceReceiver();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    receiver.close();
  }

  private void start(String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.address());
    variables.put("OTEL_BSP_SCHEDULE_DELAY", "50");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    server = new ApiServer(directory, variables);
  }

  private List<Received> spans(int count) {
    await().until(() -> receiver.spans().size() >= count);
    assertThat(receiver.spans()).hasSize(count);
    return receiver.spans();
  }

  private static Received named(List<Received> spans, String name) {
    return spans.stream().filter(of -> of.span().getName().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void shouldFollowACommandFromTheRequestToItsPublication() throws Exception {
    start("OTEL_SERVICE_NAME", "payments", "OTEL_EXPORTER_OTLP_HEADERS", "x-key=of-the-collector");
    var created =
        server.create(
            TestAddresses.account(1),
            "traceparent",
            "00-" + TRACE + "-" + PARENT + "-01",
            "tracestate",
            "vendor=kept");
    assertThat(created.statusCode()).isEqualTo(201);

    List<Received> spans = spans(3);
    Received request = named(spans, "POST /v1/streams");
    Received commit = named(spans, "commit");
    Received publish = named(spans, "publish");
    assertThat(spans).allMatch(of -> of.trace().equals(TRACE));
    assertThat(request.parent()).isEqualTo(PARENT);
    assertThat(request.span().getTraceState()).isEqualTo("vendor=kept");
    assertThat(request.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
    assertThat(request.attributes())
        .containsEntry("http.request.method", "POST")
        .containsEntry("http.route", "/v1/streams")
        .containsEntry("http.response.status_code", "201")
        .containsEntry("flowfi.stream", "1")
        .doesNotContainKey("flowfi.sandbox");
    assertThat(commit.parent()).isEqualTo(request.id());
    assertThat(publish.parent()).isEqualTo(request.id());
    assertThat(publish.attributes())
        .containsEntry("flowfi.position", "1")
        .containsEntry("flowfi.event.type", "stream.created");
    assertThat(commit.span().getEndTimeUnixNano())
        .isBetween(
            request.span().getStartTimeUnixNano(), publish.span().getStartTimeUnixNano() + 1);
    assertThat(request.resource())
        .containsEntry("service.name", "payments")
        .containsEntry("service.instance.id", server.node.id());
    assertThat(receiver.keys()).containsOnly("of-the-collector");
  }

  @Test
  void shouldBeginATraceOfItsOwnAndNameRefusals() throws Exception {
    start();
    assertThat(server.post("/v1/streams/7/pause", "{}", "traceparent", "nonsense").statusCode())
        .isEqualTo(404);
    Received request = named(spans(2), "POST /v1/streams/{id}/pause");
    assertThat(request.parent()).isEmpty();
    assertThat(request.trace()).hasSize(32).isNotEqualTo(TRACE);
    assertThat(request.attributes())
        .containsEntry("http.response.status_code", "404")
        .containsEntry("url.path", "/v1/streams/7/pause");
    assertThat(request.span().getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(request.resource()).containsEntry("service.name", "flowfi-events");
  }

  @Test
  void shouldLeaveOutWhatTheClientDoesNotSample() throws Exception {
    start();
    server.create(TestAddresses.account(1), "traceparent", "00-" + TRACE + "-" + PARENT + "-00");
    server.create(TestAddresses.account(2));
    assertThat(spans(3)).noneMatch(of -> of.trace().equals(TRACE));
  }

  @Test
  void shouldMarkWhatIsOfTheSandbox() throws Exception {
    start("SANDBOX", "on");
    server.create(TestAddresses.account(1), "X-Sandbox-Mode", "true");
    assertThat(spans(3)).allMatch(of -> of.attributes().get("flowfi.sandbox").equals("true"));
  }

  @Test
  void shouldAnswerAndStopWhileTheReceiverTakesNothing() throws Exception {
    try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      start("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + deaf.getLocalPort());
      for (int i = 0; i < 20; i++) {
        assertThat(server.create(TestAddresses.account(1)).statusCode()).isEqualTo(201);
      }
      long begun = System.nanoTime();
      server.close();
      server = null;
      assertThat(ofTraces(Set.of())).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    }
  }

  @Test
  void shouldLeaveNoThreadBehind() throws Exception {
    Set<Thread> before = new HashSet<>(Thread.getAllStackTraces().keySet());
    start("OTEL_BSP_SCHEDULE_DELAY", "60000"); // so that all is sent at the end
    server.create(TestAddresses.account(1));
    assertThat(ofTraces(before)).isNotEmpty();
    server.close();
    server = null;
    assertThat(keeping(before)).isEmpty();
    assertThat(ofTraces(before)).isEmpty();
    spans(3);
  }

  /** Threads with a value of OpenTelemetry's, which a container would call a leak. */
  private static List<String> keeping(Set<Thread> before) throws ReflectiveOperationException {
    Field locals = Thread.class.getDeclaredField("threadLocals");
    locals.setAccessible(true);
    List<String> threads = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      Object map = locals.get(thread);
      if (map == null || before.contains(thread)) {
        continue;
      }
      Field table = map.getClass().getDeclaredField("table");
      table.setAccessible(true);
      for (Object entry : (Object[]) table.get(map)) {
        if (entry == null) {
          continue;
        }
        Field value = entry.getClass().getDeclaredField("value");
        value.setAccessible(true);
        Object kept = value.get(entry);
        if (kept != null && kept.getClass().getName().startsWith("io.opentelemetry")) {
          threads.add(thread.getName() + " keeps " + kept.getClass().getName());
        }
      }
    }
    return threads;
  }

  private static List<String> ofTraces(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("BatchSpanProcessor") || name.startsWith("otlp-sender"))
        .toList();
  }

  @Test
  void shouldRefuseWhatItCannotReadWithoutShowingIt() {
    for (String name : List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS")) {
      assertThatThrownBy(() -> start(name, "secret-and-no-address"))
          .as(name)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("OTEL_")
          .satisfies(
              thrown ->
                  assertThat(Throwables.getStackTrace(thrown))
                      .as("what a debugging log gets")
                      .doesNotContain("secret-and-no-address"));
    }
  }

  /** In a JVM of its own: the classes of the other tests are loaded here. */
  @Test
  void shouldLoadNothingWhereNoTracesAreWanted() throws Exception {
    Path classes = directory.resolve("classes.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                Untraced.class.getName(),
                directory.resolve("data").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out.txt").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(directory.resolve("out.txt"))).isZero();
    List<String> loaded = Files.readAllLines(classes);
    assertThat(loaded).anyMatch(line -> line.contains("io.flowfi.web.streams.Commands"));
    assertThat(loaded)
        .noneMatch(line -> line.contains("io.opentelemetry"))
        .noneMatch(line -> line.contains("io.flowfi.tracing.otel"));
  }

  /** A server without traces, and one command. */
  static final class Untraced {
    private Untraced() {}

    public static void main(String[] arguments) throws Exception {
      try (ApiServer server = new ApiServer(Path.of(arguments[0]), Map.of())) {
        int status = server.create(TestAddresses.account(1)).statusCode();
        System.exit(status == 201 ? 0 : 1);
      }
    }
  }
}
