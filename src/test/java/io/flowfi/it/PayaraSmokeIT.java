package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.sse.RawClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The WAR that runs on Tomcat also runs, unchanged, on another vendor's container. */
@Timeout(300)
class PayaraSmokeIT {
  /** In the place of the one that tells who callers are. */
  private static final String FAILING_FILTER =
      """
      package io.flowfi.web.edge;

      public final class CallerFilter extends jakarta.servlet.http.HttpFilter {
        public CallerFilter(io.flowfi.auth.Authentication authentication) {}

        @Override
        public void init() throws jakarta.servlet.ServletException {
          throw new jakarta.servlet.ServletException("as this test wants it");
        }
      }
      """;

  @Test
  void shouldDeliverACommandToItsSubscribersAndResume() throws Exception {
    String alice = TestAddresses.account(1);
    String bob = TestAddresses.account(2);
    int figures = ServerProcess.freePort();
    Map<String, String> environment = Map.of("METRICS_PORT", Integer.toString(figures));
    try (PayaraServer server = PayaraServer.start(environment)) {
      HttpApi api = server.api();
      String cursor;
      try (EventStream events = server.events().query("users=" + bob).open()) {
        assertThat(events.header("content-type")).hasValue("text/event-stream;charset=UTF-8");
        events.nextConnected();
        api.create(HttpApi.newStream(alice, TestAddresses.account(3)));
        String id = api.create(HttpApi.newStream(alice, bob));
        SseFrame created = events.nextEvent("stream.created");
        assertThat(created.json().path("streamId").asText()).isEqualTo(id);
        assertThat(created.position()).isEqualTo("2");
        events.assertNothingUnexpected();
        cursor = events.lastEventId();
      }
      assertTakesABodyInPieces(server);
      assertOnlyReadsItsPages(server);
      String missed = api.create(HttpApi.newStream(bob, alice));
      try (EventStream events = server.events().query("users=" + bob).lastEventId(cursor).open()) {
        events.nextConnected();
        assertThat(events.nextEvent("stream.created").json().path("streamId").asText())
            .isEqualTo(missed);
        try (Supervisor supervisor = new Supervisor(server.port());
            Supervisor own = new Supervisor(figures)) {
          CompletableFuture<Integer> stopping = CompletableFuture.supplyAsync(server::stop);
          assertThat(events.nextEvent("reconnect").json().path("reason").asText())
              .isEqualTo("shutdown");
          events.awaitEnd(Duration.ofSeconds(5));
          stopping.get(30, TimeUnit.SECONDS);
          supervisor.assertNoFailureOfOurs(200, 404, 503);
          own.assertNoFailureOfOurs(200);
          assertThat(own.failuresOfPayara).isEmpty();
        }
      }
    }
  }

  /**
   * By default Payara would buffer some megabytes for each, 6,000 events, before it reports that.
   */
  @Test
  void shouldNoticeAClientThatTakesNothing() {
    try (PayaraServer server = PayaraServer.start(Map.of("SSE_STALL_TIMEOUT", "15s"));
        StalledSubscribers stalled = StalledSubscribers.at(server)) {
      assertThat(stalled.events()).isLessThan(3_000);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> stats(server).path("activeConnections").asInt() == 0);
      assertThat(stats(server).path("slowClientsClosed").asInt()).isEqualTo(3);
      assertThat(server.log()).doesNotContain("before it is noticed");
    }
  }

  /**
   * Asks a port without a pause whether the server lives, on a new connection each time. Payara
   * takes requests until the end, also when it has ended the application, and then fails at some of
   * them by itself (6.2025.10: an empty 500).
   */
  private static final class Supervisor implements AutoCloseable {
    private static final String QUESTION =
        "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final Map<Integer, Integer> answers = new ConcurrentSkipListMap<>();
    private final Queue<String> failuresOfPayara = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final Thread thread;
    private volatile boolean over;

    Supervisor(int port) {
      thread = new Thread(() -> ask(port));
      thread.start();
      await().until(() -> answers.containsKey(200));
    }

    private void ask(int port) {
      while (!over) {
        try (RawClient client = RawClient.exchange(port, QUESTION)) {
          String text = client.headers() + "\n" + client.rest();
          if (client.status() == 500
              && text.contains("server=Payara")
              && text.contains("content-length=0")
              && !text.contains("x-request-id")) {
            failuresOfPayara.add(text);
          } else {
            answers.merge(client.status(), 1, Integer::sum);
          }
        } catch (IOException | RuntimeException gone) {
          refused.incrementAndGet(); // nobody listens any more
        }
        LockSupport.parkNanos(1_000_000); // the server needs the processor to end
      }
    }

    /** A supervisor kills what fails; a process that ends by itself must not look like that. */
    void assertNoFailureOfOurs(Integer... bearable) {
      assertThat(answers.keySet()).as("%s", answers).isSubsetOf(bearable);
      assertThat(refused).as("asked to the end").hasPositiveValue();
    }

    @Override
    public void close() {
      over = true;
    }
  }

  /** Payara says that it has deployed such an application, and serves it without the filter. */
  @Test
  void shouldRefuseEverythingWhenAFilterDoesNotStart(@TempDir Path folder) throws IOException {
    Path war = ChangedWar.with(folder, "io.flowfi.web.edge.CallerFilter", FAILING_FILTER);
    Map<String, String> secured = Map.of("JWT_SECRET", "x".repeat(32));
    try (PayaraServer server = PayaraServer.launch(secured, "/flowfi", war)) {
      await().atMost(Duration.ofSeconds(120)).until(() -> server.log().contains(" ready in "));
      assertThat(server.log())
          .contains("successfully deployed", "its filter caller does not start");
      HttpApi api = server.api();
      for (String path :
          List.of("", "test-client.html", "v1/streams", "v1/events", "health/live", "problem")) {
        assertIsNotStarted(api.get("/flowfi/" + path), path);
      }
      ObjectNode stream = HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2));
      assertIsNotStarted(api.post("/flowfi/v1/streams", stream), "a command");
      for (String kind : List.of("ready", "live")) {
        HttpApi.Answer health = api.get("/health/" + kind);
        assertThat(health.status()).as(kind).isEqualTo(503);
        assertThat(health.json().path("status").asText()).as(kind).isEqualTo("DOWN");
      }
    }
  }

  private static void assertIsNotStarted(HttpApi.Answer answer, String to) {
    assertThat(answer.status()).as(to).isEqualTo(503);
    assertThat(answer.header("Content-Type")).as(to).isEqualTo("application/problem+json");
    assertThat(answer.json().path("detail").asText()).as(to).contains("not started completely");
  }

  private static JsonNode stats(PayaraServer server) {
    return server.api().get("v1/events/stats").json();
  }

  /** Its default servlet would also answer a POST like a GET. */
  private static void assertOnlyReadsItsPages(PayaraServer server) {
    for (String page : List.of("/", "/test-client.html")) {
      HttpApi.Answer read = server.api().get(page);
      assertThat(read.status()).as(page).isEqualTo(200);
      assertThat(read.header("Cache-Control")).isEqualTo("no-cache");
      assertThat(read.header("Content-Type")).isEqualToIgnoringCase("text/html;charset=UTF-8");
      assertThat(server.api().get(page, "If-None-Match", read.header("ETag")).status())
          .isEqualTo(304);
      HttpApi.Answer answer = server.api().post(page, "{}");
      assertThat(answer.status()).as(page).isEqualTo(405);
      assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.json().path("status").asInt()).isEqualTo(405);
      assertThat(answer.json().path("detail").asText()).contains("GET or HEAD");
    }
  }

  /**
   * A body may come while its head is being read, just after that, or much later: every moment must
   * work. Uses connections again, because a body that is read wrongly spoils the next request.
   */
  @Test
  void shouldTakeABodyWheneverItComes() throws Exception {
    int clients = 16;
    int requests = 200; // Payara closes a connection after 250
    try (PayaraServer server = PayaraServer.start(Map.of())) {
      ExecutorService pool = Executors.newFixedThreadPool(clients);
      List<Future<Map<Integer, Integer>>> counted = new ArrayList<>();
      for (int client = 0; client < clients; client++) {
        counted.add(pool.submit(() -> postInTwoPieces(server.port(), requests)));
      }
      pool.shutdown();
      for (Future<Map<Integer, Integer>> statuses : counted) {
        assertThat(statuses.get()).containsExactly(Map.entry(201, requests));
      }
      assertThat(server.api().history()).hasSize(clients * requests);
    }
  }

  private static Map<Integer, Integer> postInTwoPieces(int port, int requests) throws Exception {
    String body = HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)).toString();
    Map<Integer, Integer> statuses = new TreeMap<>();
    try (RawClient client = RawClient.connect(port, 0)) {
      for (int i = 0; i < requests; i++) {
        client.send(
            "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n");
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(3_000_000));
        client.send(body);
        client.readHead();
        client.body(Integer.parseInt(client.headers().get("content-length")));
        statuses.merge(client.status(), 1, Integer::sum);
      }
    }
    return statuses;
  }

  /** Containers differ in how they read a body that comes late. */
  private static void assertTakesABodyInPieces(PayaraServer server) throws Exception {
    ObjectNode stream = HttpApi.newStream(TestAddresses.account(4), TestAddresses.account(5));
    for (String body : List.of(stream.toString(), "x".repeat(20_000))) {
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        socket.setSoTimeout(20_000);
        String head =
            "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n";
        OutputStream out = socket.getOutputStream();
        out.write((head + body.substring(0, 10)).getBytes(StandardCharsets.US_ASCII));
        // nothing tells from outside when the server has seen the beginning
        Thread.sleep(200);
        out.write(body.substring(10).getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(answer).startsWith(body.startsWith("x") ? "HTTP/1.1 413" : "HTTP/1.1 201");
      }
    }
  }
}
