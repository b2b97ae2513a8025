package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.conformance.KitRun;
import io.flowfi.it.EventStream;
import io.flowfi.it.SseFrame;
import io.flowfi.it.TestAddresses;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients see of a log whose old events are gone. */
@Timeout(60)
class RetentionApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;
  @TempDir Path archive;

  private static JsonNode json(ApiServer server, String path) throws Exception {
    return JSON.readTree(server.get(path).body());
  }

  @Test
  void shouldTellClientsWhatIsGone() throws Exception {
    Instant later = ApiServer.START.plus(Duration.ofDays(3));
    String closed = "/v1/events?order=asc&after=3&limit=1";
    String ofWhatEndsThere = "/v1/events?before=6&limit=2";
    String tag;
    String tagOfWhatEndsThere;
    try (ApiServer before = new ApiServer(directory, Map.of())) {
      before.create(TestAddresses.account(1));
      before.create(TestAddresses.account(2));
      before.create(TestAddresses.account(3));
      before.advance(Duration.ofDays(3));
      before.create(TestAddresses.account(4));
      HttpResponse<String> toppedUp =
          before.post("/v1/streams/2/top-up", "{\"amount\":\"5\"}"); // its creation will be gone
      assertThat(toppedUp.statusCode()).as(toppedUp.body()).isEqualTo(200);
      tag = before.get(closed).headers().firstValue("ETag").orElseThrow();
      HttpResponse<String> last = before.get(ofWhatEndsThere);
      assertThat(JSON.readTree(last.body()).path("hasMore").asBoolean()).isTrue();
      tagOfWhatEndsThere = last.headers().firstValue("ETag").orElseThrow();
    }
    Map<String, String> settings =
        Map.of("EVENT_RETENTION", "1d,10000", "EVENT_ARCHIVE_DIR", archive.toString());
    try (ApiServer server = new ApiServer(directory, settings, later)) {
      await().until(() -> json(server, "/v1/events/stats").path("oldest").asLong() == 4);
      assertThat(json(server, "/v1/events/stats").path("head").asLong()).isEqualTo(5);
      assertThat(server.get("/health").body()).doesNotContain("degraded");
      try (Stream<Path> files = Files.walk(archive)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .contains("events-000000000000000001-000000000000000003.ndjson.gz");
      }

      JsonNode page = json(server, "/v1/events?order=asc");
      assertThat(page.path("events")).hasSize(2);
      assertThat(page.path("total").asLong()).isEqualTo(2);
      assertThat(page.path("oldest").asLong()).isEqualTo(4);
      JsonNode ofStream = json(server, "/v1/streams/1/events");
      assertThat(ofStream.path("events")).isEmpty();
      assertThat(ofStream.path("oldest").asLong()).isEqualTo(4);
      // a page that has lost nothing is the same as before
      assertThat(server.get(closed, "If-None-Match", tag).statusCode()).isEqualTo(304);
      // one with the same events, and nothing behind them any more, is not
      HttpResponse<String> last = server.get(ofWhatEndsThere, "If-None-Match", tagOfWhatEndsThere);
      assertThat(last.statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(last.body()).path("hasMore").asBoolean()).isFalse();

      // who exports what came since last time sees that some of it is missing
      HttpResponse<String> export =
          server.get("/v1/events?after=1", "Accept", "application/x-ndjson");
      assertThat(export.body().lines()).hasSize(2);
      assertThat(export.headers().firstValue("Log-Oldest")).hasValue("4");
      assertThat(export.headers().firstValue("Log-Head")).hasValue("5");

      assertThat(server.get("/v1/streams/1").statusCode()).isEqualTo(200);
      long past = ApiServer.START.getEpochSecond() - 1;
      assertThat(server.get("/v1/streams/1/claimable").statusCode()).isEqualTo(200);
      for (int stream : List.of(1, 2)) {
        assertThat(server.get("/v1/streams/" + stream + "/claimable?at=" + past).statusCode())
            .isEqualTo(409);
      }

      // this node still has it in memory
      try (EventStream behind =
          EventStream.at(server.port()).query("all=true&lastEventId=2").open()) {
        behind.nextConnected();
        assertThat(behind.nextEvent("stream.created").position()).isEqualTo("3");
      }
    }
    try (ApiServer server = new ApiServer(directory, settings, later)) {
      try (EventStream behind =
          EventStream.at(server.port()).query("all=true&lastEventId=2").open()) {
        assertThat(behind.nextConnected().position()).isEqualTo("5");
        SseFrame reset = behind.nextEvent("reset");
        assertThat(reset.json())
            .isEqualTo(JSON.readTree("{\"reason\":\"history_trimmed\",\"oldest\":4,\"head\":5}"));
        server.create(TestAddresses.account(6));
        assertThat(behind.nextEvent("stream.created").position()).isEqualTo("6");
      }
      try (EventStream level =
          EventStream.at(server.port()).query("all=true&lastEventId=3").open()) {
        level.nextConnected();
        assertThat(level.nextEvent("stream.created").position()).isEqualTo("4");
      }
      assertThat(KitRun.of(URI.create("http://127.0.0.1:" + server.port() + "/"), "reset"))
          .as("what the kit says, which elsewhere has no log that was trimmed")
          .containsOnlyKeys("reset.future", "reset.another-log", "reset.past", "reset.then-live")
          .allSatisfy((check, became) -> assertThat(became).as(check).isEqualTo("pass"));
    }
  }
}
