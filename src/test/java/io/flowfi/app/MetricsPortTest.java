package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.metrics.PrometheusText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The figures on a port of their own. */
@Timeout(240)
class MetricsPortTest {
  private static final int FIRST = 22_100;
  private static final int LAST = 22_199;

  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path directory;
  private int port;

  @BeforeEach
  void choosePort() {
    for (port = FIRST; port <= LAST; port++) {
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return;
      } catch (IOException taken) {
        // the next one
      }
    }
    throw new AssertionError("no free port");
  }

  private HttpResponse<String> send(String method, String path, String... accepted)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    for (String types : accepted) {
      request.header("Accept", types);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private String type(String... accepted) throws Exception {
    return send("GET", "/metrics", accepted).headers().firstValue("Content-Type").orElseThrow();
  }

  /** A secured server, whose main port asks scrapers for a token. */
  @Test
  void shouldServeTheFiguresAndNoApiUntilTheEnd() throws Exception {
    try (ApiServer server =
        SecuredServer.start(directory, "METRICS_PORT", Integer.toString(port))) {
      HttpResponse<String> answer = send("GET", "/metrics");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
          .contains("text/plain", "version=0.0.4");
      assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
      assertThat(answer.headers().firstValue("Connection"))
          .as("or its end comes 40 ms late")
          .hasValue("close");
      assertThat(PrometheusText.parse(answer.body()))
          .containsKeys("flowfi_ready", "flowfi_token_checks_total", "process_cpu_seconds_total");
      assertThat(type("application/openmetrics-text")).startsWith("application/openmetrics-text");
      assertThat(type("text/plain;q=0.5", "application/openmetrics-text"))
          .as("a header in two lines")
          .startsWith("application/openmetrics-text");
      assertThat(type("text/plain, application/openmetrics-text;q=0")).startsWith("text/plain");
      assertThat(send("HEAD", "/metrics").headers().firstValue("Content-Type")).isPresent();
      assertThat(send("POST", "/metrics").statusCode()).isEqualTo(405);
      for (String path : new String[] {"/", "/healthy", "/health/", "/metrics/x", "/v1/streams"}) {
        assertThat(send("GET", path).statusCode()).as(path).isEqualTo(404);
      }
      assertThat(server.get("/metrics").statusCode()).isEqualTo(401);
    }
    assertThatThrownBy(() -> send("GET", "/metrics")).isInstanceOf(ConnectException.class);
  }

  /** What FlowfiIssuerKeysOld looks at. */
  @Test
  void shouldTellThatTheKeysOfTheIssuerCannotBeRead() throws Exception {
    try (ApiServer server =
        SecuredServer.start(
            directory,
            "METRICS_PORT",
            Integer.toString(port),
            "JWT_JWKS_URL", // nobody listens there
            "http://127.0.0.1:1/jwks.json")) {
      assertThat(send("GET", "/metrics").body()).contains("\nflowfi_issuer_keys_failing 0.0\n");
      String token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJHIn0.c2ln";
      assertThat(server.get("/v1/streams", SecuredServer.bearer(token)).statusCode())
          .isEqualTo(503);
      await()
          .untilAsserted(
              () ->
                  assertThat(send("GET", "/metrics").body())
                      .contains(
                          "\nflowfi_issuer_keys_failing 1.0\n",
                          "\nflowfi_token_checks_total{result=\"unavailable\"} 1.0\n"));
    }
  }

  @Test
  void shouldServeTheHealthAsMicroProfileHasIt() throws Exception {
    try (ApiServer server =
        new ApiServer(directory, Map.of("METRICS_PORT", Integer.toString(port)))) {
      await().until(() -> send("GET", "/health").statusCode() == 200);
      assertThat(send("GET", "/health").body())
          .isEqualTo(
              "{\"status\":\"UP\",\"checks\":["
                  + "{\"name\":\"flowfi-live\",\"status\":\"UP\"},"
                  + "{\"name\":\"flowfi-ready\",\"status\":\"UP\"},"
                  + "{\"name\":\"flowfi-started\",\"status\":\"UP\"}]}");
      assertThat(send("GET", "/health").headers().firstValue("Content-Type"))
          .hasValue("application/json");
      assertThat(send("HEAD", "/health/started").body()).isEmpty();
      assertThat(send("POST", "/health").statusCode()).isEqualTo(404);

      server.node.real().ledger().close(); // only a restart repairs that
      HttpResponse<String> ready = send("GET", "/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body())
          .isEqualTo(
              "{\"status\":\"DOWN\",\"checks\":[{\"name\":\"flowfi-ready\",\"status\":\"DOWN\","
                  + "\"data\":{\"ledger\":\"does not accept commands\"}}]}");
      assertThat(send("GET", "/health/live").statusCode()).isEqualTo(503);
      assertThat(send("GET", "/health/started").statusCode()).isEqualTo(200);
      assertThat(send("GET", "/health").statusCode()).isEqualTo(503);
    }
  }

  /** Whoever reaches the port may read all of it. */
  @Test
  void shouldListenOnThisMachineAloneOrWhereItIsToldAndNowhereElse() throws Exception {
    String number = Integer.toString(port);
    try (ApiServer server = new ApiServer(directory, Map.of("METRICS_PORT", number))) {
      assertThat(server.node.metrics()).isNotNull();
      assertThat(listens("127.0.0.1")).isTrue();
      assertThat(listens("127.0.0.2")).isFalse();
    }
    Map<String, String> elsewhere = Map.of("METRICS_PORT", number, "METRICS_BIND", "127.0.0.2");
    try (ApiServer server = new ApiServer(directory, elsewhere)) {
      assertThat(server.node.metrics()).isNotNull();
      assertThat(listens("127.0.0.2")).isTrue();
      assertThat(listens("127.0.0.1")).isFalse();
    }
  }

  private boolean listens(String address) throws IOException {
    try (Socket reached = new Socket(address, port)) {
      return reached.isConnected();
    } catch (ConnectException nobody) {
      return false;
    }
  }

  @Test
  void shouldNotStartWithoutItsPort() throws Exception {
    try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      Map<String, String> variables = Map.of("METRICS_PORT", Integer.toString(port));
      assertThatThrownBy(() -> new ApiServer(directory, variables))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("METRICS_PORT " + taken.getLocalPort());
    }
    new ApiServer(directory, Map.of()).close(); // nothing of the first try is left open
  }
}
