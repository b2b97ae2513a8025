package io.flowfi.app;

import static io.flowfi.app.SecuredServer.ADMIN;
import static io.flowfi.app.SecuredServer.ALICE;
import static io.flowfi.app.SecuredServer.BOB;
import static io.flowfi.app.SecuredServer.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.config.InvalidSettingException;
import io.flowfi.it.EventStream;
import io.flowfi.it.SseFrame;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.metrics.PrometheusText;
import io.flowfi.servers.TestStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sqlite.SQLiteDataSource;
import org.stellar.sdk.KeyPair;

/** The sandbox beside the real ledger: nothing of one is ever in the other. */
@Timeout(120)
class SandboxApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HEADER = "X-Sandbox-Mode";

  /** About what both ledgers have in common. */
  private static final Set<String> OF_WHOLE_SERVER =
      Set.of(
          "PUT /admin/loggers/{name}",
          "DELETE /admin/loggers/{name}",
          "POST /admin/drain",
          "DELETE /admin/drain",
          "GET /admin/support-bundle");

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private void start(String... namesAndValues) {
    List<String> all = new ArrayList<>(List.of(namesAndValues));
    all.addAll(List.of("SANDBOX", "on"));
    server = SecuredServer.start(directory, all.toArray(String[]::new));
  }

  /** One of the two ledgers, as a client chooses it. */
  private enum Mode {
    REAL,
    BY_HEADER,
    BY_QUERY;

    boolean isSandbox() {
      return this != REAL;
    }

    String path(String path) {
      return this == BY_QUERY ? path + (path.contains("?") ? "&" : "?") + "sandbox=true" : path;
    }

    String[] headers(String account, String... others) {
      List<String> all = new ArrayList<>(List.of(SecuredServer.as(account)));
      all.addAll(List.of(others));
      if (this == BY_HEADER) {
        all.addAll(List.of(HEADER, "true"));
      }
      return all.toArray(String[]::new);
    }
  }

  private HttpResponse<String> get(Mode mode, String account, String path, String... headers)
      throws Exception {
    return server.get(mode.path(path), mode.headers(account, headers));
  }

  private HttpResponse<String> post(
      Mode mode, String account, String path, String body, String... headers) throws Exception {
    return server.post(mode.path(path), body, mode.headers(account, headers));
  }

  private static String stream(String sender, String recipient) {
    return SecuredServer.stream("", sender, recipient).replace("\"streamId\": \"\", ", "");
  }

  /** Creates a stream, and returns its id when its event is published. */
  private String create(Mode mode, String sender, String recipient) throws Exception {
    HttpResponse<String> created = post(mode, ADMIN, "/v1/streams", stream(sender, recipient));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    ServedLedger ledger = ledger(mode);
    LogPosition head = ledger.store().log().bounds().head();
    await().until(() -> ledger.fanOut().head().compareTo(head) >= 0);
    return JSON.readTree(created.body()).path("streamId").asText();
  }

  private ServedLedger ledger(Mode mode) {
    return mode.isSandbox() ? server.node.sandbox().orElseThrow() : server.node.real();
  }

  private long head(Mode mode) {
    return ledger(mode).store().log().bounds().head().value();
  }

  private EventStream follow(Mode mode, String query, String lastEventId) {
    EventStream.Request request =
        EventStream.at(server.port())
            .query(mode == Mode.BY_QUERY ? query + "&sandbox=true" : query)
            .header("Authorization", "Bearer " + SecuredServer.token(ADMIN))
            .lastEventId(lastEventId);
    return (mode == Mode.BY_HEADER ? request.header(HEADER, "true") : request).open();
  }

  /** Each endpoint, so that none is forgotten: the table of the access rules has all of them. */
  @Test
  void shouldAnswerFromTheLedgerThatIsMeantAndLeaveTheOtherAloneAtEveryEndpoint() throws Exception {
    start("MAX_SSE_CONNECTIONS_PER_IP", "1000");
    create(Mode.REAL, ALICE, BOB);
    create(Mode.BY_HEADER, ALICE, BOB);
    create(Mode.BY_HEADER, BOB, ALICE);
    for (AccessMatrixTest.Row row : AccessMatrixTest.ROWS) {
      for (Mode mode : Mode.values()) {
        String path =
            row.path().contains("#")
                ? row.path().replace("#", create(mode, ALICE, BOB))
                : row.path();
        Mode other = mode.isSandbox() ? Mode.REAL : Mode.BY_HEADER;
        long others = head(other);
        HttpResponse<String> answer = call(row, mode, path);
        String what = mode + " " + row.endpoint() + ": " + answer.body();
        boolean refused = mode.isSandbox() && OF_WHOLE_SERVER.contains(row.endpoint());
        assertThat(answer.statusCode()).as(what).isEqualTo(refused ? 400 : row.admin());
        assertThat(head(other)).as(what).isEqualTo(others);
        assertThat(answer.headers().firstValue(HEADER).isPresent())
            .as(what)
            .isEqualTo(mode.isSandbox());
        assertThat(answer.headers().allValues("Vary").toString()).as(what).contains(HEADER);
        assertThat(answer.body().startsWith("{\"sandbox\":true"))
            .as(what)
            .isEqualTo(mode.isSandbox() && answer.body().startsWith("{"));
      }
    }
  }

  private HttpResponse<String> call(AccessMatrixTest.Row row, Mode mode, String path)
      throws Exception {
    String method = row.endpoint().substring(0, row.endpoint().indexOf(' '));
    if (path.contains("subscribe") || path.endsWith("/stats/stream")) {
      return server.opened(mode.path(path), mode.headers(ADMIN)); // it has no end
    }
    String body = "create".equals(row.body()) ? stream(ALICE, BOB) : row.body();
    return server.send(
        method,
        mode.path(path),
        body,
        body == null || body.isEmpty()
            ? mode.headers(ADMIN)
            : mode.headers(ADMIN, "Content-Type", "application/json"));
  }

  @Test
  void shouldSendEachSubscriberTheEventsOfItsOwnLedgerAndMarkThoseOfTheSandbox() throws Exception {
    start();
    try (EventStream real = follow(Mode.REAL, "all=true", null);
        EventStream byQuery = follow(Mode.BY_QUERY, "all=true", null);
        EventStream byHeader = follow(Mode.BY_HEADER, "users=" + ALICE, null)) {
      create(Mode.BY_HEADER, ALICE, BOB);
      create(Mode.BY_QUERY, ALICE, CAROL);
      create(Mode.REAL, BOB, ALICE);
      for (EventStream tried : List.of(byQuery, byHeader)) {
        List<SseFrame> frames = upTo(tried, "2");
        assertThat(frames).extracting(SseFrame::position).containsExactly("0", "1", "2");
        assertThat(frames).allMatch(frame -> frame.data().startsWith("{\"sandbox\":true,"));
        assertThat(frames).allMatch(frame -> frame.id().contains(".sandbox"));
      }
      List<SseFrame> frames = upTo(real, "1");
      assertThat(frames).extracting(SseFrame::position).containsExactly("0", "1");
      assertThat(frames.get(1).json().path("sender").asText()).isEqualTo(BOB);
      assertThat(frames.toString()).doesNotContain("sandbox");
    }
  }

  private static List<SseFrame> upTo(EventStream stream, String position) {
    stream.awaitFrame(frame -> position.equals(frame.position()));
    return stream.frames();
  }

  @Test
  void shouldMarkSnapshotsPastEventsAndExports() throws Exception {
    start();
    create(Mode.BY_HEADER, ALICE, BOB);
    try (EventStream stream = follow(Mode.BY_QUERY, "all=true&snapshot=true", null)) {
      stream.awaitFrame(frame -> "snapshot_end".equals(frame.event()));
      assertThat(stream.frames())
          .anyMatch(frame -> "stream.snapshot".equals(frame.event()))
          .allMatch(frame -> frame.data().startsWith("{\"sandbox\":true,"));
    }
    JsonNode page = JSON.readTree(get(Mode.BY_QUERY, ALICE, "/v1/events").body());
    assertThat(page.at("/events/0/data/sandbox").asBoolean()).isTrue();
    String lines =
        get(Mode.BY_HEADER, ADMIN, "/v1/events", "Accept", "application/x-ndjson").body();
    assertThat(JSON.readTree(lines).at("/data/sandbox").asBoolean()).isTrue();
  }

  /** What the server says beside the events: nothing of it may be taken for the real ledger's. */
  @Test
  void shouldMarkEveryControlFrame() throws Exception {
    start();
    create(Mode.REAL, ALICE, BOB);
    create(Mode.BY_HEADER, ALICE, BOB);
    String foreign = "1." + ledger(Mode.REAL).store().log().identity();
    try (EventStream stream =
        follow(Mode.BY_QUERY, "all=true&snapshot=true&heartbeat=2", foreign)) {
      stream.awaitFrame(frame -> "heartbeat".equals(frame.event()));
      String client = stream.frames().get(0).json().path("clientId").asText();
      assertThat(
              server
                  .send(
                      "DELETE",
                      "/v1/admin/connections/" + client,
                      null,
                      Mode.BY_HEADER.headers(ADMIN))
                  .statusCode())
          .isBetween(200, 204);
      stream.awaitFrame(frame -> "reconnect".equals(frame.event()));
      List<SseFrame> frames = stream.frames();
      assertThat(frames.get(0).data()).contains("\"type\":\"connected\"");
      assertThat(frames)
          .extracting(SseFrame::event)
          .contains("reset", "stream.snapshot", "snapshot_end", "heartbeat", "reconnect");
      assertThat(frames).allMatch(frame -> frame.data().startsWith("{\"sandbox\":true,"));
    }
  }

  @Test
  void shouldTellAnAdministratorsNoticeToTheSubscribersOfOneLedger() throws Exception {
    start();
    try (EventStream real = follow(Mode.REAL, "all=true", null);
        EventStream tried = follow(Mode.BY_QUERY, "all=true", null)) {
      for (EventStream stream : List.of(real, tried)) {
        stream.awaitFrame(frame -> frame.event() == null);
      }
      HttpResponse<String> told =
          post(Mode.BY_HEADER, ADMIN, "/v1/admin/notices", "{\"message\":\"tried\"}");
      assertThat(JSON.readTree(told.body()).path("connections").asInt(-1)).isEqualTo(1);
      tried.awaitFrame(frame -> frame.data().startsWith("{\"sandbox\":true,\"message\":"));
      create(Mode.REAL, ALICE, BOB);
      assertThat(upTo(real, "1")).noneMatch(frame -> "notice".equals(frame.event()));
    }
  }

  /** Their positions are the same numbers. */
  @Test
  void shouldTakeNoPositionOfTheOtherLog() throws Exception {
    start();
    create(Mode.REAL, ALICE, BOB);
    create(Mode.BY_HEADER, ALICE, BOB);
    String ofReal = "1." + ledger(Mode.REAL).store().log().identity();
    String ofSandbox = "1." + ledger(Mode.BY_HEADER).store().log().identity();
    for (Mode mode : Mode.values()) {
      try (EventStream own = follow(mode, "all=true", mode.isSandbox() ? ofSandbox : ofReal);
          EventStream foreign = follow(mode, "all=true", mode.isSandbox() ? ofReal : ofSandbox)) {
        own.awaitFrame(frame -> frame.event() == null);
        assertThat(own.frames()).noneMatch(isReset());
        foreign.awaitFrame(isReset());
      }
      String after = mode.isSandbox() ? ofReal : ofSandbox;
      assertThat(get(mode, ADMIN, "/v1/events?after=" + after).statusCode()).isEqualTo(409);
      create(mode, CAROL, BOB);
    }
    for (String list : List.of("/v1/streams?limit=1", "/v1/events?limit=1")) {
      String real = list + "&cursor=" + nextCursor(Mode.REAL, list);
      String sandbox = list + "&cursor=" + nextCursor(Mode.BY_HEADER, list);
      assertThat(get(Mode.REAL, ADMIN, real).statusCode()).as(real).isEqualTo(200);
      assertThat(get(Mode.REAL, ADMIN, sandbox).statusCode()).as(sandbox).isEqualTo(409);
      assertThat(get(Mode.BY_HEADER, ADMIN, sandbox).statusCode()).as(sandbox).isEqualTo(200);
      assertThat(get(Mode.BY_HEADER, ADMIN, real).statusCode()).as(real).isEqualTo(409);
    }
  }

  private String nextCursor(Mode mode, String list) throws Exception {
    return JSON.readTree(get(mode, ADMIN, list).body()).path("nextCursor").asText();
  }

  private static Predicate<SseFrame> isReset() {
    return frame -> "reset".equals(frame.event());
  }

  @Test
  void shouldKeepIdempotencyKeysRightsTagsAndSavedFiltersApart() throws Exception {
    start();
    for (Mode mode : List.of(Mode.REAL, Mode.BY_HEADER)) {
      HttpResponse<String> created =
          post(
              mode,
              ADMIN,
              "/v1/streams",
              mode.isSandbox() ? stream(BOB, CAROL) : stream(ALICE, CAROL),
              "Idempotency-Key",
              "the-same");
      assertThat(created.statusCode()).isEqualTo(201);
      assertThat(JSON.readTree(created.body()).path("streamId").asText()).isEqualTo("1");
      assertThat(created.headers().firstValue("Idempotency-Replayed")).isEmpty();
    }
    assertThat(get(Mode.REAL, ALICE, "/v1/streams/1").statusCode()).isEqualTo(200);
    assertThat(get(Mode.REAL, BOB, "/v1/streams/1").statusCode()).isEqualTo(404);
    assertThat(get(Mode.BY_HEADER, BOB, "/v1/streams/1").statusCode()).isEqualTo(200);
    assertThat(get(Mode.BY_HEADER, ALICE, "/v1/streams/1").statusCode()).isEqualTo(404);
    assertThat(post(Mode.BY_QUERY, ALICE, "/v1/streams/1/pause", "").statusCode()).isEqualTo(404);
    assertThat(post(Mode.BY_QUERY, BOB, "/v1/streams/1/pause", "").statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(get(Mode.REAL, ALICE, "/v1/streams/1").body()).path("status").asText())
        .isEqualTo("ACTIVE");

    String closed = "/v1/events?order=asc&before=2";
    String tag = get(Mode.REAL, ADMIN, closed).headers().firstValue("ETag").orElseThrow();
    assertThat(get(Mode.REAL, ADMIN, closed, "If-None-Match", tag).statusCode()).isEqualTo(304);
    assertThat(get(Mode.BY_HEADER, ADMIN, closed, "If-None-Match", tag).statusCode())
        .isEqualTo(200);

    String saved =
        JSON.readTree(post(Mode.REAL, ALICE, "/v1/events/filters", "{\"streams\":[\"1\"]}").body())
            .path("filter")
            .asText();
    assertThat(saved).isNotEmpty();
    String subscribe = "/v1/events/subscribe?filter=" + saved;
    assertThat(opened(Mode.REAL, ALICE, subscribe)).isEqualTo(200);
    assertThat(opened(Mode.BY_HEADER, ALICE, subscribe)).isEqualTo(400);
  }

  private int opened(Mode mode, String account, String path) throws Exception {
    return server.opened(mode.path(path), mode.headers(account)).statusCode();
  }

  @Test
  void shouldHaveLimitsOfItsOwn() throws Exception {
    start("MAX_SSE_CONNECTIONS", "1");
    try (EventStream real = follow(Mode.REAL, "all=true", null)) {
      assertThat(opened(Mode.REAL, ADMIN, "/v1/events/subscribe?all=true")).isEqualTo(503);
      try (EventStream tried = follow(Mode.BY_HEADER, "all=true", null)) {
        assertThat(stats(Mode.BY_QUERY, "activeConnections")).isEqualTo(1);
        assertThat(stats(Mode.BY_QUERY, "maxConnections")).isEqualTo(10);
        assertThat(stats(Mode.REAL, "activeConnections")).isEqualTo(1);
        assertThat(stats(Mode.REAL, "maxConnections")).isEqualTo(1);
        tried.awaitFrame(frame -> frame.event() == null);
      }
      real.awaitFrame(frame -> frame.event() == null);
      String limit = "limit_rejections_total{limit=\"connections_total\"}";
      await().untilAsserted(() -> assertThat(figure("flowfi_" + limit)).isEqualTo(1));
      assertThat(figure("flowfi_sandbox_" + limit)).isZero();
    }
  }

  private int stats(Mode mode, String field) throws Exception {
    return JSON.readTree(get(mode, ADMIN, "/v1/events/stats").body()).path(field).asInt();
  }

  /** A login is a person's, whatever the ledger. */
  @Test
  void shouldTakeATicketForEitherLedgerAndOnlyOnce() throws Exception {
    start();
    for (Mode mode : List.of(Mode.REAL, Mode.BY_QUERY)) {
      String ticket =
          JSON.readTree(post(mode, ALICE, "/v1/auth/ticket", "").body()).path("ticket").asText();
      String path = "/v1/streams?ticket=" + ticket;
      assertThat(server.get(Mode.BY_QUERY.path(path)).statusCode()).isEqualTo(200);
      assertThat(server.get(path).statusCode()).isEqualTo(401);
      assertThat(server.get(Mode.BY_QUERY.path(path)).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void shouldMarkEachEntryOfTheAuditLog() throws Exception {
    start();
    create(Mode.REAL, ALICE, BOB);
    create(Mode.BY_HEADER, ALICE, BOB);
    follow(Mode.REAL, "streams=1", null).close();
    follow(Mode.BY_QUERY, "streams=1", null).close();
    get(Mode.REAL, ADMIN, "/v1/admin/connections");
    get(Mode.BY_QUERY, ADMIN, "/v1/admin/connections");
    await().untilAsserted(() -> assertThat(found(Mode.BY_HEADER)).contains("subscribed"));
    await().untilAsserted(() -> assertThat(found(Mode.REAL)).contains("subscribed"));
    server.close();
    server = null;
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.resolve("audit"))) {
      for (Path file : files.toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(JSON.readTree(line));
        }
      }
    }
    assertThat(kinds(lines, false)).isEqualTo(kinds(lines, true));
    assertThat(kinds(lines, true))
        .containsExactly("command", "command", "command", "subscribed", "unsubscribed");
    assertThat(directory.resolve("sandbox/audit")).doesNotExist();
  }

  /** What administrators find of one ledger. */
  private List<String> found(Mode mode) throws Exception {
    JsonNode page = JSON.readTree(get(mode, ADMIN, "/v1/admin/audit").body());
    List<JsonNode> entries = new ArrayList<>();
    page.path("entries").forEach(entries::add);
    assertThat(kinds(entries, !mode.isSandbox())).isEmpty();
    return kinds(entries, mode.isSandbox());
  }

  private static List<String> kinds(List<JsonNode> lines, boolean sandbox) {
    return lines.stream()
        .filter(line -> line.path("sandbox").asBoolean() == sandbox)
        .map(line -> line.path("kind").asText())
        .sorted()
        .toList();
  }

  /** A token that came through the sandbox is as good as any. */
  @Test
  void shouldShowLoginsThroughTheSandboxToThoseWhoLookForLogins() throws Exception {
    start();
    post(Mode.BY_HEADER, ALICE, "/v1/auth/ticket", "");
    create(Mode.BY_HEADER, ALICE, BOB);
    for (Mode mode : Mode.values()) {
      await().untilAsserted(() -> assertThat(entry(mode, "/v1/auth/ticket")).isPresent());
      assertThat(entry(mode, "/v1/auth/ticket").orElseThrow().path("sandbox").asBoolean()).isTrue();
    }
    await().untilAsserted(() -> assertThat(entry(Mode.BY_QUERY, "/v1/streams")).isPresent());
    assertThat(entry(Mode.REAL, "/v1/streams")).isEmpty();
  }

  private Optional<JsonNode> entry(Mode mode, String path) throws Exception {
    JsonNode page = JSON.readTree(get(mode, ADMIN, "/v1/admin/audit").body());
    return StreamSupport.stream(page.path("entries").spliterator(), false)
        .filter(entry -> entry.path("path").asText().equals(path))
        .findFirst();
  }

  /** The same id is another stream in the real ledger. */
  @Test
  void shouldNameTheSandboxInTheLocationOfWhatItMade() throws Exception {
    start();
    create(Mode.REAL, ALICE, BOB);
    for (Mode mode : List.of(Mode.BY_HEADER, Mode.BY_QUERY)) {
      String made =
          post(mode, ADMIN, "/v1/streams", stream(BOB, CAROL))
              .headers()
              .firstValue("Location")
              .orElseThrow();
      assertThat(made).matches("/v1/streams/[12]\\?sandbox=true");
      assertThat(server.get(made, SecuredServer.as(BOB)).body()).startsWith("{\"sandbox\":true");
      assertThat(server.get(made, Mode.BY_HEADER.headers(BOB)).statusCode()).isEqualTo(200);
    }
    HttpResponse<String> user =
        post(Mode.BY_HEADER, ADMIN, "/v1/users", "{\"publicKey\":\"" + ALICE + "\"}");
    assertThat(user.headers().firstValue("Location").orElseThrow()).endsWith("?sandbox=true");
    assertThat(
            post(Mode.REAL, ADMIN, "/v1/streams", stream(BOB, CAROL))
                .headers()
                .firstValue("Location"))
        .hasValue("/v1/streams/2");
  }

  /** Whoever tries something out must not change the server that pays. */
  @Test
  void shouldChangeNothingThatBothLedgersHaveInCommon() throws Exception {
    start();
    String path = "/v1/admin/loggers/io.flowfi.sandbox.test";
    String before = server.get("/v1/admin/loggers", SecuredServer.as(ADMIN)).body();
    for (Mode mode : List.of(Mode.BY_HEADER, Mode.BY_QUERY)) {
      HttpResponse<String> answer =
          server.send(
              "PUT",
              mode.path("/v1/admin/loggers/io.flowfi"),
              "{\"level\":\"trace\"}",
              mode.headers(ADMIN, "Content-Type", "application/json"));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(answer.body()).contains("leave out the sandbox");
      assertThat(server.send("DELETE", mode.path(path), null, mode.headers(ALICE)).statusCode())
          .isEqualTo(403);
      for (String asked :
          List.of("DELETE " + path, "DELETE /v1/admin/drain", "GET /v1/admin/support-bundle")) {
        String[] request = asked.split(" ", 2);
        HttpResponse<String> refused =
            server.send(request[0], mode.path(request[1]), null, mode.headers(ADMIN));
        assertThat(refused.statusCode()).as(asked).isEqualTo(400);
        assertThat(refused.body()).as(asked).contains("leave out the sandbox");
      }
    }
    assertThat(server.get("/v1/admin/loggers", SecuredServer.as(ADMIN)).body()).isEqualTo(before);
    assertThat(post(Mode.BY_HEADER, ADMIN, "/v1/admin/drain", "{}").statusCode()).isEqualTo(400);
    assertThat(server.node.troubles()).isEmpty();
  }

  /** Nobody is to get up at night because of something that was tried. */
  @Test
  void shouldSayInTheLogWhichLedgerHasTrouble() throws Exception {
    start();
    refuseWrites("sandbox/flowfi.db", Mode.BY_HEADER);
    await().untilAsserted(() -> assertThat(troubles()).hasSize(1));
    assertThat(troubles().get(0).path("sandbox").asText()).isEqualTo("true");
    refuseWrites("flowfi.db", Mode.REAL);
    await().untilAsserted(() -> assertThat(troubles()).hasSize(2));
    assertThat(troubles().get(1).has("sandbox")).isFalse();
  }

  /**
   * A database is without the table that its writer locks; before the first command of its ledger,
   * which nobody else could change it after.
   */
  private void refuseWrites(String database, Mode mode) throws Exception {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + directory.resolve(database));
    try (Connection other = source.getConnection();
        Statement statement = other.createStatement()) {
      statement.execute("ALTER TABLE log_head RENAME TO away");
      assertThat(post(mode, ADMIN, "/v1/streams", stream(ALICE, BOB)).statusCode()).isEqualTo(503);
      statement.execute("ALTER TABLE away RENAME TO log_head");
    }
  }

  /** What the writer of a ledger has logged. */
  private List<JsonNode> troubles() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : server.log.recent()) {
      JsonNode entry = JSON.readTree(line);
      if (entry.path("message").asText().startsWith("the store refuses writes")) {
        lines.add(entry);
      }
    }
    return lines;
  }

  @Test
  void shouldCountWhatWasTriedUnderOtherNamesThanPayments() throws Exception {
    start();
    create(Mode.REAL, ALICE, BOB);
    try (EventStream tried = follow(Mode.BY_HEADER, "all=true", null)) {
      create(Mode.BY_HEADER, ALICE, BOB);
      create(Mode.BY_HEADER, ALICE, BOB);
      upTo(tried, "2");
      await()
          .untilAsserted(
              () -> {
                assertThat(figure("flowfi_sandbox_connection_slots")).isEqualTo(1);
                assertThat(figure("flowfi_sandbox_events_published_total")).isEqualTo(2);
                assertThat(figure("flowfi_sandbox_deliveries_total")).isEqualTo(2);
                assertThat(figure("flowfi_sandbox_commands_total{result=\"recorded\"}"))
                    .isEqualTo(2);
              });
      assertThat(figure("flowfi_connection_slots")).isZero();
      assertThat(figure("flowfi_connections_opened_total")).isZero();
      assertThat(figure("flowfi_events_published_total")).isEqualTo(1);
      assertThat(figure("flowfi_deliveries_total")).isZero();
      assertThat(figure("flowfi_commands_total{result=\"recorded\"}")).isEqualTo(1);
      assertThat(figure("flowfi_log_head")).isEqualTo(1);
      assertThat(stats(Mode.REAL, "published")).isEqualTo(1);
      assertThat(stats(Mode.BY_HEADER, "published")).isEqualTo(2);
      for (Mode mode : Mode.values()) {
        await().untilAsserted(() -> assertConsoleShows(mode, mode.isSandbox() ? 2 : 1));
      }
    }
    String documented = Files.readString(Path.of("docs/operations/metrics.md"));
    assertThat(
            PrometheusText.parse(server.get("/metrics", SecuredServer.as(ADMIN)).body()).keySet())
        .filteredOn(name -> name.contains("sandbox"))
        .hasSize(7)
        .allMatch(name -> documented.contains("| `" + name + "` |"));
  }

  @Test
  void shouldMarkTheStatisticsThatTheConsoleFollows() throws Exception {
    start();
    for (Mode mode : Mode.values()) {
      String[] headers = mode.headers(ADMIN);
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < headers.length; i += 2) {
        lines.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
      }
      try (RawStreams streams = new RawStreams()) {
        BufferedReader in =
            streams.open(server, mode.path("/v1/admin/stats/stream"), lines.toString());
        String line = RawStreams.until(in, "\"uptimeSeconds\"");
        assertThat(line.startsWith("data: {\"sandbox\":true,"))
            .as(line)
            .isEqualTo(mode.isSandbox());
      }
    }
  }

  /** Of one of the ledgers, in all that the console asks for. Only the sandbox is followed. */
  private void assertConsoleShows(Mode mode, int streams) throws Exception {
    int followers = mode.isSandbox() ? 1 : 0;
    JsonNode now = JSON.readTree(get(mode, ADMIN, "/v1/admin/stats").body());
    assertThat(now.at("/log/feed").asInt()).isEqualTo(streams);
    assertThat(now.at("/log/last").asInt()).isEqualTo(streams);
    assertThat(now.at("/connections/open").asInt(-1)).isEqualTo(followers);
    assertThat(now.at("/ring/events").asInt()).isEqualTo(streams);
    JsonNode totals = JSON.readTree(get(mode, ADMIN, "/v1/admin/metrics").body());
    assertThat(totals.at("/streams/total").asInt()).isEqualTo(streams);
    assertThat(totals.at("/events/last24h").asInt()).isEqualTo(streams);
    assertThat(totals.at("/sse/activeConnections").asInt(-1)).isEqualTo(followers);
    JsonNode open = JSON.readTree(get(mode, ADMIN, "/v1/admin/connections").body());
    assertThat(open.path("total").asInt(-1)).isEqualTo(followers);
    JsonNode nodes = JSON.readTree(get(mode, ADMIN, "/v1/admin/nodes").body());
    assertThat(nodes.at("/nodes/0/activeConnections").asInt(-1)).isEqualTo(followers);
  }

  /** A token is as good for one ledger as for the other, but an alert is about the real one. */
  @Test
  void shouldCountLoginsAndTokensOfTheSandboxUnderOtherNames() throws Exception {
    start();
    server.advance(Duration.ofSeconds(1)); // after the second of a process before
    KeyPair wallet = KeyPair.random();
    String path = "/v1/auth?account=" + wallet.getAccountId();
    for (Mode mode : List.of(Mode.BY_HEADER, Mode.BY_QUERY)) {
      String signed = SecuredServer.signed(get(mode, ALICE, path).body(), wallet);
      String body = JSON.createObjectNode().put("transaction", signed).toString();
      assertThat(post(mode, ALICE, "/v1/auth", body).statusCode()).isEqualTo(200);
      assertThat(post(mode, ALICE, "/v1/auth", body).statusCode()).as("used").isEqualTo(401);
    }
    String[] wrong = {"Authorization", "Bearer nonsense", HEADER, "true"};
    assertThat(server.get("/v1/streams", wrong).statusCode()).isEqualTo(401);
    await()
        .untilAsserted(
            () -> {
              assertThat(figure("flowfi_sandbox_logins_total{result=\"accepted\"}")).isEqualTo(2);
              assertThat(figure("flowfi_sandbox_logins_total{result=\"rejected\"}")).isEqualTo(2);
              assertThat(figure("flowfi_sandbox_token_checks_total{result=\"accepted\"}"))
                  .isEqualTo(6);
              assertThat(figure("flowfi_sandbox_token_checks_total{result=\"rejected\"}"))
                  .isEqualTo(1);
            });
    assertThat(figure("flowfi_logins_total{result=\"accepted\"}")).isZero();
    assertThat(figure("flowfi_logins_total{result=\"rejected\"}")).isZero();
    assertThat(figure("flowfi_token_checks_total{result=\"accepted\"}"))
        .as("those who read the figures")
        .isPositive();
    assertThat(figure("flowfi_token_checks_total{result=\"rejected\"}")).isZero();
  }

  private double figure(String series) throws Exception {
    String all = server.get("/metrics", SecuredServer.as(ADMIN)).body();
    return all.lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + series));
  }

  /** Whoever guesses a token gains nothing by the choice of the ledger. */
  @Test
  void shouldCountRequestsOfEachLedgerApartAndFailedLoginsTogether() throws Exception {
    start("RATE_LIMIT_REQUESTS", "60", "RATE_LIMIT_AUTH_FAILURES", "60");
    Shared real = server.node.real().shared();
    Shared tried = server.node.sandbox().orElseThrow().shared();
    String network = "192.0.2.1";
    while (real.rates().requests().take(network) == 0) {
      assertThat(real.rejections().byLimit().get("requests")).isZero();
    }
    assertThat(tried.rates().requests().take(network)).isZero();
    assertThat(tried.rates().commands()).isNotSameAs(real.rates().commands());
    assertThat(tried.rates().connects()).isNotSameAs(real.rates().connects());
    while (real.rates().authFailures().take(network) == 0) {
      assertThat(real.rejections().byLimit().get("auth_failures")).isZero();
    }
    long counted = real.rejections().byLimit().get("auth_failures");
    assertThat(tried.rejections().byLimit().get("auth_failures")).isZero();
    assertThat(tried.rates().authFailures().peek(network)).isPositive();
    assertThat(tried.rejections().byLimit().get("auth_failures")).isEqualTo(1);
    assertThat(real.rejections().byLimit().get("auth_failures")).isEqualTo(counted);
    assertThat(tried.rejections().byLimit().get("requests")).isZero();
  }

  @Test
  void shouldServeTheRealLedgerWhenTheSandboxIsBroken() throws Exception {
    start();
    create(Mode.REAL, ALICE, BOB);
    await().untilAsserted(() -> assertThat(server.node.troubles()).isEmpty());
    assertThat(server.node.degraded()).isEmpty();
    ledger(Mode.BY_HEADER).store().close();
    assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
    JsonNode health = JSON.readTree(server.get("/health").body());
    assertThat(health.at("/degraded/sandbox").asText()).isEqualTo("store cannot be read");
    assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(get(Mode.REAL, ALICE, "/v1/streams/1").statusCode()).isEqualTo(200);
    assertThat(get(Mode.BY_HEADER, ALICE, "/v1/streams", "X-Request-ID", "tried").statusCode())
        .isEqualTo(503);
    List<JsonNode> logged = new ArrayList<>();
    for (String line : server.log.recent()) {
      logged.add(JSON.readTree(line));
    }
    logged.removeIf(line -> !line.path("request").asText().equals("tried"));
    assertThat(logged)
        .as("whose trouble it was")
        .isNotEmpty()
        .allMatch(line -> line.path("sandbox").asText().equals("true"));
  }

  static Stream<Arguments> unclear() {
    return Stream.of(
        arguments("yes", ""),
        arguments("", ""),
        arguments("True", ""),
        arguments("true, true", ""),
        arguments("true", "?sandbox=false"),
        arguments("false", "?sandbox=true"),
        arguments(null, "?sandbox"),
        arguments(null, "?sandbox="),
        arguments(null, "?sandbox=on"),
        arguments(null, "?sandbox=true&sandbox=false"),
        arguments(null, "?%73andbox=yes"),
        arguments(null, "?Sandbox=yes"));
  }

  @ParameterizedTest
  @MethodSource("unclear")
  void shouldDoNothingIfTheChoiceIsNotClear(String header, String query) throws Exception {
    start();
    String[] headers =
        header == null
            ? SecuredServer.as(ADMIN)
            : new String[] {
              "Authorization", SecuredServer.as(ADMIN)[1], HEADER, header,
            };
    HttpResponse<String> answer = server.post("/v1/streams" + query, stream(ALICE, BOB), headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(head(Mode.REAL)).isZero();
    assertThat(head(Mode.BY_HEADER)).isZero();
  }

  @Test
  void shouldKnowTheChoiceHoweverItIsWritten() throws Exception {
    start();
    for (String query :
        List.of("?sandbox=1", "?%73andbox=true", "?_=1&sandbox=%74rue&sandbox=true")) {
      HttpResponse<String> answer =
          server.post("/v1/streams" + query, stream(ALICE, BOB), SecuredServer.as(ADMIN));
      assertThat(answer.statusCode()).as(query + answer.body()).isEqualTo(201);
    }
    assertThat(head(Mode.BY_HEADER)).isEqualTo(3);
    HttpResponse<String> real =
        server.post(
            "/v1/streams?sandbox=false",
            stream(ALICE, BOB),
            Mode.REAL.headers(ADMIN, HEADER, "false"));
    assertThat(real.statusCode()).isEqualTo(201);
    assertThat(head(Mode.REAL)).isEqualTo(1);
    // another parameter: unknown, and never a real stream
    HttpResponse<String> capital =
        server.post("/v1/streams?SANDBOX=true", stream(ALICE, BOB), SecuredServer.as(ADMIN));
    assertThat(capital.statusCode()).isEqualTo(400);
  }

  /** Whoever means the sandbox must not get the real ledger: not at any endpoint. */
  @Test
  void shouldRefuseEverythingForTheSandboxWhereThereIsNone() throws Exception {
    server = SecuredServer.start(directory);
    for (AccessMatrixTest.Row row : AccessMatrixTest.ROWS) {
      for (Mode mode : List.of(Mode.BY_HEADER, Mode.BY_QUERY)) {
        HttpResponse<String> answer = call(row, mode, row.path().replace("#", "1"));
        assertThat(answer.statusCode()).as(row.endpoint()).isEqualTo(400);
        assertThat(answer.body()).contains("SANDBOX=on");
        assertThat(answer.headers().firstValue(HEADER)).isEmpty();
      }
    }
    assertThat(head(Mode.REAL)).isZero();
    HttpResponse<String> real = get(Mode.REAL, ADMIN, "/v1/streams?sandbox=false");
    assertThat(real.statusCode()).isEqualTo(200);
    assertThat(real.headers().allValues("Vary").toString()).doesNotContain(HEADER);
    assertThat(directory.resolve("sandbox")).doesNotExist();
  }

  /** A folder that was moved, or a setting that names the wrong one. */
  @Test
  void shouldOpenNoLogForWhatItIsNot() throws IOException {
    EmbeddedStore.open(directory, LogPurpose.SANDBOX).close();
    assertThatThrownBy(() -> EmbeddedStore.open(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sandbox");
    EmbeddedStore.open(directory, LogPurpose.SANDBOX).close();
    Path real = Files.createDirectory(directory.resolve("real"));
    EmbeddedStore.open(real).close();
    assertThatThrownBy(() -> EmbeddedStore.open(real, LogPurpose.SANDBOX))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("real");
  }

  @Test
  void shouldKeepBothLedgersOverARestart() throws Exception {
    start();
    create(Mode.REAL, ALICE, BOB);
    create(Mode.BY_HEADER, BOB, ALICE);
    server.close();
    start();
    assertThat(get(Mode.REAL, ADMIN, "/v1/streams").body()).contains(ALICE).contains("\"1\"");
    assertThat(head(Mode.REAL)).isEqualTo(1);
    assertThat(head(Mode.BY_HEADER)).isEqualTo(1);
  }

  /** Each in its own schema of one database; nodes tell each other of both. */
  @Test
  void shouldKeepThemApartInOnePostgres() throws Exception {
    Map<String, String> settings =
        Map.of(
            "DATABASE_URL",
            TestStore.postgres().newDatabase(),
            "SANDBOX",
            "on",
            "LOG_POLL_INTERVAL",
            "60s"); // what comes was told
    try (ApiServer first = new ApiServer(directory.resolve("a"), settings);
        ApiServer second = new ApiServer(directory.resolve("b"), settings)) {
      server = null;
      for (ServedLedger ledger :
          List.of(
              first.node.real(),
              second.node.real(),
              first.node.sandbox().orElseThrow(),
              second.node.sandbox().orElseThrow())) {
        await().until(() -> ledger.relayStatistics().orElseThrow().connected());
      }
      assertThat(first.create(ALICE).statusCode()).isEqualTo(201);
      for (int i = 0; i < 3; i++) {
        assertThat(first.post("/v1/streams", stream(BOB, CAROL), HEADER, "true").statusCode())
            .isEqualTo(201);
      }
      await()
          .until(() -> second.node.sandbox().orElseThrow().fanOut().statistics().published() == 3);
      await().until(() -> second.node.real().fanOut().statistics().published() == 1);
      assertThat(second.node.real().store().log().identity().isSandbox()).isFalse();
      assertThat(second.node.sandbox().orElseThrow().store().log().identity())
          .isEqualTo(first.node.sandbox().orElseThrow().store().log().identity());
      assertThat(second.get("/v1/streams/1", HEADER, "true").body()).contains(BOB);
      assertThat(second.get("/v1/streams/1").body()).contains(ALICE);
    }
  }

  /** Connections go back to the container, and would take the other schema along. */
  @Test
  void shouldNotBeginOnADataSourceOfTheContainer() {
    assertThatThrownBy(() -> start("DATABASE_URL", "jndi:jdbc/flowfi"))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("SANDBOX=on");
  }
}
