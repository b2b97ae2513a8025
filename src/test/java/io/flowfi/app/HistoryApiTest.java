package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cursors: each fits only its own query, and a polling client never loses its place. */
class HistoryApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);

  @TempDir Path directory;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ApiServer(directory, Map.of("RATE_LIMIT", "off"));
    for (int i = 0; i < 5; i++) {
      created();
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void created() throws Exception {
    assertThat(server.create(ALICE).statusCode()).isEqualTo(201);
  }

  private JsonNode page(String path) throws Exception {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static List<String> places(JsonNode page) {
    return page.has("events")
        ? page.path("events").findValuesAsText("seq")
        : page.path("streams").findValuesAsText("streamId");
  }

  private static String cursor(JsonNode page) {
    assertThat(page.path("nextCursor").isTextual()).as(page.toString()).isTrue();
    return "cursor=" + page.path("nextCursor").asText();
  }

  private String refusal(String path, int status) throws Exception {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body()).path("detail").asText();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/events?",
        "/v1/streams/1/events?",
        "/v1/users/ALICE/events?",
        "/v1/streams?",
        "/v1/streams?sort=updated&"
      })
  void shouldKeepThePlaceOfAClientThatPollsInAscendingOrder(String path) throws Exception {
    String list = path.replace("ALICE", ALICE);
    JsonNode page = page(list + "order=asc&limit=100");
    assertThat(page.path("hasMore").asBoolean()).isFalse();
    int before = places(page).size();
    JsonNode nothing = page(list + cursor(page));
    assertThat(places(nothing)).isEmpty();
    assertThat(nothing.path("hasMore").asBoolean()).isFalse();
    created();
    assertThat(server.post("/v1/streams/1/top-up", "{\"amount\":\"5\"}").statusCode())
        .isEqualTo(200);
    List<String> all = places(page(list + "order=asc&limit=100"));
    List<String> fresh = places(page(list + cursor(nothing)));
    if (list.contains("updated")) {
      assertThat(fresh).containsExactly("6", "1");
    } else {
      assertThat(fresh).isEqualTo(all.subList(before, all.size()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/events?", "/v1/streams?", "/v1/streams?sort=updated&"})
  void shouldGoOnInTheOrderOfThePageBefore(String list) throws Exception {
    for (String order : List.of("asc", "desc")) {
      JsonNode page = page(list + "limit=2&order=" + order);
      List<String> read = new ArrayList<>(places(page));
      while (page.path("hasMore").asBoolean()) {
        page = page(list + "limit=2&" + cursor(page));
        read.addAll(places(page));
      }
      List<String> all = places(page(list + "order=" + order));
      assertThat(read).as(order).hasSize(5).isEqualTo(all);
    }
  }

  @Test
  void shouldRejectACursorOfAnotherQuery() throws Exception {
    String events = cursor(page("/v1/events?order=asc&limit=2"));
    assertThat(refusal("/v1/events?order=desc&" + events, 400)).contains("other order");
    assertThat(refusal("/v1/events?type=stream.created&" + events, 400)).contains("another query");
    assertThat(refusal("/v1/events?stream=1&" + events, 400)).contains("another query");
    assertThat(refusal("/v1/streams/1/events?" + events, 400)).contains("another query");
    assertThat(refusal("/v1/events?before=4&" + events, 400)).contains("another query");
    assertThat(refusal("/v1/events?cursor=2", 400)).contains("after or before");
    // a client that still counts its pages would skip events, and never know
    for (String skips : List.of("offset=1", "page=2")) {
      for (String list : List.of("/v1/events?", "/v1/users/" + ALICE + "/events?")) {
        String own = cursor(page(list + "order=asc&limit=2"));
        assertThat(refusal(list + "limit=2&" + skips + "&" + own, 400)).contains("not both");
        assertThat(places(page(list + "limit=2&offset=0&page=1&" + own))).first().isEqualTo("3");
      }
    }
    String streams = cursor(page("/v1/streams?order=asc&limit=2"));
    assertThat(refusal("/v1/streams?order=desc&" + streams, 400)).contains("other order");
    assertThat(refusal("/v1/streams?status=PAUSED&" + streams, 400)).contains("another query");
    assertThat(refusal("/v1/streams?sort=updated&" + streams, 400)).contains("another sort");
  }

  /** A polling client may keep its cursor for days, while the server gets a new version. */
  @Test
  void shouldTakeACursorThatAnEarlierVersionGaveOut() throws Exception {
    String types = "type=stream.paused,stream.created,stream.topped_up";
    JsonNode page = page("/v1/events?limit=2&" + types);
    String log = page.path("log").asText();
    assertThat(page.path("nextCursor").asText()).isEqualTo("d4-jtgwsl." + log);
    assertThat(places(page("/v1/events?limit=2&cursor=d4-jtgwsl&" + types)))
        .containsExactly("3", "2");
  }

  /** Newest first, down to the client's position; then on with later events. */
  @Test
  void shouldContinueWithLaterEventsAtTheEndOfAQueryAfterAPosition() throws Exception {
    JsonNode page = page("/v1/events?after=1&limit=2");
    assertThat(places(page)).containsExactly("5", "4");
    created();
    page = page("/v1/events?after=1&limit=2&" + cursor(page));
    assertThat(places(page)).containsExactly("3", "2");
    assertThat(page.path("hasMore").asBoolean()).isFalse();
    assertThat(places(page("/v1/events?" + cursor(page)))).containsExactly("6");
    assertThat(places(page("/v1/events?" + cursor(page("/v1/events?after=6"))))).isEmpty();
    // without such a position there is an end
    assertThat(page("/v1/events").path("nextCursor").isNull()).isTrue();
  }

  @Test
  void shouldSayThatAPositionIsBeyondTheEndOfTheLog() throws Exception {
    assertThat(places(page("/v1/events?order=asc&after=5"))).isEmpty();
    for (String order : List.of("asc", "desc")) {
      assertThat(refusal("/v1/events?after=6&order=" + order, 409)).contains("ends at 5");
    }
    JsonNode page = page("/v1/events?limit=1");
    assertThat(page.path("head").asLong()).isEqualTo(5);
    assertThat(page.path("oldest").asLong()).isEqualTo(1);
    assertThat(page.path("total").asLong()).isEqualTo(5);
    assertThat(page.path("totalIsCapped").asBoolean()).isFalse();
  }

  @Test
  void shouldTakeTheIdOfAnEventAsAPosition() throws Exception {
    String log = page("/v1/events").path("log").asText();
    assertThat(places(page("/v1/events?order=asc&after=3." + log))).containsExactly("4", "5");
    assertThat(places(page("/v1/events?before=3." + log))).containsExactly("2", "1");
  }

  /** It has other events at these positions, and a client that polls would miss some of them. */
  @Test
  void shouldRefusePlacesOfAnotherLog() throws Exception {
    String own = cursor(page("/v1/events?order=asc&limit=2"));
    assertThat(own).endsWith("." + page("/v1/events").path("log").asText());
    String foreign = own.replaceFirst("[.].*", ".another");
    for (String query :
        List.of("after=1.another", "before=3.another", foreign, "order=asc&wait=1s&" + foreign)) {
      for (String list : List.of("/v1/events?", "/v1/users/" + ALICE + "/events?")) {
        if (query.contains("wait") && list.contains("users")) {
          continue; // only the list of all events waits
        }
        assertThat(refusal(list + query, 409)).as(query).contains("another log", "start over");
      }
    }
    created();
    assertThat(places(page("/v1/events?" + own))).containsExactly("3", "4", "5", "6");

    // streams, too, are listed by positions of the log
    String ofStreams = cursor(page("/v1/streams?limit=2"));
    assertThat(ofStreams).endsWith(own.substring(own.indexOf('.')));
    String foreignStreams = ofStreams.replaceFirst("[.].*", ".another");
    assertThat(refusal("/v1/streams?limit=2&" + foreignStreams, 409))
        .contains("another log", "start over");
  }

  /** Each of the first five events is of the start; two more come ten seconds later. */
  @Test
  void shouldBeginAndEndAtATime() throws Exception {
    server.advance(Duration.ofSeconds(10));
    created();
    created();
    long later = ApiServer.START.getEpochSecond() + 10;
    for (String time :
        List.of(
            "" + later,
            Instant.ofEpochSecond(later).toString(),
            "2027-01-15T10:00:10.7%2B02:00",
            "2027-01-15T10:00:10+02:00")) {
      assertThat(places(page("/v1/events?order=asc&since=" + time))).containsExactly("6", "7");
      if (time.contains("T")) {
        assertThat(places(page("/v1/events?before=" + time)))
            .containsExactly("5", "4", "3", "2", "1");
      }
    }
    assertThat(places(page("/v1/streams/6/events?since=" + (later - 9)))).containsExactly("6");
    assertThat(places(page("/v1/users/" + ALICE + "/events?order=asc&limit=1&since=0")))
        .containsExactly("1");
    assertThat(places(page("/v1/events?since=" + (later + 1)))).isEmpty();
    // the place after what was there is kept, so a client that polls misses nothing
    JsonNode none = page("/v1/events?order=asc&since=" + (later + 1));
    created();
    assertThat(places(page("/v1/events?" + cursor(none)))).containsExactly("8");
    JsonNode newest = page("/v1/events?limit=1&since=" + later);
    assertThat(places(newest)).containsExactly("8");
    assertThat(places(page("/v1/events?limit=1&since=" + later + "&" + cursor(newest))))
        .containsExactly("7");
    assertThat(refusal("/v1/events?since=yesterday", 400)).contains("since must be a time");
    assertThat(refusal("/v1/events?before=2027-13-01T00:00:00Z", 400)).contains("before must be");
    assertThat(refusal("/v1/events?since=5&after=1", 400)).contains("not both");
    assertThat(refusal("/v1/events?order=asc&since=5&" + cursor(none), 400))
        .contains("leave out since");
  }

  @Test
  void shouldGiveTheNewestEventsInTheirOrderAndGoOnFromThere() throws Exception {
    JsonNode page = page("/v1/events?tail=2");
    assertThat(places(page)).containsExactly("4", "5");
    assertThat(page.path("hasMore").asBoolean()).isFalse();
    created();
    assertThat(places(page("/v1/events?" + cursor(page)))).containsExactly("6");
    assertThat(places(page("/v1/streams/3/events?tail=200"))).containsExactly("3");
    assertThat(places(page("/v1/events?tail=2&before=4"))).containsExactly("2", "3");
    assertThat(refusal("/v1/events?tail=201", 400)).contains("from 1 to 200");
    for (String other : List.of("after=1", "order=asc", "limit=5", "offset=1", "since=5")) {
      assertThat(refusal("/v1/events?tail=2&" + other, 400)).contains("give tail without");
    }
  }

  private String tag(String path) throws Exception {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    return answer.headers().firstValue("ETag").orElse(null);
  }

  private int status(String path, String tag) throws Exception {
    HttpResponse<String> answer = server.get(path, "If-None-Match", tag);
    assertThat(answer.body().isEmpty()).isEqualTo(answer.statusCode() == 304);
    return answer.statusCode();
  }

  /** Full pages in ascending order, and those that end in what is written. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/events?order=asc&limit=2",
        "/v1/events?order=asc&limit=2&after=1&type=stream.created,stream.paused",
        "/v1/events?after=2&wait=30s&limit=1",
        "/v1/events?before=6",
        "/v1/events?before=3&order=asc",
        "/v1/events?before=4&after=1",
        "/v1/events?tail=2&before=4",
        "/v1/events?before=2&type=stream.paused",
        "/v1/streams/2/events?before=6",
        "/v1/users/ALICE/events?order=asc&limit=2"
      })
  void shouldAnswerThatAPageHasNotChanged(String of) throws Exception {
    String path = of.replace("ALICE", ALICE);
    String tag = tag(path);
    assertThat(tag).startsWith("W/\"" + server.node.real().store().log().identity() + ".");
    created();
    assertThat(tag(path)).isEqualTo(tag);
    assertThat(status(path, tag)).isEqualTo(304);
    assertThat(status(path, "\"other\", " + tag)).isEqualTo(304);
    assertThat(status(path, tag.replaceFirst("\"$", "-gzip\""))).isEqualTo(304);
    assertThat(status(path, "*")).isEqualTo(304);
    assertThat(status(path, tag.replaceFirst("\"$", "0\""))).isEqualTo(200);
    assertThat(status(path, tag.replace(".", "0."))).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/events",
        "/v1/events?limit=2",
        "/v1/events?order=asc",
        "/v1/events?order=asc&after=5",
        "/v1/events?before=7",
        "/v1/events?tail=2",
        "/v1/streams/2/events",
        "/v1/events?before=7&type=stream.paused"
      })
  void shouldGiveNoTagToAPageThatCanChange(String path) throws Exception {
    assertThat(tag(path)).isNull();
    assertThat(status(path, "*")).isEqualTo(200);
  }

  @Test
  void shouldTagEachPageDifferently() throws Exception {
    List<String> tags = new ArrayList<>();
    for (String query :
        List.of("", "&limit=3", "&limit=2&after=1", "&limit=2&type=stream.created", "&stream=1")) {
      tags.add(tag("/v1/events?before=5&order=asc" + query));
    }
    tags.add(tag("/v1/events?before=5"));
    assertThat(tags).doesNotContainNull().doesNotHaveDuplicates();
  }

  /** The same position in another log is another event. */
  @Test
  void shouldTagThePagesOfAnotherLogDifferently(@TempDir Path another) throws Exception {
    String path = "/v1/events?before=5";
    String tag = tag(path);
    server.close();
    server = new ApiServer(directory, Map.of("RATE_LIMIT", "off"));
    assertThat(tag(path)).as("after a restart").isEqualTo(tag);
    server.close();
    server = new ApiServer(another, Map.of("RATE_LIMIT", "off"));
    for (int i = 0; i < 5; i++) {
      created();
    }
    assertThat(tag(path)).isNotEqualTo(tag);
    assertThat(status(path, tag)).isEqualTo(200);
  }
}
