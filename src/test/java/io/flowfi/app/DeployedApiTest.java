package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.TestTokens;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.it.HttpApi;
import io.flowfi.it.TestAddresses;
import io.flowfi.sse.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What takes all filters and a Tomcat to be seen: how a request arrives, and where it leads. */
@Timeout(60)
class DeployedApiTest {
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);

  @TempDir Path base;

  private static String create() {
    return HttpApi.newStream(ALICE, BOB).toString();
  }

  private static RawClient posted(DeployedServer server, String path, String body, String... more)
      throws IOException {
    List<String> headers = new ArrayList<>(List.of(more));
    headers.add("Content-Type: application/json");
    if (more.length == 0) {
      headers.add("Host: localhost");
    }
    return server.send("POST " + path, body, headers.toArray(String[]::new));
  }

  /** Some proxies send every GET in chunks, and some programs with a body and its type. */
  @Test
  void shouldNotCareForTheBodyOfAReader() throws Exception {
    try (DeployedServer server = new DeployedServer(base, Map.of())) {
      for (String path : List.of("/v1/admin/drain", "/v1/streams", "/v1/events?order=asc")) {
        try (RawClient read =
            server.send("GET " + path, "a=5", "Host: localhost", "Content-Type: text/plain")) {
          assertThat(read.status()).as(path).isEqualTo(200);
        }
      }
    }
  }

  /** Tomcat then dispatches the request a second time, and ends some of what such a one begins. */
  @Test
  void shouldKeepAnEventStreamOpenWhoseRequestHasALateBody() throws Exception {
    String get = "GET /v1/events/subscribe?all=true HTTP/1.1\r\nHost: localhost\r\n";
    try (DeployedServer server = new DeployedServer(base, Map.of());
        RawClient inChunks = RawClient.connect(server.port(), 0);
        RawClient late = RawClient.connect(server.port(), 0)) {
      inChunks.send(get + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
      late.send(get + "Content-Length: 4\r\n\r\n12");
      // nothing tells from outside that the server waits for the rest
      Thread.sleep(50);
      late.send("34");
      for (RawClient subscriber : List.of(inChunks, late)) {
        subscriber.readHead();
        assertThat(subscriber.status()).isEqualTo(200);
        assertThat(subscriber.frame()).contains("connected");
      }
      try (RawClient created = posted(server, "/v1/streams", create())) {
        assertThat(created.status()).isEqualTo(201);
      }
      for (RawClient subscriber : List.of(inChunks, late)) {
        assertThat(subscriber.frame()).contains("event: stream.created");
      }
    }
  }

  /** Behind TLS, and below a path: only the client knows the scheme and the host. */
  @Test
  void shouldNameItsOwnPathAndNothingOfTheProxyInFrontOfIt() throws Exception {
    Map<String, String> variables =
        Map.of("JWT_SECRET", TestTokens.SECRET, "TRUSTED_PROXIES", "127.0.0.1");
    Instant end = Instant.now().plusSeconds(3600);
    String[] proxied = {
      "Host: upstream.internal:8443",
      "X-Forwarded-For: 203.0.113.5",
      "X-Forwarded-Proto: https",
      "Authorization: Bearer "
          + TestTokens.hs256(TestTokens.SECRET, TestTokens.claims(ALICE, end).build())
    };
    try (DeployedServer server = new DeployedServer(base, variables, "/flowfi")) {
      String user = "{\"publicKey\":\"%s\"}".formatted(ALICE);
      try (RawClient registered = posted(server, "/flowfi/v1/users", user, proxied)) {
        assertThat(registered.headers()).containsEntry("location", "/flowfi/v1/users/" + ALICE);
      }
      String stream;
      try (RawClient created = posted(server, "/flowfi/v1/streams", create(), proxied)) {
        assertThat(created.status()).isEqualTo(201);
        stream = created.headers().get("location");
        assertThat(stream).isEqualTo("/flowfi/v1/streams/1");
      }
      try (RawClient read = server.send("GET " + stream, "", proxied)) {
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.headers()).containsEntry("etag", "\"1\"");
      }
      try (RawClient page = server.send("GET /flowfi/api-docs", "", proxied)) {
        assertThat(page.status()).isEqualTo(302);
        assertThat(page.headers().get("location")).isEqualTo("/flowfi/docs/");
      }
    }
  }

  /** What MicroProfile Health asks in a container that has it. */
  @Test
  void shouldTellAContainerHowItIs() throws Exception {
    Deployment notStarted = new Deployment(new StreamEventTranslator());
    assertThat(notStarted.isBroken()).isTrue();
    assertThat(notStarted.troubles()).containsOnlyKeys("server");
    try (DeployedServer server = new DeployedServer(base, Map.of())) {
      Deployment deployment = server.deployment();
      await().untilAsserted(() -> assertThat(deployment.troubles()).isEmpty());
      assertThat(deployment.isBroken()).isFalse();
      server.node().server().real().ledger().close();
      assertThat(deployment.troubles()).containsOnlyKeys("ledger");
      assertThat(deployment.isBroken()).as("only a restart repairs it").isTrue();
    }
  }

  /** A restart would not bring it back. */
  @Test
  void shouldBeUnreadyAndNotBrokenWhileItWaitsForItsDatabase() throws Exception {
    Map<String, String> away = Map.of("DATABASE_URL", "postgresql://u:p@127.0.0.1:1/none");
    try (DeployedServer server = new DeployedServer(base, away)) {
      assertThat(server.deployment().isBroken()).isFalse();
      assertThat(server.deployment().troubles())
          .containsExactly(entry("store", "does not answer; the node waits for it"));
      for (String path :
          List.of("/health/live", "/health/ready", "/health/started", "/v1/streams")) {
        try (RawClient asked = server.send("GET " + path, "", "Host: localhost")) {
          assertThat(asked.status()).as(path).isEqualTo(path.endsWith("live") ? 200 : 503);
          if (asked.status() == 503) {
            assertThat(asked.headers()).as(path).containsEntry("retry-after", "5");
          }
        }
      }
    }
  }
}
