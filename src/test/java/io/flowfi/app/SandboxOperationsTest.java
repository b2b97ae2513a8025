package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.TestAddresses;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TestStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox of an installation as it is run: with Redis, and with old events removed. */
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
}
