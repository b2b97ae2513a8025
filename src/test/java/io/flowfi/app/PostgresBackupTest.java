package io.flowfi.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.EventStream;
import io.flowfi.it.SseFrame;
import io.flowfi.it.TestAddresses;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.servers.Needed;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The backup steps of {@code docs/scaling.md}, while commands flow, with the programs of an
 * installed PostgreSQL and its server.
 */
@Timeout(180)
class PostgresBackupTest {
  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final String ALICE = TestAddresses.account(1);
  private static final String[] REAL = {};
  private static final String[] SANDBOX = {"X-Sandbox-Mode", "true"};

  @TempDir Path directory;

  /** Of the streams that were answered with 201. */
  private final List<String> made = new CopyOnWriteArrayList<>();

  private final List<String> madeInSandbox = new CopyOnWriteArrayList<>();
  private final AtomicBoolean enough = new AtomicBoolean();

  private PostgresServer postgres;
  private String operator = "flowfi"; // as the tests' servers call their superuser

  @BeforeEach
  void start() throws Exception {
    Needed.need(
        PostgresServer.isInstalled(),
        "PostgreSQL is not installed: the backup of docs/scaling.md was not tried");
    postgres = TestStore.started(PostgresServer::installed);
    shell("createuser --superuser operator");
    operator = "operator";
    shell("psql --quiet --dbname=postgres --command='ALTER ROLE flowfi RENAME TO another'");
    String setUp = documented("\n## PostgreSQL\n").get(0);
    assertThat(setUp).contains("createuser --pwprompt flowfi", "createdb ");
    shell(setUp.replace("--pwprompt ", "")); // it is asked on a terminal
  }

  @AfterEach
  void stop() {
    if (postgres != null) {
      postgres.close();
    }
  }

  @Test
  void shouldBringBackBothLogsWholeAndAsOthers() throws Exception {
    List<String> documented = documented("\n### Back up and restore\n");
    assertThat(documented).hasSize(3);
    int before;
    int beforeInSandbox;
    int during;
    String log;
    String cursor;
    String cursorInSandbox;
    try (ApiServer node = node()) {
      CompletableFuture<Void> commands = CompletableFuture.runAsync(() -> write(node));
      awaitMade(20, commands);
      CompletableFuture<Void> backup;
      try (Connection connection = PostgresServer.connectTo(url());
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        // a node at work does not need it, and pg_dump waits for it when its snapshot is taken
        statement.execute("LOCK TABLE flyway_schema_history IN ACCESS EXCLUSIVE MODE");
        before = made.size();
        beforeInSandbox = madeInSandbox.size();
        backup = CompletableFuture.runAsync(() -> shell(documented.get(0)));
        await().until(() -> backup.isDone() || isAwaited(statement));
        assertThat(backup).as("waits").isNotDone();
        during = made.size();
        awaitMade(during + 5, commands);
        connection.rollback();
      }
      backup.get(60, TimeUnit.SECONDS);
      awaitMade(made.size() + 1, commands);
      enough.set(true);
      commands.get(30, TimeUnit.SECONDS);
      log = identity(node.node.real());
      cursor = tenth(node, REAL);
      cursorInSandbox = tenth(node, SANDBOX);
    }

    shell(documented.get(1));
    String restored;
    try (ApiServer node = node()) {
      restored = identity(node.node.real());
      assertThat(restored).isNotEqualTo(log);
      assertThat(wholeLog(node.node.real(), made)).isBetween(before, during + 1);
      assertThat(wholeLog(node.node.sandbox().orElseThrow(), madeInSandbox))
          .isBetween(beforeInSandbox, during + 1);
      String last = made.get(made.size() - 1);
      assertThat(node.get("/v1/streams/" + last).statusCode()).isEqualTo(404);
      assertThatItStartsOver(node, cursor, REAL);
      assertThatItStartsOver(node, cursorInSandbox, SANDBOX);
    }

    shell(documented.get(2));
    try (ApiServer node = node()) {
      assertThat(identity(node.node.real())).isNotIn(log, restored);
    }
  }

  private ApiServer node() {
    return new ApiServer(directory.resolve("data"), Map.of("DATABASE_URL", url(), "SANDBOX", "on"));
  }

  private String url() {
    return "postgresql://flowfi@127.0.0.1:" + postgres.port() + "/flowfi?sslmode=disable";
  }

  private void write(ApiServer node) {
    while (!enough.get()) {
      made.add(create(node, REAL));
      madeInSandbox.add(create(node, SANDBOX));
    }
  }

  private static String create(ApiServer node, String... headers) {
    try {
      HttpResponse<String> answer = node.create(ALICE, headers);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
      return answer
          .headers()
          .firstValue("Location")
          .orElseThrow()
          .replaceFirst(".*/([0-9]+).*", "$1");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitMade(int streams, CompletableFuture<Void> commands) {
    await().atMost(60, TimeUnit.SECONDS).until(() -> commands.isDone() || made.size() >= streams);
    assertThat(commands).as("the commands flow").isNotDone();
  }

  private static boolean isAwaited(Statement statement) throws SQLException {
    try (ResultSet waiting =
        statement.executeQuery(
            "SELECT 1 FROM pg_locks WHERE NOT granted"
                + " AND relation = 'flyway_schema_history'::regclass")) {
      return waiting.next();
    }
  }

  private static String identity(ServedLedger ledger) {
    return ledger.store().log().identity().text();
  }

  /** The id of an event that the backup has, too. */
  private static String tenth(ApiServer node, String... headers) {
    try (EventStream events = subscribe(node, "9", headers)) {
      events.nextConnected();
      return events.nextEvent("stream.created").id();
    }
  }

  private static EventStream subscribe(ApiServer node, String cursor, String... headers) {
    EventStream.Request request = EventStream.at(node.port()).lastEventId(cursor);
    if (headers.length > 0) {
      request.header(headers[0], headers[1]);
    }
    return request.open();
  }

  /**
   * Checks that the log has no gap and what was answered, in its order.
   *
   * @return how many events it has
   */
  private static int wholeLog(ServedLedger ledger, List<String> answered) {
    List<LoggedEvent> events =
        ledger.store().log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000).events();
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).position().value()).isEqualTo(i + 1);
      assertThat(events.get(i).streamId().orElseThrow()).hasToString(answered.get(i));
    }
    return events.size();
  }

  private static void assertThatItStartsOver(ApiServer node, String cursor, String... headers)
      throws Exception {
    assertThat(cursor).startsWith("10.");
    try (EventStream events = subscribe(node, cursor, headers)) {
      SseFrame hello = events.nextConnected();
      SseFrame reset = events.nextEvent("reset");
      assertThat(reset.json().path("reason").asText()).isEqualTo("unknown_position");
      assertThat(reset.position()).isEqualTo(hello.position());
      String created = create(node, headers);
      SseFrame live = events.nextEvent("stream.created");
      assertThat(live.json().path("streamId").asText()).as("and no replay").isEqualTo(created);
      long head = Long.parseLong(reset.position());
      assertThat(live.position()).isEqualTo(Long.toString(head + 1));
      events.assertNothingUnexpected();
    }
    assertThat(node.get("/v1/events?order=asc&after=" + cursor, headers).statusCode())
        .isEqualTo(409);
  }

  private static List<String> documented(String heading) throws Exception {
    String text = Files.readString(Path.of("docs/scaling.md"));
    int begin = text.indexOf(heading);
    assertThat(begin).isPositive();
    String section = text.substring(begin, text.indexOf("\n##", begin + heading.length()));
    return BLOCK.matcher(section).results().map(block -> block.group(1)).toList();
  }

  /** Runs it with the server's own programs, as its operator. */
  private void shell(String commands) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder("bash", "-ec", commands)
              .directory(directory.toFile())
              .redirectErrorStream(true);
      Map<String, String> environment = builder.environment();
      environment.put("PATH", postgres.programs() + ":" + environment.get("PATH"));
      environment.put("PGHOST", "127.0.0.1");
      environment.put("PGPORT", Integer.toString(postgres.port()));
      environment.put("PGUSER", operator);
      Process shell = builder.start();
      String output = new String(shell.getInputStream().readAllBytes(), UTF_8);
      assertThat(shell.waitFor()).as(commands + output).isZero();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
