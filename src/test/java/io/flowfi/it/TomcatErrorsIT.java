package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.sse.RawClient;
import io.flowfi.web.edge.RawProblem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors that never reach a resource look like all others. */
@Timeout(120)
class TomcatErrorsIT {
  private static TomcatServer server;

  @BeforeAll
  static void start() {
    server = TomcatServer.start(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode problem(HttpApi.Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.header("X-Request-ID")).isNotEmpty();
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    return answer.json();
  }

  @Test
  void shouldTellOfAFileThatIsNotThere() {
    JsonNode problem = problem(server.api().get("/no-such-page.html"), 404);
    assertThat(problem.path("instance").asText()).isEqualTo("/no-such-page.html");
    problem(server.api().get("/WEB-INF/web.xml"), 404);
    problem(server.api().get("/problem"), 404);
  }

  /** Pages can only be read; a path unknown to the API is a 404 for every method. */
  @Test
  void shouldTellTheConsolesPagesFromWhatTheyAsk() {
    for (String api : List.of("/admin/no-such-list", "/v1/admin/", "/v1/admin/index.html")) {
      problem(server.api().post(api, "{}"), 404);
    }
    for (String page : List.of("/admin/", "/admin/index.html")) {
      problem(server.api().post(page, "{}"), 405);
    }
  }

  @Test
  void shouldShowABrowserAPage() {
    HttpApi.Answer page =
        server
            .api()
            .get("/no-such-page.html", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    assertThat(page.status()).isEqualTo(404);
    assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
    assertThat(page.body()).contains("<title>404 Not Found</title>");
    assertThat(server.api().get("/", "Accept", "text/html").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldTellWhatIsWrongWithARequestThatReachesNoApplication(
      String head, int status, String detail) throws Exception {
    RawProblem problem = RawProblem.of(server.port(), head, status);
    assertThat(problem.detail()).contains(detail);
    assertThat(problem.text())
        .doesNotContainIgnoringCase("tomcat")
        .doesNotContainIgnoringCase("apache")
        .doesNotContain("java", "Exception", "\tat ", "io.flowfi", "<script>", "10.1");
  }

  private static final String MALFORMED = "path or a header is malformed";
  private static final String TOO_MUCH = "more of them than the server takes";

  static Stream<Arguments> refused() {
    String host = "Host: localhost\r\n";
    String huge = "a".repeat(30_000);
    return Stream.of(
        arguments("GET /%2F HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET /a%00b HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET /%<script> HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET /..%5c..%5cetc HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET /../../etc HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET /a\\b<script> HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET /\u00e9 HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET /a b HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("G\u0000T / HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("\u0016\u0003\u0001 a TLS hello, say\r\n\r\n", 400, MALFORMED),
        arguments("GET / HTTP/1.1\r\n\r\n", 400, MALFORMED),
        arguments("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, MALFORMED),
        arguments("GET / HTTP/1.1\r\nHost: lo cal\r\n\r\n", 400, MALFORMED),
        arguments("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400, MALFORMED),
        arguments("GET / HTTP/1.1\r\nHost: a\u0000b\r\n\r\n", 400, MALFORMED),
        arguments("GET http://b/ HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("GET / HTTP/1.1\r\n" + host + "Bad Header: x\r\n\r\n", 400, MALFORMED),
        arguments("GET / HTTP/1.1\r\n" + host + "X: a\u0000b\r\n\r\n", 400, MALFORMED),
        arguments("GET /" + huge + " HTTP/1.1\r\n" + host + "\r\n", 400, TOO_MUCH),
        arguments("GET / HTTP/1.1\r\n" + host + "X: " + huge + "\r\n\r\n", 400, TOO_MUCH),
        arguments("GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(150) + "\r\n", 400, TOO_MUCH),
        arguments(
            "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
            400,
            MALFORMED),
        arguments("POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400, MALFORMED),
        arguments(
            "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n",
            400,
            MALFORMED),
        arguments(
            "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: br\r\n\r\n",
            501,
            "Transfer-Encoding"),
        arguments("POST / HTTP/1.1\r\n" + host + "Expect: wonders\r\n\r\n", 417, "100-continue"),
        // these reach the application, which notices the error when it reads
        arguments(
            "POST /v1/streams HTTP/1.1\r\n"
                + host
                + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
            400,
            "body is malformed"),
        arguments(
            "POST /v1/streams HTTP/1.1\r\n"
                + host
                + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nBad Trailer\r\n\r\n",
            400,
            "body is malformed"),
        arguments("GET /%ff HTTP/1.1\r\n" + host + "\r\n", 400, MALFORMED),
        arguments("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 501, "this method"),
        arguments("GET / HTTP/7.7\r\n" + host + "\r\n", 505, "HTTP/1.1"),
        arguments("GET /v1/streams\r\n", 505, "HTTP/1.1"),
        arguments("GET /nowhere\r\n", 505, "HTTP/1.1"),
        arguments("POST /v1/streams\r\n", 400, "malformed"));
  }

  /** Tomcat would answer the second like the first, without a head: it remembers the version. */
  @Test
  void shouldNotTakeOneClientForAnother() throws Exception {
    for (int i = 0; i < 10; i++) {
      for (String head : List.of("GET /v1/streams\r\n", "GET /a\\b HTTP/1.1\r\n\r\n")) {
        try (RawClient client = RawClient.exchange(server.port(), head)) {
          assertThat(client.headers()).containsEntry("content-type", "application/problem+json");
        }
      }
    }
  }

  @Test
  void shouldTellOfAMethodThatIsOff() throws Exception {
    String trace = "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (RawClient client = RawClient.exchange(server.port(), trace)) {
      assertThat(client.status()).isEqualTo(405);
      assertThat(client.headers())
          .containsEntry("content-type", "application/problem+json")
          .containsKeys("x-request-id", "content-security-policy");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/index.html", "/test-client.html", "/shared/base.css"})
  void shouldOnlyReadItsPages(String page) throws Exception {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "PROPFIND")) {
      try (RawClient client = exchange(method, page)) {
        assertThat(client.status()).as(method).isEqualTo(405);
        assertThat(client.headers())
            .containsEntry("content-type", "application/problem+json")
            .containsEntry("allow", "GET, HEAD, OPTIONS")
            .containsKey("x-request-id");
        assertThat(client.rest()).contains("\"status\":405", "GET or HEAD");
      }
    }
    try (RawClient client = exchange("OPTIONS", page)) {
      assertThat(client.status()).isEqualTo(204);
      assertThat(client.headers()).containsEntry("allow", "GET, HEAD, OPTIONS");
    }
    for (String method : List.of("GET", "HEAD")) {
      try (RawClient client = exchange(method, page)) {
        assertThat(client.status()).as(method).isEqualTo(200);
        assertThat(client.headers()).containsEntry("cache-control", "no-cache").containsKey("etag");
      }
    }
  }

  /** With a length, so that the answer does not depend on a body. */
  private static RawClient exchange(String method, String path) throws IOException {
    return RawClient.exchange(
        server.port(),
        method
            + " "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }

  @Test
  void shouldReportAnInvalidMediaType() {
    problem(server.api().post("/v1/streams", "{}", "Content-Type", "nonsense"), 400);
  }

  @Test
  void shouldNotMistakeOnePathForAnother() {
    assertThat(server.api().get("/v1/streams/").status()).isEqualTo(200);
    problem(server.api().get("/v1/%2e%2e/streams"), 404);
    problem(server.api().get("/v1/streams?sender=%7Bx%7D"), 400);
  }

  @Test
  void shouldKeepTheShortAndTheLongPathTheSame() {
    String id =
        server.api().create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
    assertThat(server.api().get("/streams/" + id + "/claimable?at=1800000000").json())
        .isEqualTo(server.api().get("/v1/streams/" + id + "/claimable?at=1800000000").json());
    assertThat(server.api().get("/events?limit=1").body())
        .isEqualTo(server.api().get("/v1/events?limit=1").body());
    assertThat(server.api().get("/health/ready").status()).isEqualTo(200);
  }
}
