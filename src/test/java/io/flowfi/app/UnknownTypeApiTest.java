package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.EventStream;
import io.flowfi.it.SseFrame;
import io.flowfi.it.TestAddresses;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/**
 * Events that only a later version knows, with and without a stream: a node passes them on by their
 * name, on every path.
 */
class UnknownTypeApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String RENAMED = "{\"streamId\":\"1\",\"version\":2,\"name\":\"rent\"}";

  @TempDir Path directory;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ApiServer(directory, Map.of("RATE_LIMIT", "off"));
    assertThat(server.create(ALICE).statusCode()).isEqualTo(201);
    restart();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** From here to the next command nobody holds the store's lock, so another may write. */
  private void restart() {
    server.close();
    server = new ApiServer(directory, Map.of("RATE_LIMIT", "off"));
  }

  /** What a later version would have written, at positions 2 and 3. */
  private void appendUnknown() throws SQLException {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    try (Connection connection = file.getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO events (seq, type, stream_id, sender, recipient, event_time, payload)"
                    + " VALUES (?, ?, ?, ?, ?, 1800000000, ?)");
        Statement update = connection.createStatement()) {
      connection.setAutoCommit(false);
      insert.setLong(1, 2);
      insert.setString(2, "stream.renamed");
      insert.setLong(3, 1);
      insert.setString(4, ALICE);
      insert.setString(5, TestAddresses.account(2));
      insert.setString(6, RENAMED);
      insert.executeUpdate();
      insert.setLong(1, 3);
      insert.setString(2, "protocol.paused");
      insert.setObject(3, null);
      insert.setString(4, null);
      insert.setString(5, null);
      insert.setString(6, "{}");
      insert.executeUpdate();
      update.executeUpdate("UPDATE log_head SET seq = 3");
      update.executeUpdate("UPDATE streams SET version = 2, updated_seq = 2");
      connection.commit();
    }
  }

  /** The writer finds what the other has written, and so does the feed. */
  private void topUp() throws Exception {
    HttpResponse<String> answer = server.post("/v1/streams/1/top-up", "{\"amount\":\"1\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private EventStream subscribe(String query) {
    return EventStream.at(server.port()).query(query).open();
  }

  private static void assertNext(EventStream events, String type, String id, String data)
      throws Exception {
    SseFrame frame = events.nextEvent();
    assertThat(frame.event()).isEqualTo(type);
    assertThat(frame.position()).isEqualTo(id);
    if (data != null) {
      assertThat(frame.json()).isEqualTo(JSON.readTree(data));
    }
  }

  private static void assertToppedUp(EventStream events) throws Exception {
    assertNext(events, "stream.topped_up", "4", null);
    events.assertNothingUnexpected();
  }

  @Test
  void shouldDeliverThemLiveToSubscribersOfAllTypes() throws Exception {
    try (EventStream all = subscribe("all=true");
        EventStream stream = subscribe("streams=1");
        EventStream user = subscribe("users=" + ALICE);
        EventStream typed = subscribe("all=true&types=stream.created,stream.topped_up")) {
      for (EventStream events : List.of(all, stream, user, typed)) {
        assertThat(events.nextConnected().position()).isEqualTo("1");
      }
      appendUnknown();
      topUp();
      for (EventStream events : List.of(all, stream, user)) {
        assertNext(events, "stream.renamed", "2", RENAMED);
      }
      assertNext(all, "protocol.paused", "3", "{}");
      for (EventStream events : List.of(all, stream, user, typed)) {
        assertToppedUp(events);
      }
    }
  }

  @Test
  void shouldReplayThem() throws Exception {
    appendUnknown();
    restart();
    topUp();
    try (EventStream all = subscribe("all=true&lastEventId=1");
        EventStream stream = subscribe("streams=1&lastEventId=1");
        EventStream typed = subscribe("streams=1&types=stream.topped_up&lastEventId=1")) {
      for (EventStream events : List.of(all, stream, typed)) {
        assertThat(events.nextConnected().position()).isEqualTo("1");
      }
      assertNext(all, "stream.renamed", "2", RENAMED);
      assertNext(all, "protocol.paused", "3", "{}");
      assertNext(stream, "stream.renamed", "2", RENAMED);
      for (EventStream events : List.of(all, stream, typed)) {
        assertToppedUp(events);
      }
    }
  }

  @Test
  void shouldSendThemAfterASnapshot() throws Exception {
    try (EventStream events = subscribe("streams=1&snapshot=true")) {
      events.nextConnected();
      assertThat(events.nextEvent().event()).isEqualTo("stream.snapshot");
      assertThat(events.nextEvent().event()).isEqualTo("snapshot_end");
      appendUnknown();
      topUp();
      assertNext(events, "stream.renamed", "2", RENAMED);
      assertToppedUp(events);
    }
  }

  @Test
  void shouldHaveThemInTheHistory() throws Exception {
    appendUnknown();
    for (String path :
        List.of(
            "/v1/events?stream=1",
            "/v1/events?user=" + ALICE,
            "/v1/streams/1/events?",
            "/v1/events?before=3")) {
      JsonNode page = JSON.readTree(server.get(path).body());
      assertThat(page.path("total").asInt()).as(path).isEqualTo(2);
      JsonNode newest = page.path("events").path(0);
      assertThat(newest.path("type").asText()).as(path).isEqualTo("stream.renamed");
      assertThat(newest.path("data")).isEqualTo(JSON.readTree(RENAMED));
    }
    JsonNode log = JSON.readTree(server.get("/v1/events?order=asc").body());
    assertThat(log.path("events").findValuesAsText("type"))
        .containsExactly("stream.created", "stream.renamed", "protocol.paused");
  }

  /** Only names of the contract are allowed: a mistyped name would wait forever. */
  @Test
  void shouldTakeOnlyKnownNamesInAFilter() throws Exception {
    appendUnknown();
    for (String path :
        List.of(
            "/v1/events?type=stream.renamed",
            "/v1/events/subscribe?all=true&types=stream.renamed")) {
      HttpResponse<String> answer = server.opened(path);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("protocol.initialized");
    }
  }
}
