package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import com.nimbusds.jose.JWSAlgorithm;
import io.flowfi.auth.TestTokens;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every endpoint with every kind of caller. The endpoints come from Jersey itself: an endpoint
 * without a row here fails the test.
 */
@Timeout(120)
class AccessMatrixTest {
  /**
   * One endpoint and what each caller gets.
   *
   * @param none the answer to no credentials
   * @param bad the answer to invalid ones
   * @param other the answer to a user who is no party of the stream
   */
  record Row(
      String endpoint,
      String path,
      String body,
      int none,
      int bad,
      int other,
      int sender,
      int recipient,
      int service,
      int admin) {
    /** No credentials get the same answer as invalid ones. */
    Row(
        String endpoint,
        String path,
        String body,
        int bad,
        int other,
        int sender,
        int recipient,
        int service,
        int admin) {
      this(endpoint, path, body, bad, bad, other, sender, recipient, service, admin);
    }
  }

  private static Row open(String endpoint, String path, String body, int status) {
    return new Row(endpoint, path, body, status, status, status, status, status, status);
  }

  /** For every known caller. */
  private static Row anybody(String endpoint, String path, int status) {
    return new Row(endpoint, path, null, 401, status, status, status, status, status);
  }

  private static Row admins(String endpoint, String path, int status) {
    return admins(endpoint, path, null, status);
  }

  private static Row admins(String endpoint, String path, String body, int status) {
    return new Row(endpoint, path, body, 401, 403, 403, 403, 403, status);
  }

  private static Row read(String endpoint, String path, int toOthers) {
    return new Row(endpoint, path, null, 401, toOthers, 200, 200, toOthers, 200);
  }

  /** {@code #} in a path is a new stream for every call. */
  private static Row command(String verb, String body, boolean recipients) {
    return new Row(
        "POST /streams/{id}/" + verb,
        "/v1/streams/#/" + verb,
        body,
        401,
        404,
        recipients ? 403 : 200,
        recipients ? 200 : 403,
        200,
        200);
  }

  private static final String LEVEL = "{\"level\":\"info\"}";

  private static final String OF_ALICE = SecuredServer.ALICE;

  static final List<Row> ROWS =
      List.of(
          new Row("POST /streams", "/v1/streams", "create", 401, 403, 201, 403, 201, 201),
          command("top-up", "{\"amount\":\"5\"}", false),
          command("pause", "", false),
          new Row(
              "POST /streams/{id}/resume",
              "/v1/streams/#/resume",
              "",
              401,
              404,
              409, // rejected by the rules of the stream: it is not paused
              403,
              409,
              409),
          command("cancel", "", false),
          command("withdraw", "", true),
          anybody("GET /streams", "/v1/streams", 200),
          read("GET /streams/{id}", "/v1/streams/#", 404),
          read("GET /streams/{id}/claimable", "/v1/streams/#/claimable", 404),
          read("GET /streams/{id}/events", "/v1/streams/#/events", 404),
          new Row(
              "GET /streams/summary/{address}",
              "/v1/streams/summary/" + OF_ALICE,
              null,
              401,
              403,
              200,
              403,
              403,
              200),
          new Row(
              "POST /users",
              "/v1/users",
              "{\"publicKey\":\"" + OF_ALICE + "\"}",
              401,
              403,
              200,
              403,
              403,
              200),
          anybody("GET /users/me", "/v1/users/me", 200),
          new Row("GET /users/{key}", "/v1/users/" + OF_ALICE, null, 401, 403, 200, 403, 403, 200),
          new Row(
              "GET /users/{key}/summary",
              "/v1/users/" + OF_ALICE + "/summary",
              null,
              401,
              403,
              200,
              403,
              403,
              200),
          new Row(
              "GET /users/{key}/events",
              "/v1/users/" + OF_ALICE + "/events",
              null,
              401,
              403,
              200,
              403,
              403,
              200),
          read("GET /events", "/v1/events?stream=#", 403),
          read("GET /events/subscribe", "/v1/events/subscribe?streams=#", 403),
          new Row(
              "POST /events/filters",
              "/v1/events/filters",
              "{\"users\":[\"" + OF_ALICE + "\"]}",
              401,
              403,
              200,
              403,
              403,
              200),
          anybody("GET /events/stats", "/v1/events/stats", 200),
          open("GET /auth", "/v1/auth?account=" + OF_ALICE, null, 200),
          open("POST /auth", "/v1/auth", "{}", 400), // a login needs no credentials
          open(
              "POST /auth/challenge",
              "/v1/auth/challenge",
              "{\"publicKey\":\"" + OF_ALICE + "\"}",
              200),
          open("POST /auth/verify", "/v1/auth/verify", "{}", 400),
          open("DELETE /auth", "/v1/auth", null, 204),
          new Row("GET /auth/session", "/v1/auth/session", null, 200, 401, 200, 200, 200, 200, 200),
          anybody("POST /auth/ticket", "/v1/auth/ticket", 200),
          admins("GET /admin/indexer/status", "/v1/admin/indexer/status", 404),
          admins("POST /admin/indexer/reset", "/v1/admin/indexer/reset", "{\"ledger\":1}", 404),
          admins("POST /admin/indexer/replay", "/v1/admin/indexer/replay?from_ledger=1", "", 404),
          admins("DELETE /admin/indexer/replay", "/v1/admin/indexer/replay", 404),
          admins(
              "POST /admin/indexer/quarantine",
              "/v1/admin/indexer/quarantine",
              "{\"id\":\"0000000000000000001-0000000001\"}",
              404),
          admins("GET /admin/indexer/quarantine", "/v1/admin/indexer/quarantine", 404),
          admins("GET /admin/audit", "/v1/admin/audit", 200),
          admins(
              "GET /admin/audit/deliveries", "/v1/admin/audit/deliveries?position=999999999", 404),
          admins("GET /admin/nodes", "/v1/admin/nodes", 200),
          admins("GET /admin/indexer/drift", "/v1/admin/indexer/drift", 404),
          admins("POST /admin/indexer/reconcile", "/v1/admin/indexer/reconcile", "", 404),
          admins("POST /admin/indexer/reconcile/{id}", "/v1/admin/indexer/reconcile/1", "", 404),
          admins("GET /admin/drain", "/v1/admin/drain", 200),
          admins("POST /admin/drain", "/v1/admin/drain", "{\"seconds\":600}", 202),
          admins("DELETE /admin/drain", "/v1/admin/drain", 200),
          admins("GET /admin/support-bundle", "/v1/admin/support-bundle", 200),
          admins("GET /admin/loggers", "/v1/admin/loggers", 200),
          admins("GET /admin/loggers/{name}", "/v1/admin/loggers/io.flowfi", 200),
          admins("PUT /admin/loggers/{name}", "/v1/admin/loggers/none", LEVEL, 404),
          admins("DELETE /admin/loggers/{name}", "/v1/admin/loggers/io.flowfi", 200),
          admins("GET /admin/metrics", "/v1/admin/metrics", 200),
          admins("GET /admin/stats", "/v1/admin/stats", 200),
          admins("GET /admin/stats/history", "/v1/admin/stats/history", 200),
          admins("GET /admin/stats/stream", "/v1/admin/stats/stream", 200),
          admins("GET /admin/probe", "/v1/admin/probe", 200),
          admins("DELETE /admin/probe/{id}", "/admin/probe/1", 204),
          admins("GET /admin/connections", "/v1/admin/connections", 200),
          admins("DELETE /admin/connections/{id}", "/v1/admin/connections/none", 404),
          admins("POST /admin/notices", "/v1/admin/notices", "{\"message\":\"at noon\"}", 200),
          open("GET /admin/probe/open", "/v1/admin/probe/open", null, 204),
          new Row("GET /metrics", "/metrics", null, 401, 403, 403, 403, 403, 200),
          open("GET /health", "/health", null, 200),
          open("GET /health/live", "/health/live", null, 200),
          open("GET /health/ready", "/health/ready", null, 200),
          open("GET /health/started", "/health/started", null, 200));

  @TempDir static Path directory;
  private static ApiServer server;

  @BeforeAll
  static void start() {
    server =
        SecuredServer.start(
            directory, "MAX_SSE_CONNECTIONS_PER_IP", "1000", "SSE_HEARTBEAT_INTERVAL", "2s");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Invalid credentials, by what is wrong with them. */
  private static Map<String, String> badTokens() {
    byte[] secret = TestTokens.SECRET.getBytes(StandardCharsets.UTF_8);
    byte[] longer = (TestTokens.SECRET + TestTokens.SECRET).getBytes(StandardCharsets.UTF_8);
    var admin = SecuredServer.claims(SecuredServer.ADMIN, SecuredServer.LATER);
    Map<String, String> bad = new LinkedHashMap<>();
    bad.put("none", null);
    bad.put(
        "expired",
        TestTokens.hs256(
            TestTokens.SECRET,
            SecuredServer.claims(SecuredServer.ADMIN, SecuredServer.START.minusSeconds(60))
                .build()));
    bad.put(
        "wrong audience",
        TestTokens.hs256(
            TestTokens.SECRET,
            SecuredServer.claims(SecuredServer.ADMIN, SecuredServer.LATER)
                .audience("another")
                .build()));
    bad.put("wrong algorithm", TestTokens.hmac(JWSAlgorithm.HS512, longer, admin.build()));
    bad.put("alg:none", TestTokens.unsigned(admin.build()));
    secret[0]++;
    bad.put("wrong secret", TestTokens.hmac(JWSAlgorithm.HS256, secret, admin.build()));
    bad.put("no token", "");
    return bad;
  }

  /** The server gives it an id. */
  private static String ofAlice() {
    return SecuredServer.stream("", SecuredServer.ALICE, SecuredServer.BOB)
        .replace("\"streamId\": \"\", ", "");
  }

  private static String newStream() throws Exception {
    HttpResponse<String> created =
        server.post("/v1/streams", ofAlice(), SecuredServer.as(SecuredServer.ADMIN));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return created.headers().firstValue("Location").orElseThrow().replaceFirst(".*/", "");
  }

  private static HttpResponse<String> call(Row row, String token) throws Exception {
    String path = row.path().contains("#") ? row.path().replace("#", newStream()) : row.path();
    String body = "create".equals(row.body()) ? ofAlice() : row.body();
    String method = row.endpoint().substring(0, row.endpoint().indexOf(' '));
    // an event stream has no end, so only its head is read
    if (path.contains("subscribe") || path.endsWith("/stats/stream")) {
      return server.opened(path, token == null ? new String[0] : SecuredServer.bearer(token));
    }
    List<String> headers = new ArrayList<>();
    if (token != null) {
      headers.addAll(List.of(SecuredServer.bearer(token)));
    }
    if (body != null && !body.isEmpty()) {
      headers.addAll(List.of("Content-Type", "application/json"));
    }
    return server.send(method, path, body, headers.toArray(String[]::new));
  }

  @Test
  void shouldHaveARowForEveryEndpoint() throws Exception {
    server.get("/health"); // Jersey reads its model with the first request at the latest
    TreeSet<String> rows = new TreeSet<>();
    ROWS.forEach(row -> rows.add(row.endpoint()));
    assertThat(rows).isEqualTo(server.endpoints.all());
  }

  @Test
  void shouldGiveNothingToAnonymousCallers() throws Exception {
    Map<String, String> bad = badTokens();
    for (Row row : ROWS) {
      for (Map.Entry<String, String> token : bad.entrySet()) {
        HttpResponse<String> answer = call(row, token.getValue());
        String what = row.endpoint() + " with " + token.getKey() + ": " + answer.body();
        int expected = token.getValue() == null ? row.none() : row.bad();
        assertSoftly(
            softly -> {
              softly.assertThat(answer.statusCode()).as(what).isEqualTo(expected);
              if (expected == 401) {
                softly
                    .assertThat(answer.headers().firstValue("WWW-Authenticate"))
                    .as(what)
                    .hasValue("Bearer");
                softly
                    .assertThat(answer.headers().firstValue("Content-Type"))
                    .as(what)
                    .hasValue("application/problem+json");
              }
            });
      }
    }
  }

  @Test
  void shouldAnswerEveryCallerByItsRights() throws Exception {
    for (Row row : ROWS) {
      Map<String, Integer> expected = new LinkedHashMap<>();
      Map<String, Integer> actual = new LinkedHashMap<>();
      Map<String, String> callers = new LinkedHashMap<>();
      callers.put("other", SecuredServer.token(SecuredServer.CAROL));
      callers.put("other with foreign scopes", SecuredServer.token(SecuredServer.CAROL, "read"));
      callers.put("sender", SecuredServer.token(SecuredServer.ALICE));
      callers.put("recipient", SecuredServer.token(SecuredServer.BOB));
      callers.put("service", SecuredServer.token(SecuredServer.CAROL, "service"));
      callers.put("admin by key", SecuredServer.token(SecuredServer.ADMIN));
      callers.put("admin by scope", SecuredServer.token(SecuredServer.CAROL, "admin"));
      for (Map.Entry<String, String> caller : callers.entrySet()) {
        expected.put(
            caller.getKey(),
            switch (caller.getKey()) {
              case "sender" -> row.sender();
              case "recipient" -> row.recipient();
              case "service" -> row.service();
              case "admin by key", "admin by scope" -> row.admin();
              default -> row.other();
            });
        actual.put(caller.getKey(), call(row, caller.getValue()).statusCode());
      }
      assertSoftly(softly -> softly.assertThat(actual).as(row.endpoint()).isEqualTo(expected));
    }
  }
}
