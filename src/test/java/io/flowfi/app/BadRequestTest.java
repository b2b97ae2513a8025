package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.it.TestAddresses;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bad input gets its status and a problem that a person can act on. */
@Timeout(60)
class BadRequestTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);

  /** The address of Alice with its last letter changed: only the checksum shows it. */
  private static final String TYPO = ALICE.substring(0, 55) + (ALICE.endsWith("A") ? "B" : "A");

  private static final String JSON_TYPE = "application/json";

  @TempDir static Path directory;
  private static ApiServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new ApiServer(directory, Map.of());
    assertThat(server.post("/v1/streams", stream().put("streamId", "1").toString()).statusCode())
        .isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ObjectNode stream() {
    return JSON.createObjectNode()
        .put("sender", ALICE)
        .put("recipient", BOB)
        .put("tokenAddress", TestAddresses.contract(0))
        .put("ratePerSecond", "10")
        .put("depositedAmount", "1000")
        .put("startTime", ApiServer.START.getEpochSecond());
  }

  private static ObjectNode without(String field) {
    return stream().without(field);
  }

  /** Every endpoint that changes something, as Jersey reports them. */
  static Stream<String> commands() {
    return server.endpoints.all().stream()
        .filter(endpoint -> endpoint.matches("(POST|PUT|PATCH|DELETE) /(streams|admin)(/.*)?"))
        .filter(endpoint -> !endpoint.contains("/probe"));
  }

  /** What it reads as left out would do the usual thing, and not what was asked for. */
  @ParameterizedTest
  @MethodSource("commands")
  void shouldDoNothingThatItsQuerySaysAndItDoesNotRead(String endpoint) throws Exception {
    String[] parts = endpoint.split(" ", 2);
    String path = "/v1" + parts[1].replaceAll("[{][^}]*[}]", "1") + "?seconds=5&amount=5";
    String body = parts[0].equals("DELETE") ? null : "{}"; // Grizzly refuses one of that
    HttpResponse<String> refused = server.send(parts[0], path, body, "Content-Type", JSON_TYPE);
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("\"parameter\":\"seconds\"");
  }

  /** The body, the wrong field, and a part of its message. */
  static Stream<Arguments> badFields() {
    return Stream.of(
        arguments(without("sender"), "sender", "required"),
        arguments(stream().putNull("sender"), "sender", "required"),
        arguments(stream().put("sender", TYPO), "sender", "checksum"),
        arguments(stream().put("sender", ALICE.toLowerCase(java.util.Locale.ROOT)), "sender", "56"),
        arguments(stream().put("recipient", BOB + " "), "recipient", "56 characters"),
        arguments(stream().put("recipient", 7), "recipient", "string"),
        arguments(without("tokenAddress"), "tokenAddress", "required"),
        arguments(stream().put("ratePerSecond", 10), "ratePerSecond", "rounded"),
        arguments(stream().put("ratePerSecond", 1.5), "ratePerSecond", "rounded"),
        arguments(stream().put("ratePerSecond", "0"), "ratePerSecond", "between 1 and"),
        arguments(stream().put("ratePerSecond", "-5"), "ratePerSecond", "between 1 and"),
        arguments(stream().put("ratePerSecond", "1e3"), "ratePerSecond", "decimal string"),
        arguments(stream().put("ratePerSecond", "010"), "ratePerSecond", "decimal string"),
        arguments(stream().put("ratePerSecond", ""), "ratePerSecond", "decimal string"),
        arguments(
            stream().put("depositedAmount", "170141183460469231731687303715884105728"),
            "depositedAmount",
            "170141183460469231731687303715884105727"),
        arguments(stream().put("depositedAmount", true), "depositedAmount", "string"),
        arguments(stream().putNull("startTime"), "startTime", "required"),
        arguments(stream().put("startTime", "1800000000"), "startTime", "integer"),
        arguments(stream().put("startTime", 1.5), "startTime", "integer"),
        arguments(stream().put("startTime", -1), "startTime", "Unix seconds"),
        arguments(stream().put("startTime", 1_800_000_000_000L), "startTime", "not milliseconds"),
        arguments(stream().putNull("streamId"), "streamId", "leave it out to be given the next"),
        arguments(stream().put("streamId", "-1"), "streamId", "between 0 and"),
        arguments(stream().put("streamId", -1), "streamId", "between 0 and"),
        arguments(stream().put("streamId", "18446744073709551616"), "streamId", "between 0 and"),
        arguments(stream().put("streamId", 9007199254740992L), "streamId", "decimal string"),
        arguments(stream().put("streamId", 1.0), "streamId", "string"),
        arguments(stream().putNull("reference"), "reference", "leave it out"),
        arguments(stream().put("reference", ""), "reference", "printable"),
        arguments(stream().put("reference", "x".repeat(65)), "reference", "64"),
        arguments(stream().put("reference", "a\nb"), "reference", "printable"),
        arguments(stream().put("reference", "a\u202eb"), "reference", "printable"),
        arguments(stream().put("ratePersecond", "10"), "ratePersecond", "ratePerSecond"),
        arguments(stream().put("withdrawnAmount", "5"), "withdrawnAmount", "no such field"));
  }

  @ParameterizedTest
  @MethodSource("badFields")
  void shouldNameTheFieldThatIsWrong(ObjectNode body, String field, String said) throws Exception {
    JsonNode problem = problem(server.post("/v1/streams", body.toString()), 400);
    assertThat(problem.path("errors")).as(problem.toString()).hasSize(1);
    JsonNode error = problem.path("errors").path(0);
    assertThat(error.path("field").asText()).isEqualTo(field);
    assertThat(error.path("message").asText()).contains(said);
    assertThat(error.has("parameter")).isFalse();
  }

  /** A variable that was never set, sent as null, must not mean everything. */
  @Test
  void shouldNotTakeANullAmountForAll() throws Exception {
    String path = "/v1/streams/1/withdraw";
    JsonNode problem = problem(server.post(path, "{\"amount\": null}"), 400);
    assertThat(problem.path("errors").findValuesAsText("field")).containsExactly("amount");
    assertThat(problem.path("errors").path(0).path("message").asText())
        .isEqualTo(
            "amount must not be null: send a decimal string such as \"1500\", or leave it out to"
                + " withdraw all that can be withdrawn");
    assertThat(JSON.readTree(server.get("/v1/streams/1").body()).path("withdrawnAmount").asText())
        .isEqualTo("0");
    for (String command : List.of("top-up", "withdraw", "pause", "resume", "cancel")) {
      String body = "{\"amount\": \"1\", \"reference\": null}";
      problem = problem(server.post("/v1/streams/1/" + command, body), 400);
      assertThat(problem.path("errors").findValuesAsText("field"))
          .as(command)
          .contains("reference");
    }
  }

  @Test
  void shouldNameEverythingThatIsWrongAtOnce() throws Exception {
    ObjectNode body =
        stream().put("sender", TYPO).put("ratePerSecond", 5).put("startTime", -1).put("oops", true);
    body.remove("depositedAmount");
    JsonNode problem = problem(server.post("/v1/streams", body.toString()), 400);
    assertThat(problem.path("errors").findValuesAsText("field"))
        .containsExactlyInAnyOrder(
            "sender", "ratePerSecond", "startTime", "depositedAmount", "oops");
  }

  /**
   * The path, the header name and value or null, the wrong parameter, and a part of its message.
   */
  static Stream<Arguments> badParameters() {
    String many =
        IntStream.range(0, 257).mapToObj(Integer::toString).collect(Collectors.joining(","));
    return Stream.of(
        arguments("/v1/events/subscribe", null, "streams", "all=true"),
        arguments("/v1/events/subscribe?streams=", null, "streams", "all=true"),
        arguments("/v1/events/subscribe?all=false", null, "streams", "all=true"),
        arguments("/v1/events/subscribe?types=stream.created", null, "streams", "all=true"),
        arguments("/v1/events/subscribe?all=yes", null, "all", "true or false, not 'yes'"),
        arguments("/v1/events/subscribe?all=true&all=true", null, "all", "once"),
        arguments("/v1/events/subscribe?all=true&snapshot=maybe", null, "snapshot", "'maybe'"),
        arguments("/v1/events/subscribe?streams=1,x", null, "streams", "not 'x'"),
        arguments("/v1/events/subscribe?streams=01", null, "streams", "not '01'"),
        arguments(
            "/v1/events/subscribe?streams=18446744073709551616",
            null,
            "streams",
            "18446744073709551615"),
        arguments("/v1/events/subscribe?users=" + TYPO, null, "users", TYPO),
        arguments("/v1/events/subscribe?all=true&types=created", null, "types", "'created'"),
        arguments("/v1/events/subscribe?streams=" + many, null, "streams", "256"),
        arguments("/v1/events/subscribe?all=true&lastEventId=-1", null, "lastEventId", "'-1'"),
        arguments("/v1/events/subscribe?all=true&lastEventId=1.K", null, "lastEventId", "'1.K'"),
        arguments("/v1/events/subscribe?stream=1", null, "stream", "it knows streams, users"),
        arguments("/v1/events/subscribe?all=true&type=stream.paused", null, "type", "types"),
        arguments("/v1/events/subscribe?all=true&user=" + ALICE, null, "user", "users"),
        arguments("/v1/events/subscribe?all=true&last-event-id=5", null, "last-event-id", "Id"),
        arguments("/v1/events/subscribe?all=true&sandbox=true", null, "sandbox", "no sandbox"),
        arguments("/v1/events/subscribe?all=true&access_token=s3", null, "access_token", "Bearer"),
        arguments("/v1/events/subscribe?all=true&Token=s3cret", null, "Token", "ticket"),
        arguments(
            "/v1/events/subscribe?all=true&lastEventId=x",
            "Last-Event-ID: 1",
            "lastEventId",
            "'x'"),
        arguments("/v1/events/subscribe?all=true", "Last-Event-ID: abc", "Last-Event-ID", "'abc'"),
        arguments("/v1/events/subscribe?all=true", "Last-Event-ID: 42.", "Last-Event-ID", "'42.'"),
        arguments(
            "/v1/events/subscribe?all=true&lastEventId=1",
            "Last-Event-ID: 01",
            "Last-Event-ID",
            "'01'"),
        arguments("/v1/streams?limit=0", null, "limit", "from 1 to 100, not '0'"),
        arguments("/v1/streams?limit=101", null, "limit", "from 1 to 100"),
        arguments("/v1/streams?limit=ten", null, "limit", "'ten'"),
        arguments("/v1/streams?status=OPEN", null, "status", "ACTIVE"),
        arguments("/v1/streams?sort=name", null, "sort", "created or updated"),
        arguments("/v1/streams?order=up", null, "order", "asc or desc"),
        arguments("/v1/streams?cursor=xyz", null, "cursor", "nextCursor"),
        arguments("/v1/streams?cursor=ca5-0&sort=updated", null, "cursor", "another sort"),
        arguments("/v1/streams?sender=me", null, "sender", "'me'"),
        arguments("/v1/streams?token=" + TYPO, null, "token", "checksum"),
        arguments("/v1/streams?sendr=" + ALICE, null, "sendr", "sender"),
        arguments("/v1/streams?offset=10001", null, "offset", "from 0 to 10000"),
        arguments("/v1/streams?offset=20&cursor=ca5-0", null, "offset", "not both"),
        arguments("/v1/streams/1/claimable?at=now", null, "at", "Unix seconds"),
        arguments("/v1/streams/1/claimable?at=9007199254740992", null, "at", "9007199254740991"),
        arguments("/v1/streams/x", null, "id", "decimal"),
        arguments("/v1/streams/-1", null, "id", "decimal"),
        arguments("/v1/streams/18446744073709551616/events", null, "id", "18446744073709551615"),
        arguments("/v1/users/" + TYPO + "/summary", null, "key", "checksum"),
        arguments("/v1/events?limit=201", null, "limit", "from 1 to 200"),
        arguments("/v1/events?type=created", null, "type", "'created'"),
        arguments("/v1/events?type=created", null, "type", "stream.created, stream.topped_up, "),
        arguments("/v1/events?after=x", null, "after", "'x'"),
        arguments("/v1/events?after=4.", null, "after", "'4.'"),
        arguments("/v1/events?before=4.!", null, "before", "'4.!'"),
        arguments("/v1/events?order=asc&after=1&cursor=a1-0", null, "cursor", "leave out after"),
        arguments("/v1/events?offset=10001", null, "offset", "10000"),
        arguments("/v1/events?stream=1&user=" + ALICE, null, "user", "not both"),
        arguments("/v1/events?%F0%9F%92%B6=" + "x", null, "\uD83D\uDCB6", "no such parameter"));
  }

  @ParameterizedTest
  @MethodSource("badParameters")
  void shouldNameTheParameterThatIsWrong(String path, String header, String parameter, String said)
      throws Exception {
    String[] headers = header == null ? new String[0] : header.split(": ");
    JsonNode problem = problem(server.get(path, headers), 400);
    assertThat(problem.path("errors")).as(problem.toString()).hasSize(1);
    JsonNode error = problem.path("errors").path(0);
    assertThat(error.path("parameter").asText()).isEqualTo(parameter);
    assertThat(error.path("message").asText()).contains(said);
    assertThat(problem.path("detail").asText()).isEqualTo(error.path("message").asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"_=1700000000", "_cacheBuster=x", "lastEventId=", "types=", "ticket=x"})
  void shouldTakeWhatClientsAddByThemselves(String parameter) throws Exception {
    String path = "/v1/events/subscribe?all=true&" + parameter;
    assertThat(server.send("HEAD", path, null).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"text/event-stream", "*/*", "text/*", "text/html, application/json, */*;q=0.1"})
  void shouldOpenAnEventStreamForClientsThatAcceptOne(String accept) throws Exception {
    HttpResponse<String> head =
        server.send("HEAD", "/v1/events/subscribe?all=true", null, "Accept", accept);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
  }

  @Test
  void shouldNotEchoAHugeValue() throws Exception {
    HttpResponse<String> answer = server.get("/v1/streams?sender=" + "x".repeat(2000));
    assertThat(problem(answer, 400).path("detail").asText()).endsWith("...'").hasSizeLessThan(400);
  }

  /** The body as sent and a part of the message. */
  static Stream<Arguments> badBodies() {
    return Stream.of(
        arguments("{", "line 1"),
        arguments("{\"amount\":\"5\",}", "line 1, column"),
        arguments("nonsense", "not valid JSON"),
        arguments("[]", "JSON object"),
        arguments("null", "JSON object"),
        arguments("\"5\"", "JSON object"),
        arguments(" ", "JSON object"),
        arguments("{\"amount\":\"5\"} {}", "not valid JSON"),
        arguments("{\"amount\":\"5\",\"amount\":\"6\"}", "twice"),
        arguments("[".repeat(5000), "not valid JSON"),
        arguments("{\"amount\":" + "9".repeat(1000) + "}", "not valid JSON"),
        arguments("{'amount':'5'}", "not valid JSON"),
        arguments("amount=5", "not valid JSON"));
  }

  @ParameterizedTest
  @MethodSource("badBodies")
  void shouldSayWhyABodyCannotBeRead(String body, String said) throws Exception {
    HttpResponse<String> answer = server.post("/v1/streams/1/top-up", body);
    assertThat(problem(answer, 400).path("detail").asText()).contains(said);
  }

  @Test
  void shouldRefuseBytesThatAreNoText() throws Exception {
    for (byte[] body :
        List.of(new byte[] {'{', '"', (byte) 0xff, '"', '}'}, new byte[] {0, 0, (byte) 0xfe, 1})) {
      String head =
          "POST /v1/streams/1/top-up HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length
              + "\r\n\r\n";
      try (Socket socket = server.raw(head)) {
        socket.getOutputStream().write(body);
        assertThat(text(socket.getInputStream()))
            .startsWith("HTTP/1.1 400")
            .contains("application/problem+json");
      }
    }
  }

  /** The method, the path, content type and accept header or null, and the status. */
  static Stream<Arguments> refusedRequests() {
    String all = "*/*";
    return Stream.of(
        arguments("GET", "/v1/nothing", JSON_TYPE, all, 404),
        arguments("GET", "/v1", JSON_TYPE, all, 404),
        arguments("GET", "/v1/v1/streams", JSON_TYPE, all, 404),
        arguments("GET", "/v1/streams/1/nothing", JSON_TYPE, all, 404),
        arguments("GET", "/v1/streams/99", JSON_TYPE, all, 404),
        arguments("GET", "/v1/streams/99/events", JSON_TYPE, all, 404),
        arguments("GET", "/v1/streams/99/claimable", JSON_TYPE, all, 404),
        arguments("POST", "/v1/streams/99/pause", JSON_TYPE, all, 404),
        arguments("DELETE", "/v1/streams/1", JSON_TYPE, all, 405),
        arguments("PUT", "/v1/streams", JSON_TYPE, all, 405),
        arguments("POST", "/v1/events/subscribe?all=true", JSON_TYPE, all, 405),
        arguments("GET", "/v1/streams/1/pause", JSON_TYPE, all, 405),
        arguments("GET", "/v1/streams/1", JSON_TYPE, "text/csv", 406),
        arguments("GET", "/v1/events/subscribe?all=true", JSON_TYPE, "application/json", 406),
        arguments("POST", "/v1/streams", "text/plain", all, 415),
        arguments("POST", "/v1/streams", "application/x-www-form-urlencoded", all, 415),
        arguments("POST", "/v1/streams", "multipart/form-data; boundary=x", all, 415));
  }

  @ParameterizedTest
  @MethodSource("refusedRequests")
  void shouldAnswerEveryRefusalWithAProblem(
      String method, String path, String type, String accept, int status) throws Exception {
    String body =
        "POST".equals(method) ? (path.endsWith("pause") ? "{}" : stream().toString()) : null;
    HttpResponse<String> answer =
        server.send(method, path, body, "Content-Type", type, "Accept", accept);
    problem(answer, status);
    assertThat(answer.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
  }

  @Test
  void shouldNameTheMethodsThatAreAllowed() throws Exception {
    assertThat(allowed(server.send("DELETE", "/v1/streams", null))).contains("GET", "POST");
    HttpResponse<String> options = server.send("OPTIONS", "/v1/streams/1/pause", null);
    assertThat(options.statusCode()).isBetween(200, 204);
    assertThat(allowed(options)).contains("POST", "OPTIONS").doesNotContain("GET");
  }

  private static List<String> allowed(HttpResponse<String> answer) {
    return List.of(answer.headers().firstValue("Allow").orElse("").split(",\\s*"));
  }

  @Test
  void shouldAnswerHeadLikeGetWithoutABody() throws Exception {
    HttpResponse<String> head = server.send("HEAD", "/v1/streams/1", null);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValue("ETag")).hasValue("\"1\"");
    HttpResponse<String> unknown = server.send("HEAD", "/v1/streams/99", null);
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEmpty();
  }

  @Test
  void shouldNotOpenAnEventStreamForHead() throws Exception {
    HttpResponse<String> head = server.send("HEAD", "/v1/events/subscribe?all=true", null);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(
            JSON.readTree(server.get("/v1/events/stats").body()).path("activeConnections").asInt())
        .isZero();
  }

  static Stream<Arguments> badConditions() {
    return Stream.of(
        arguments("If-Match", "abc"),
        arguments("If-Match", "\"1"),
        arguments("If-Match", "\"1\" \"2\""),
        arguments("If-Match", "\"1\","),
        arguments("If-Match", "*, \"1\""),
        arguments("If-Match", "\"1\", ".repeat(700) + "x"),
        arguments("If-Match", ""),
        arguments("Idempotency-Key", "x".repeat(256)),
        arguments("Idempotency-Key", ""));
  }

  @ParameterizedTest
  @MethodSource("badConditions")
  void shouldNameTheHeaderThatIsWrong(String header, String value) throws Exception {
    JsonNode problem = problem(server.post("/v1/streams/1/pause", "", header, value), 400);
    assertThat(problem.path("errors").path(0).path("parameter").asText()).isEqualTo(header);
  }

  @Test
  void shouldEchoASaneRequestIdAndReplaceOthers() throws Exception {
    assertThat(requestId("trace-1.A_b")).isEqualTo("trace-1.A_b");
    assertThat(requestId("x".repeat(129))).hasSizeLessThan(64).isNotEmpty();
    assertThat(requestId("a b")).isNotEqualTo("a b").isNotEmpty();
    assertThat(requestId("<script>")).isNotEqualTo("<script>");
  }

  private static String requestId(String sent) throws Exception {
    HttpResponse<String> answer = server.get("/v1/streams/99", "X-Request-ID", sent);
    return answer.headers().firstValue("X-Request-ID").orElse("");
  }

  /** Checks the form of a problem and returns it. */
  private static JsonNode problem(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.headers().firstValue("X-Request-ID")).isPresent();
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("type").asText()).isNotEmpty();
    assertThat(problem.path("title").asText()).isNotEmpty();
    assertThat(problem.path("detail").asText()).isNotEmpty();
    assertThat(problem.path("message")).isEqualTo(problem.path("detail"));
    assertThat(problem.path("instance").asText()).isEqualTo(answer.uri().getRawPath());
    assertThat(answer.body())
        .doesNotContain("io.flowfi", "java.", "jackson", "jersey", "Exception", "sql");
    return problem;
  }

  private static String text(InputStream in) throws Exception {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
