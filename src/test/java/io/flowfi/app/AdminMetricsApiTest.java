package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The totals for a console, with the names that the replaced service had. */
@Timeout(60)
class AdminMetricsApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private static JsonNode metrics(ApiServer server) throws Exception {
    var answer = server.get("/v1/admin/metrics");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  @Test
  void shouldAddUpStreamsEventsAndWhatWasWithdrawn() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      for (int i = 1; i <= 5; i++) {
        server.create(TestAddresses.account(1));
      }
      server.post("/v1/streams/1/withdraw", "{\"amount\":\"300\"}");
      server.post("/v1/streams/2/withdraw", ""); // completed
      server.post("/v1/streams/3/pause", "");
      server.post("/v1/streams/4/cancel", "");
      int events = JSON.readTree(server.get("/v1/events?limit=1").body()).path("head").asInt();
      server.advance(Duration.ofHours(23));
      JsonNode all = metrics(server);
      assertThat(all.at("/streams/total").asInt()).isEqualTo(5);
      assertThat(all.at("/streams/active").asInt()).isEqualTo(2);
      assertThat(all.at("/streams/paused").asInt()).isEqualTo(1);
      assertThat(all.at("/streams/byStatus/completed").asInt()).isEqualTo(1);
      assertThat(all.at("/streams/byStatus/cancelled").asInt()).isEqualTo(1);
      assertThat(all.path("totalVolumeStreamed").asText()).isEqualTo("2300");
      assertThat(all.at("/events/last24h").asInt()).isEqualTo(events);
      assertThat(all.at("/fees/totalFeesCollectedByToken")).isEmpty();
      assertThat(all.at("/sse/activeConnections").asInt(-1)).isZero();
      assertThat(all.at("/pgPool/totalCount").asInt()).isPositive();
      assertThat(all.at("/pgPool/waitingCount").asInt(-1)).isZero();
      assertThat(all.path("indexer").isNull()).isTrue();
      assertThat(all.path("uptime").asDouble()).isEqualTo(23 * 3600);
      // counted again only after some seconds
      server.create(TestAddresses.account(1));
      assertThat(metrics(server).at("/streams/total").asInt()).isEqualTo(5);
      assertThat(server.get("/v1/admin/metrics?since=1").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void shouldLeaveOutEventsOfYesterday() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      server.create(TestAddresses.account(1));
      server.advance(Duration.ofHours(12));
      server.create(TestAddresses.account(1));
      server.advance(Duration.ofHours(12).plusSeconds(1));
      server.create(TestAddresses.account(1));
      assertThat(metrics(server).at("/events/last24h").asInt()).isEqualTo(2);
    }
  }

  @Test
  void shouldSpeakOfTheIndexerInTheWordsOfTheReplacedService() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of(), new StubIndexer())) {
      JsonNode indexer = metrics(server).path("indexer");
      assertThat(indexer.path("lastLedger").asLong()).isEqualTo(119);
      assertThat(indexer.path("lagSeconds").asLong()).isEqualTo(155);
      assertThat(indexer.path("eventsProcessed").asLong()).isEqualTo(44);
      assertThat(indexer.path("eventsFailed").asLong()).isEqualTo(1);
      assertThat(indexer.path("lastErrorAt").asText()).isEqualTo("2027-01-15T08:00:00Z");
      assertThat(indexer.path("degraded").asBoolean()).isTrue();
    }
  }
}
