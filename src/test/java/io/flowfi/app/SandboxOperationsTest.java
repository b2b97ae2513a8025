package io.flowfi.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.TestAddresses;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TestStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox of an installation as it is run: with Redis, with old events removed, backed up. */
@Timeout(120)
class SandboxOperationsTest {
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String[] IN_SANDBOX = {"X-Sandbox-Mode", "true"};

  @TempDir Path directory;
  @TempDir Path archive;

  private static ServedLedger sandbox(ApiServer server) {
    return server.node.sandbox().orElseThrow();
  }

  private static Map<String, String> onPostgres(String database) {
    Map<String, String> settings = new HashMap<>();
    settings.put("DATABASE_URL", database);
    settings.put("SANDBOX", "on");
    settings.put("LOG_POLL_INTERVAL", "60s"); // what comes was told
    return settings;
  }

  /** One Redis for both ledgers of both nodes. */
  @Test
  void shouldTellOtherNodesOfEachLedgerOverRedis() throws Exception {
    try (RedisServer redis = RedisServer.start()) {
      Map<String, String> settings = onPostgres(TestStore.postgres().newDatabase());
      settings.put("REDIS_URL", redis.url());
      try (ApiServer first = new ApiServer(directory.resolve("a"), settings);
          ApiServer second = new ApiServer(directory.resolve("b"), settings)) {
        for (ServedLedger ledger :
            List.of(first.node.real(), second.node.real(), sandbox(first), sandbox(second))) {
          await().until(() -> ledger.relayStatistics().orElseThrow().connected());
          assertThat(ledger.relayStatistics().orElseThrow().channel()).isEqualTo("redis");
        }
        assertThat(first.create(ALICE).statusCode()).isEqualTo(201);
        for (int i = 0; i < 3; i++) {
          assertThat(first.create(BOB, IN_SANDBOX).statusCode()).isEqualTo(201);
        }
        await().until(() -> sandbox(second).fanOut().statistics().published() == 3);
        await().until(() -> second.node.real().fanOut().statistics().published() == 1);
        assertThat(second.get("/v1/streams/1", IN_SANDBOX).body()).contains(BOB);
        assertThat(second.get("/v1/streams/1").body()).contains(ALICE);
        assertThat(sandbox(second).relayStatistics().orElseThrow().received()).isPositive();
        assertThat(sandbox(second).relayStatistics().orElseThrow().unsigned()).isZero();

        redis.kill();
        assertThat(first.create(BOB, IN_SANDBOX).statusCode()).isEqualTo(201);
        assertThat(first.get("/health/ready").statusCode()).as("works without it").isEqualTo(200);
        assertThat(first.get("/v1/streams/4", IN_SANDBOX).statusCode()).isEqualTo(200);
      }
    }
  }

  /** EVENT_RETENTION is for what was paid; the sandbox keeps its own number of events. */
  @Test
  void shouldRemoveAndArchiveOldEventsOfTheRealLedgerOnly() throws Exception {
    try (ApiServer before = new ApiServer(directory, Map.of("SANDBOX", "on"))) {
      for (int i = 0; i < 3; i++) {
        before.create(ALICE);
        before.create(BOB, IN_SANDBOX);
      }
      before.advance(Duration.ofDays(3));
      before.create(ALICE);
    }
    Map<String, String> settings =
        Map.of(
            "SANDBOX", "on",
            "EVENT_RETENTION", "1d,10000",
            "EVENT_ARCHIVE_DIR", archive.toString());
    Instant later = ApiServer.START.plus(Duration.ofDays(3));
    try (ApiServer server = new ApiServer(directory, settings, later)) {
      await()
          .until(() -> server.node.real().store().log().bounds().oldest().value(), at -> at == 4);
      assertThat(sandbox(server).store().log().bounds().oldest().value()).isEqualTo(1);
      assertThat(server.get("/v1/events?order=asc", IN_SANDBOX).body()).contains("\"total\":3");
      try (Stream<Path> files = Files.walk(archive)) {
        assertThat(files.map(Path::toString)).noneMatch(file -> file.contains("sandbox"));
      }
      assertThat(server.get("/health").body()).doesNotContain("degraded");
    }
  }

  /** A restored log must be another one, and so must the sandbox's beside it. */
  @Test
  void shouldBackUpBothLogsOfAPostgresWithoutTheirIdentities() throws Exception {
    String database = TestStore.postgres().newDatabase();
    try (ApiServer server = new ApiServer(directory, onPostgres(database))) {
      server.create(ALICE);
      server.create(BOB, IN_SANDBOX);
    }
    Matcher documented =
        Pattern.compile("pg_dump --format=custom (\\S+)")
            .matcher(Files.readString(Path.of("docs/scaling.md")));
    assertThat(documented.find()).isTrue();
    String uri = database.replaceFirst("^jdbc:", "");
    String what = documented.group(1).replace("'", "");
    Process dump =
        new ProcessBuilder("pg_dump", "--format=plain", "--dbname=" + uri, what)
            .redirectError(directory.resolve("complaints").toFile())
            .start();
    String text = new String(dump.getInputStream().readAllBytes(), UTF_8);
    int status = dump.waitFor();
    String complaints = complaints();
    assumeThat(complaints).as("a pg_dump of the server's version").doesNotContain("mismatch");
    assertThat(status).as(complaints).isZero();
    assertThat(text)
        .contains("CREATE TABLE public.log_identity", "CREATE TABLE flowfi_sandbox.log_identity")
        .contains("COPY public.events", "COPY flowfi_sandbox.events")
        .doesNotContain("COPY public.log_identity", "COPY flowfi_sandbox.log_identity");
  }

  private String complaints() throws IOException {
    return Files.readString(directory.resolve("complaints"));
  }
}
