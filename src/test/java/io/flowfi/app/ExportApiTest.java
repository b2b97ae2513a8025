package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history as one answer: {@code application/x-ndjson} and {@code text/csv}. */
@Timeout(60)
class ExportApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String CAROL = TestAddresses.account(3);
  private static final String LINES = "application/x-ndjson";
  private static final String TABLE = "text/csv";

  @TempDir Path directory;
  private ApiServer server;

  private void start() throws Exception {
    server = new ApiServer(directory, Map.of("RATE_LIMIT", "off"));
    created(ALICE);
  }

  private void created(String sender) throws Exception {
    assertThat(server.create(sender).statusCode()).isEqualTo(201);
  }

  private void topUp(String reference) throws Exception {
    String body = JSON.createObjectNode().put("amount", "5").put("reference", reference).toString();
    assertThat(server.post("/v1/streams/1/top-up", body).statusCode()).isEqualTo(200);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> export(String type, String query) throws Exception {
    HttpResponse<String> answer = server.get("/v1/events" + query, "Accept", type);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(type);
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    return answer;
  }

  private static List<String> seqs(HttpResponse<String> lines) throws Exception {
    List<String> all = new ArrayList<>();
    for (String line : lines.body().lines().toList()) {
      all.add(JSON.readTree(line).path("seq").asText());
    }
    return all;
  }

  /** More than two pages, with the same events as pages of JSON. */
  @Test
  void shouldWriteALineForEachEventOfThePages() throws Exception {
    start();
    for (int i = 0; i < 430; i++) {
      topUp("r" + i);
    }
    created(CAROL);
    List<JsonNode> events = new ArrayList<>();
    String place = "";
    for (boolean more = true; more; ) {
      JsonNode page =
          JSON.readTree(server.get("/v1/events?stream=1&limit=200&order=asc" + place).body());
      page.path("events").forEach(events::add);
      place = "&cursor=" + page.path("nextCursor").asText();
      more = page.path("hasMore").asBoolean();
    }
    assertThat(events).hasSize(431);
    HttpResponse<String> lines = export(LINES, "?stream=1");
    assertThat(lines.headers().firstValue("Log-Head")).hasValue("432");
    List<JsonNode> written = new ArrayList<>();
    for (String line : lines.body().split("\n")) {
      written.add(JSON.readTree(line));
    }
    assertThat(written).isEqualTo(events);
    assertThat(lines.body()).endsWith("\n");
    assertThat(export(TABLE, "?stream=1").body().split("\r\n")).hasSize(432);
  }

  @Test
  void shouldTakeTheSameFilterAndRange() throws Exception {
    start();
    topUp("a");
    created(CAROL);
    topUp("b");
    assertThat(seqs(export(LINES, ""))).containsExactly("1", "2", "3", "4");
    assertThat(seqs(export(LINES, "?type=stream.topped_up"))).containsExactly("2", "4");
    assertThat(seqs(export(LINES, "?user=" + CAROL))).containsExactly("3");
    assertThat(seqs(export(LINES, "?stream=1&after=1&before=4"))).containsExactly("2");
    assertThat(seqs(export(LINES, "?after=2"))).containsExactly("3", "4");
    assertThat(seqs(export(LINES, "?since=0&before=3"))).containsExactly("1", "2");
    HttpResponse<String> nothing = export(LINES, "?after=4");
    assertThat(nothing.body()).isEmpty();
    assertThat(nothing.headers().firstValue("Log-Head")).hasValue("4");
    topUp("c");
    assertThat(seqs(export(LINES, "?after=4"))).containsExactly("5");
  }

  @Test
  void shouldWriteATable() throws Exception {
    start();
    topUp("invoice 7");
    String parties = ",1," + ALICE + "," + BOB;
    String token = TestAddresses.contract(0);
    assertThat(export(TABLE, "").body())
        .isEqualTo(
            "seq,type,timestamp,streamId,sender,recipient,version,origin,reference"
                + ",transactionHash,ledger,eventIndex,data\r\n"
                + "1,stream.created,1800000000"
                + parties
                + ",1,api,,,,,\"{\"\"tokenAddress\"\":\"\""
                + token
                + "\"\",\"\"ratePerSecond\"\":\"\"10\"\",\"\"depositedAmount\"\":\"\"1000\"\""
                + ",\"\"startTime\"\":0}\"\r\n"
                + "2,stream.topped_up,1800000000"
                + parties
                + ",2,api,invoice 7,,,,\"{\"\"amount\"\":\"\"5\"\",\"\"newDepositedAmount\"\""
                + ":\"\"1005\"\",\"\"newEndTime\"\":101}\"\r\n");
  }

  /** The text of a reference is a client's; a spreadsheet would run it. */
  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\",\"y\")"})
  void shouldLetNoSpreadsheetRunAReference(String reference) throws Exception {
    start();
    topUp(reference);
    String cell = "'" + reference;
    String written = cell.contains("\"") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
    assertThat(export(TABLE, "?after=1").body()).contains(",2,api," + written + ",,,,");
  }

  /** Browsers, and clients that do not care, get pages. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/*",
        "application/json",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/json, application/x-ndjson, text/csv, application/problem+json",
        "application/*",
        "text/csv;q=0.5, application/json"
      })
  void shouldAnswerWithAPageUnlessAnExportIsAskedFor(String accept) throws Exception {
    start();
    HttpResponse<String> answer = server.get("/v1/events", "Accept", accept);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("Log-Head")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"limit=5", "order=asc", "offset=1", "page=2", "tail=3", "cursor=x", "wait=5s"})
  void shouldRejectWhatOnlyPagesHave(String parameter) throws Exception {
    start();
    for (String type : List.of(LINES, TABLE)) {
      HttpResponse<String> answer = server.get("/v1/events?" + parameter, "Accept", type);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
      assertThat(answer.body()).contains("leave out " + parameter.replaceFirst("=.*", ""));
    }
    assertThat(server.get("/v1/events?after=9", "Accept", TABLE).statusCode()).isEqualTo(409);
    assertThat(server.get("/v1/events?nonsense=9", "Accept", TABLE).statusCode()).isEqualTo(400);
  }

  @Test
  void shouldExportOnlyWhatTheCallerMaySee() throws Exception {
    server = SecuredServer.start(directory);
    String[] admin = SecuredServer.as(SecuredServer.ADMIN);
    server.post("/v1/streams", SecuredServer.stream("1", ALICE, BOB), admin);
    server.post("/v1/streams", SecuredServer.stream("2", CAROL, BOB), admin);
    for (String type : List.of(LINES, TABLE)) {
      String[] carol = SecuredServer.as(CAROL);
      HttpResponse<String> own = server.get("/v1/events", carol[0], carol[1], "Accept", type);
      assertThat(own.body()).contains(CAROL).doesNotContain(ALICE);
      HttpResponse<String> others =
          server.get("/v1/events?user=" + ALICE, carol[0], carol[1], "Accept", type);
      assertThat(others.statusCode()).isEqualTo(403);
      assertThat(server.get("/v1/events", "Accept", type).statusCode()).isEqualTo(401);
      HttpResponse<String> all = server.get("/v1/events", admin[0], admin[1], "Accept", type);
      assertThat(all.body()).contains(CAROL, ALICE);
    }
  }
}
