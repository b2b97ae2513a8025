package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the shipped server treats hostile clients, and what it reveals about itself. */
@Timeout(180)
class EdgeIT {
  private static final String APP = "https://app.example.com";
  private static TomcatServer server;

  @BeforeAll
  static void start() {
    // limits as shipped, except these
    server =
        TomcatServer.start(
            Map.of(
                "RATE_LIMIT", "on",
                "CORS_ALLOWED_ORIGINS", APP,
                "SSE_STALL_TIMEOUT", "2s"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 5_000);
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends bytes and reads until the server closes; cut after a time without a byte. */
  private static String exchange(String bytes) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      return readAll(socket);
    }
  }

  private static String readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] chunk = new byte[8192];
    try {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        all.write(chunk, 0, read);
      }
    } catch (SocketTimeoutException quiet) {
      all.writeBytes("<left open>".getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException reset) {
      // this also counts as an end
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  private static String get(String path, String... headers) throws IOException {
    return request("GET", path, headers);
  }

  /** The answer to a subscription, without the subscription. */
  private static String head(String path) throws IOException {
    return request("HEAD", path);
  }

  private static String request(String method, String path, String... headers) throws IOException {
    return exchange(
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + Stream.of(headers).map(header -> header + "\r\n").reduce("", String::concat)
            + "\r\n");
  }

  private static void assertStillServes() {
    assertThat(server.api().get("/health/ready").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/admin/",
        "/docs/",
        "/test-client.html",
        "/shared/base.css",
        "/start/start.js",
        "/no-such-page.html",
        "/v1/streams",
        "/v1/streams/999999999",
        "/v1/events/subscribe",
        "/health",
        "/WEB-INF/web.xml"
      })
  void shouldSendItsSecurityHeadersWithEverything(String path) throws Exception {
    String answer = get(path, "Accept: */*");
    assertThat(answer)
        .contains("Content-Security-Policy: default-src '")
        .contains("frame-ancestors 'none'")
        .contains("X-Frame-Options: DENY")
        .contains("X-Content-Type-Options: nosniff")
        .contains("Referrer-Policy: no-referrer")
        .contains("Cross-Origin-Resource-Policy: same-origin")
        .contains("X-Request-ID: ")
        .doesNotContain("\r\nServer:")
        .doesNotContain("Tomcat")
        .doesNotContain("unsafe-inline");
  }

  @Test
  void shouldLetPagesUseTheirOwnFilesAndDataNothing() throws Exception {
    for (String page :
        List.of(
            "/",
            "/admin/",
            "/admin/admin.js",
            "/docs/",
            "/test-client.html",
            "/shared/base.css",
            "/no-such-page.html")) {
      assertThat(get(page, "Accept: text/html"))
          .contains("Content-Security-Policy: default-src 'self'; ")
          .contains("Cross-Origin-Opener-Policy: same-origin")
          .contains("Permissions-Policy: ");
    }
    for (String data : List.of("/v1/streams", "/v1/streams/999999999", "/health")) {
      assertThat(get(data, "Accept: */*"))
          .contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
    }
  }

  @Test
  void shouldHavePagesWithoutInlineScriptOrStyle() throws Exception {
    for (String page :
        List.of("/", "/admin/", "/docs/", "/test-client.html", "/no-such-page.html")) {
      String html = get(page, "Accept: text/html");
      assertThat(html)
          .doesNotContainPattern("<script(?![^>]*\\bsrc=)")
          .doesNotContain("<style")
          .doesNotContainPattern("<[^>]*\\s(style|on[a-z]+)=");
    }
  }

  @Test
  void shouldLetAListedPageReadEventStreamsAndErrors() throws Exception {
    try (EventStream events = server.events().query("all=true").header("Origin", APP).open()) {
      events.nextConnected();
      assertThat(events.header("Access-Control-Allow-Origin")).hasValue(APP);
      assertThat(events.header("Access-Control-Allow-Credentials")).hasValue("true");
      assertThat(events.header("Vary")).hasValue("Origin");
      assertThat(events.header("Content-Security-Policy")).isPresent();
    }
    for (String path : List.of("/v1/streams/x", "/v1/events/subscribe", "/no-such-page.html")) {
      assertThat(server.api().get(path, "Origin", APP).header("Access-Control-Allow-Origin"))
          .isEqualTo(APP);
    }
    assertThat(
            server
                .api()
                .post("/v1/streams", "{}", "Origin", APP)
                .header("Access-Control-Allow-Origin"))
        .isEqualTo(APP);
  }

  @Test
  void shouldSayThatItIsInOpenMode() throws Exception {
    assertThat(server.api().get("/health").json().path("mode").asText()).isEqualTo("open");
    assertThat(server.log().lines().filter(line -> line.contains("OPEN MODE")))
        .singleElement()
        .asString()
        .contains("WARNING", "no proxy and no tunnel", "-Psecured");
    assertThat(server.api().get("/health").json().path("warning").asText())
        .contains("no proxy and no tunnel", "-Psecured");
    assertThat(exchange("GET /v1/streams HTTP/1.0\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
    assertThat(
            exchange("GET /v1/streams HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
    assertThat(get("/", "Host: rebound.example")).startsWith("HTTP/1.1 400");
    assertThat(exchange("GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403");
    assertThat(get("/v1/streams", "X-Forwarded-For: 127.0.0.1")).startsWith("HTTP/1.1 403");
    assertThat(get("/v1/streams", "Origin: https://evil.example")).startsWith("HTTP/1.1 403");
    // without logins other pages get no access
    assertThat(get("/v1/auth", "Origin: https://evil.example"))
        .startsWith("HTTP/1.1 403")
        .doesNotContain("Access-Control-Allow-Origin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /%2F HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /..%5c..%5cetc HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: lo cal\r\n\r\n",
        "GET / HTTP/7.7\r\nHost: localhost\r\n\r\n",
        "G\u0000T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\u0000b\r\n\r\n",
        "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}",
        "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, gzip\r\n\r\n{}",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000 a TLS hello, say\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
      })
  void shouldTellNothingToThoseItCannotUnderstand(String bytes) throws Exception {
    String answer = exchange(bytes);
    assertThat(answer).doesNotContain("<left open>");
    if (!answer.isEmpty()) {
      assertThat(answer).matches("(?s)HTTP/1.1 (4..|501|505) .*");
      assertSaysNothingOfItsInside(answer);
    }
    assertStillServes();
  }

  private static void assertSaysNothingOfItsInside(String answer) {
    assertThat(answer)
        .doesNotContain("Tomcat")
        .doesNotContain("org.apache")
        .doesNotContain("java.")
        .doesNotContain("\tat ")
        .doesNotContain("\r\nServer:");
  }

  @Test
  void shouldRefuseHugeHeads() throws Exception {
    assertThat(get("/v1/streams?x=" + "a".repeat(30_000))).startsWith("HTTP/1.1 4");
    assertThat(get("/v1/streams", "X-Huge: " + "a".repeat(30_000))).startsWith("HTTP/1.1 4");
    String manyHeaders = "X: y\r\n".repeat(3_000);
    assertThat(exchange("GET / HTTP/1.1\r\nHost: localhost\r\n" + manyHeaders + "\r\n"))
        .startsWith("HTTP/1.1 4");
    assertStillServes();
  }

  @Test
  void shouldTakeBracesInAPathForNothingSpecial() throws Exception {
    for (String path : List.of("/v1/streams}", "/v1/{x}", "/v1/{", "/v1/v1/}{?a={b}")) {
      assertThat(get(path))
          .as(path)
          .matches("(?s)HTTP/1.1 40[04] .*")
          .contains("application/problem+json");
    }
    assertThat(get("/v1/streams/{x}")).startsWith("HTTP/1.1 400");
  }

  @Test
  void shouldRefuseTenThousandFilterValues() throws Exception {
    assertThat(get("/v1/events/subscribe?streams=" + "1,".repeat(10_000)))
        .startsWith("HTTP/1.1 400");
    assertThat(get("/v1/events/subscribe?" + "streams=1&".repeat(2_300)))
        .startsWith("HTTP/1.1 400")
        .contains("at most 256");
  }

  @Test
  void shouldTakeAsManyFilterValuesAsItPromises() throws Exception {
    String[] accounts =
        IntStream.range(0, 256).mapToObj(TestAddresses::account).toArray(String[]::new);
    assertThat(head("/v1/events/subscribe?users=" + String.join("&users=", accounts)))
        .startsWith("HTTP/1.1 200");
    String streams =
        IntStream.range(0, 128).mapToObj(Integer::toString).collect(Collectors.joining(","));
    String path = "/v1/events/subscribe?streams=" + streams + "&users=";
    assertThat(head(path + String.join(",", List.of(accounts).subList(0, 128))))
        .startsWith("HTTP/1.1 200");
    assertThat(get(path + String.join(",", List.of(accounts).subList(0, 129))))
        .startsWith("HTTP/1.1 400")
        .contains("at most 256");
  }

  @Test
  void shouldCutSlowHeads() throws Exception {
    long begun = System.nanoTime();
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: loc".getBytes(StandardCharsets.US_ASCII));
      assertThat(readAll(socket)).doesNotContain("<left open>").doesNotContain("200");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void shouldAnswerWhileManyConnectionsAreHalfOpenOrSlow() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        Socket socket = connect();
        idle.add(socket);
        String beginning =
            switch (i % 3) {
              case 0 -> "";
              case 1 -> "GET /v1/streams HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
              default ->
                  "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{";
            };
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
      }
      long begun = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertStillServes();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
      // the slow bodies get an answer, and are cut off, within ten seconds
      assertThat(readAll(idle.get(2))).startsWith("HTTP/1.1 408").doesNotContain("<left open>");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @Test
  void shouldSurvivePipelinedGarbage() throws Exception {
    String good = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    String answer = exchange(good.repeat(5) + "\u0001\u0002garbage\r\n\r\n" + good);
    assertThat(answer.split("HTTP/1.1 200", -1)).hasSize(6);
    assertThat(answer).contains("HTTP/1.1 400").doesNotContain("<left open>");
    assertSaysNothingOfItsInside(answer);
  }

  @Test
  void shouldUnpackNoBombs() throws Exception {
    String answer =
        exchange(
            "POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008b\u0008\u0000");
    assertThat(answer).startsWith("HTTP/1.1 415").contains("application/problem+json");
  }

  @Test
  void shouldTakeACommandWhoseBodyComesLate() throws Exception {
    String body = HttpApi.newStream(TestAddresses.account(5), TestAddresses.account(6)).toString();
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ("POST /v1/streams HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body.substring(0, 10))
                  .getBytes(StandardCharsets.US_ASCII));
      // the slow client itself: nothing tells from outside when the server has seen the beginning
      Thread.sleep(200);
      socket.getOutputStream().write(body.substring(10).getBytes(StandardCharsets.US_ASCII));
      assertThat(readAll(socket)).startsWith("HTTP/1.1 201").contains("Location: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: rebound.example",
        "Host: localhost\r\nVia: 1.1 proxy",
        "Host: localhost\r\nSec-Fetch-Site: cross-site",
        "Host: localhost\r\nCookie: __Host-flowfi=x"
      })
  void shouldRefuseACommandWhoseBodyComesLateLikeAnyOther(String headers) throws Exception {
    try (Socket socket = connect()) {
      String head =
          "POST /v1/streams HTTP/1.1\r\n"
              + headers
              + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: 2\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      // the slow client itself: nothing tells from outside when the server has seen the beginning
      Thread.sleep(200);
      socket.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
      assertThat(readAll(socket)).startsWith("HTTP/1.1 403");
    }
  }

  @Test
  void shouldRecordWhoDidWhatAndNoSecret() throws Exception {
    String id =
        server.api().create(HttpApi.newStream(TestAddresses.account(7), TestAddresses.account(8)));
    server
        .api()
        .post(
            "/v1/streams/" + id + "/pause?ticket=s3cret-ticket",
            "{\"reference\":\"s3cret-reference\"}",
            "Authorization",
            "Bearer s3cret-token",
            "X-Request-ID",
            "audit-test-1");
    long lastSent;
    try (EventStream events =
        server.events().query("streams=" + id + "&ticket=s3cret-ticket").lastEventId("0").open()) {
      events.nextConnected();
      events.nextEvent("stream.created");
      lastSent = Long.parseLong(events.nextEvent("stream.paused").position());
      server.api().create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
    }
    await()
        .untilAsserted(
            () -> {
              List<JsonNode> lines = audit();
              assertThat(lines)
                  .anySatisfy(
                      line -> {
                        assertThat(line.path("kind").asText()).isEqualTo("command");
                        assertThat(line.path("request").asText()).isEqualTo("audit-test-1");
                        assertThat(line.path("path").asText())
                            .isEqualTo("/v1/streams/" + id + "/pause");
                        assertThat(line.path("status").asInt()).isEqualTo(200);
                        assertThat(line.path("address").asText()).isEqualTo("127.0.0.1");
                      })
                  .anySatisfy(
                      line -> {
                        assertThat(line.path("kind").asText()).isEqualTo("subscribed");
                        assertThat(line.path("filter").asText()).isEqualTo("streams=" + id);
                        assertThat(line.path("after").asLong()).isZero();
                      });
              String client =
                  lines.stream()
                      .filter(line -> line.path("filter").asText().equals("streams=" + id))
                      .findFirst()
                      .orElseThrow()
                      .path("client")
                      .asText();
              assertThat(lines)
                  .anySatisfy(
                      line -> {
                        assertThat(line.path("kind").asText()).isEqualTo("unsubscribed");
                        assertThat(line.path("client").asText()).isEqualTo(client);
                        // the pause was the last event sent to it, although the log went on
                        assertThat(line.path("through").asLong()).isEqualTo(lastSent);
                      });
            });
    assertThat(auditText()).doesNotContain("s3cret");
    assertThat(server.log()).doesNotContain("s3cret");
  }

  private static String auditText() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(server.dataFolder().resolve("audit"))) {
      for (Path file : files.sorted().toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  private static List<JsonNode> audit() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : auditText().lines().toList()) {
      lines.add(json.readTree(line));
    }
    return lines;
  }

  /** Some proxies send every GET in chunks, and every POST. */
  @Test
  void shouldTakeAnEmptyBodyInChunksForNone() throws IOException {
    String chunks = "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ("GET /v1/events/subscribe?all=true HTTP/1.1\r\nHost: localhost\r\n" + chunks)
                  .getBytes(StandardCharsets.ISO_8859_1));
      socket.setSoTimeout(3_000);
      assertThat(readAll(socket))
          .startsWith("HTTP/1.1 200")
          .contains("connected")
          .endsWith("<left open>");
    }
    String answer =
        exchange(
            "POST /v1/streams/987654321/pause HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + chunks);
    assertThat(answer)
        .as("there is no such stream, but its type is no matter")
        .startsWith("HTTP/1.1 404");
  }
}
