package io.flowfi.app;

import static io.flowfi.app.RawStreams.clientOf;
import static io.flowfi.app.SecuredServer.ADMIN;
import static io.flowfi.app.SecuredServer.ALICE;
import static io.flowfi.app.SecuredServer.BOB;
import static io.flowfi.app.SecuredServer.CAROL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is recorded for what, on a secured server. */
@Timeout(60)
class AuditApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void shouldRecordTheProvenAccountAndExactlyWhatItWasSent() throws Exception {
    String ticket;
    try (ApiServer server = SecuredServer.start(directory)) {
      create(server, "1", ALICE, BOB); // position 1
      ticket =
          JSON.readTree(server.post("/v1/auth/ticket", "", SecuredServer.as(ALICE)).body())
              .path("ticket")
              .asText();
      try (Socket socket =
          server.raw(
              "GET /v1/events/subscribe?all=true&types=stream.created&lastEventId=0&ticket="
                  + ticket
                  + " HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        readTo(in, "id: 1");
        create(server, "2", BOB, CAROL);
        create(server, "3", BOB, ALICE);
        readTo(in, "id: 3");
        create(server, "4", BOB, CAROL); // the log goes on, but Alice gets nothing
        assertThat(server.post("/v1/streams/2/pause", "", SecuredServer.as(ALICE)).statusCode())
            .isEqualTo(404);
        assertThat(server.post("/v1/streams/1/pause", "").statusCode()).isEqualTo(401);
      }
    }
    List<JsonNode> lines = lines();
    assertThat(lines)
        .extracting(line -> line.path("kind").asText() + " " + line.path("account").asText())
        .containsExactly(
            "command " + ADMIN,
            "command " + ALICE, // for the ticket
            "subscribed " + ALICE,
            "command " + ADMIN,
            "command " + ADMIN,
            "command " + ADMIN,
            "command " + ALICE,
            "command ",
            "unsubscribed " + ALICE);
    assertThat(lines.get(0).path("result").asText()).isEqualTo("/v1/streams/1");
    JsonNode subscribed = lines.get(2);
    assertThat(subscribed.path("filter").asText())
        .as("what it came to, not what was asked")
        .isEqualTo("users=" + ALICE + "&types=stream.created");
    assertThat(subscribed.path("after").asLong()).isZero();
    assertThat(lines.get(6).path("path").asText()).isEqualTo("/v1/streams/2/pause");
    assertThat(lines.get(6).path("status").asInt()).isEqualTo(404);
    assertThat(lines.get(7).path("status").asInt()).isEqualTo(401);
    JsonNode unsubscribed = lines.get(8);
    assertThat(unsubscribed.path("client")).isEqualTo(subscribed.path("client"));
    assertThat(unsubscribed.path("through").asLong()).isEqualTo(3);
    assertThat(lines.toString()).doesNotContain(ticket, "eyJ", "ratePerSecond");
  }

  @Test
  void shouldRecordWhereAClientBeganAndNotWhereItWantedTo() throws Exception {
    try (ApiServer server = SecuredServer.start(directory)) {
      create(server, "1", ALICE, BOB);
      create(server, "2", ALICE, BOB);
      for (String asked :
          List.of("lastEventId=99", "snapshot=true", "lastEventId=1", "types=stream.created")) {
        try (Socket socket =
            server.raw(
                "GET /v1/events/subscribe?all=true&"
                    + asked
                    + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + SecuredServer.token(ALICE)
                    + "\r\n\r\n")) {
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
          readTo(in, "id: 2");
        }
      }
    }
    assertThat(lines().stream().filter(line -> line.path("kind").asText().equals("subscribed")))
        .extracting(line -> line.path("after").asInt(-1))
        .containsExactly(2, 2, 1, 2);
  }

  @Test
  void shouldRecordWhyTheServerEndedAStream() throws Exception {
    String client;
    String other;
    try (ApiServer server = SecuredServer.start(directory);
        Socket closed = subscribe(server);
        Socket rest = subscribe(server)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(closed.getInputStream(), StandardCharsets.UTF_8));
      client = clientOf(in);
      assertThat(server.node.real().fanOut().connections().list(-1, 10).connections())
          .anySatisfy(
              open -> {
                assertThat(open.clientId()).isEqualTo(client);
                assertThat(open.account().orElseThrow().strKey()).isEqualTo(ALICE);
                assertThat(open.address()).isEqualTo("127.0.0.1");
              });
      assertThat(server.node.real().fanOut().connections().close(client)).isTrue();
      readTo(in, "data: {\"reason\":\"rotation\"}");
      // before that the end of the server finds nothing to end
      other =
          clientOf(
              new BufferedReader(
                  new InputStreamReader(rest.getInputStream(), StandardCharsets.UTF_8)));
    }
    // in any order: a client reads its last word before its end is recorded
    assertThat(lines().stream().filter(line -> line.path("kind").asText().equals("unsubscribed")))
        .extracting(line -> line.path("client").asText() + " " + line.path("reason").asText())
        .containsExactlyInAnyOrder(client + " closed_by_admin", other + " shutdown");
  }

  private static JsonNode get(ApiServer server, String path) throws Exception {
    return JSON.readTree(server.get(path, SecuredServer.as(ADMIN)).body());
  }

  private static JsonNode deliveries(ApiServer server, String query) throws Exception {
    return get(server, "/v1/admin/audit/deliveries?" + query).path("deliveries");
  }

  @Test
  void shouldSayWhichConnectionsWereSentAnEvent() throws Exception {
    try (ApiServer server = SecuredServer.start(directory)) {
      create(server, "1", ALICE, BOB); // position 1
      String client;
      try (Socket socket = subscribe(server)) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        client = clientOf(in);
        create(server, "2", BOB, CAROL);
        create(server, "3", BOB, ALICE);
        readTo(in, "id: 3");
        create(server, "4", BOB, CAROL);
        JsonNode open = deliveries(server, "position=3&account=" + ALICE);
        assertThat(open.findValuesAsText("clientId")).containsExactly(client);
        assertThat(open.path(0).path("after").asLong()).isEqualTo(1);
        assertThat(open.path(0).has("closed")).isFalse();
        assertThat(server.node.real().fanOut().connections().close(client)).isTrue();
        readTo(in, "data: {\"reason\":\"rotation\"}");
      }
      await().until(() -> deliveries(server, "position=3").path(0).has("closed"));
      JsonNode sent = deliveries(server, "position=3&account=" + ALICE);
      assertThat(sent.findValuesAsText("clientId")).containsExactly(client);
      assertThat(sent.path(0).path("account").asText()).isEqualTo(ALICE);
      assertThat(sent.path(0).path("filter").asText()).isEqualTo("users=" + ALICE);
      assertThat(sent.path(0).path("reason").asText()).isEqualTo("closed_by_admin");
      assertThat(deliveries(server, "position=1")).as("before it came").isEmpty();
      assertThat(deliveries(server, "position=2")).as("not hers").isEmpty();
      assertThat(deliveries(server, "position=4")).as("after it left").isEmpty();
      assertThat(deliveries(server, "position=3&account=" + BOB)).isEmpty();
      assertThat(
              server
                  .get("/v1/admin/audit/deliveries?position=5", SecuredServer.as(ADMIN))
                  .statusCode())
          .isEqualTo(404);
      for (String wrong :
          List.of(
              "", "position=0x", "position=3.", "position=3&accounts=a", "position=3&cursor=1")) {
        assertThat(
                server
                    .get("/v1/admin/audit/deliveries?" + wrong, SecuredServer.as(ADMIN))
                    .statusCode())
            .as(wrong)
            .isEqualTo(400);
      }
      String log = server.node.real().store().log().identity().text();
      assertThat(deliveries(server, "position=3." + log).findValuesAsText("clientId"))
          .as("by the id, as a client keeps it")
          .containsExactly(client);
      HttpResponse<String> foreign =
          server.get("/v1/admin/audit/deliveries?position=3.another", SecuredServer.as(ADMIN));
      assertThat(foreign.statusCode()).isEqualTo(409);
      assertThat(foreign.body()).contains("3.another is from another log");
      JsonNode hers = get(server, "/v1/admin/audit?client=" + client).path("entries");
      assertThat(hers.findValuesAsText("kind")).containsExactly("unsubscribed", "subscribed");
      assertThat(get(server, "/v1/admin/audit?kind=command&limit=2").path("nextCursor").asText())
          .startsWith("20");
      JsonNode looked = get(server, "/v1/admin/audit?kind=command&account=" + ADMIN);
      assertThat(looked.path("entries").toString())
          .as("who looks is recorded too")
          .contains("/v1/admin/audit/deliveries", "\"position\":\"3\"");
    }
  }

  /** The same times as the history takes, in the same forms. */
  @Test
  void shouldFindEntriesByTimesInEitherForm() throws Exception {
    try (ApiServer server = SecuredServer.start(directory)) {
      create(server, "1", ALICE, BOB);
      long now = SecuredServer.START.getEpochSecond();
      String created = "/v1/streams";
      await().until(() -> !paths(server, "kind=command").isEmpty());
      for (String since :
          List.of("0", "" + now, SecuredServer.START.toString(), offset(now), offset(now + 1))) {
        boolean later = since.equals(offset(now + 1));
        assertThat(paths(server, "kind=command&since=" + since).contains(created))
            .as(since)
            .isEqualTo(!later);
        HttpResponse<String> history =
            server.get("/v1/events?since=" + since, SecuredServer.as(ADMIN));
        assertThat(JSON.readTree(history.body()).path("events")).as(since).hasSize(later ? 0 : 1);
      }
      assertThat(paths(server, "until=" + (now - 1))).isEmpty();
      for (String wrong :
          List.of("-1", "1.5", "yesterday", "1969-12-31T23:59:59Z", "2026-01-31", "9".repeat(16))) {
        for (String path : List.of("/v1/admin/audit", "/v1/events")) {
          HttpResponse<String> refused =
              server.get(path + "?since=" + wrong, SecuredServer.as(ADMIN));
          assertThat(refused.statusCode()).as(path + " " + wrong).isEqualTo(400);
          assertThat(refused.body())
              .contains("since must be a time: Unix seconds, or such as 2026-01-31T08:00:00Z");
        }
      }
    }
  }

  /** The plus sign as it is, which a query decodes to a space. */
  private static String offset(long seconds) {
    return Instant.ofEpochSecond(seconds).atOffset(ZoneOffset.ofHours(2)).toString();
  }

  private static List<String> paths(ApiServer server, String query) throws Exception {
    return get(server, "/v1/admin/audit?" + query).path("entries").findValuesAsText("path");
  }

  private static Socket subscribe(ApiServer server) throws IOException {
    return server.raw(
        "GET /v1/events/subscribe?all=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + SecuredServer.token(ALICE)
            + "\r\n\r\n");
  }

  private static void create(ApiServer server, String id, String sender, String recipient)
      throws Exception {
    HttpResponse<String> created =
        server.post(
            "/v1/streams", SecuredServer.stream(id, sender, recipient), SecuredServer.as(ADMIN));
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
  }

  private static String readTo(BufferedReader in, String wanted) throws IOException {
    String line = in.readLine();
    while (line != null && !line.startsWith(wanted)) {
      line = in.readLine();
    }
    assertThat(line).startsWith(wanted);
    return line;
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.resolve("audit"))) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(JSON.readTree(line));
        }
      }
    }
    return lines;
  }
}
