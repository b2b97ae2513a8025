package io.flowfi.app;

import static io.flowfi.app.SecuredServer.ADMIN;
import static io.flowfi.app.SecuredServer.ALICE;
import static io.flowfi.app.SecuredServer.BOB;
import static io.flowfi.app.SecuredServer.CAROL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.fanout.Connections;
import io.flowfi.it.TestAddresses;
import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters that are too long for a URL: saved from a body, used by an id. */
@Timeout(60)
class FiltersApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUBSCRIBE = "/v1/events/subscribe?filter=";

  @TempDir Path directory;

  private static HttpResponse<String> post(ApiServer server, String body, String... headers)
      throws Exception {
    return server.post("/v1/events/filters", body, headers);
  }

  private static String keep(ApiServer server, String body, String... headers) throws Exception {
    HttpResponse<String> answer = post(server, body, headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode json = JSON.readTree(answer.body());
    assertThat(json.path("expiresIn").asLong()).isEqualTo(86_400);
    return json.path("filter").asText();
  }

  @Test
  void shouldFollowAsManyValuesAsThereMayBeByAShortAddress() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      ObjectNode body = JSON.createObjectNode();
      ArrayNode users = body.putArray("users");
      for (int i = 1; i <= 256; i++) {
        users.add(TestAddresses.account(i));
      }
      String id = keep(server, body.toString());
      assertThat(id).matches("[A-Za-z0-9_-]{22}");
      String path = SUBSCRIBE + id + "&lastEventId=0";
      try (Socket socket = server.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        assertThat(in.readLine()).startsWith("HTTP/1.1 200");
        assertThat(server.create(TestAddresses.account(256)).statusCode()).isEqualTo(201);
        assertThat(in.lines().anyMatch("event: stream.created"::equals)).isTrue();
      }
      // the same filter gets the same id, in whatever form it is written
      ObjectNode turned = JSON.createObjectNode();
      ArrayNode backwards = turned.putArray("users");
      for (int i = 256; i >= 1; i--) {
        backwards.add(TestAddresses.account(i));
      }
      assertThat(keep(server, turned.toPrettyString().replaceAll("\\s", ""))).isEqualTo(id);
      assertThat(keep(server, "{\"all\":true,\"types\":[\"stream.paused\"]}")).isNotEqualTo(id);
      assertThat(keep(server, "{\"streams\":[1,\"2\"]}"))
          .isEqualTo(keep(server, "{\"streams\":\"1,2\"}"));
    }
  }

  @Test
  void shouldCheckRightsAgainAndLetNobodyUseAnothersFilter() throws Exception {
    try (ApiServer server = SecuredServer.start(directory)) {
      assertThat(
              server
                  .post(
                      "/v1/streams", SecuredServer.stream("1", ALICE, BOB), SecuredServer.as(ADMIN))
                  .statusCode())
          .isEqualTo(201);
      String own = keep(server, "{\"streams\":[\"1\"]}", SecuredServer.as(ALICE));
      String everything = keep(server, "{\"all\":true}", SecuredServer.as(ALICE));
      assertThat(post(server, "{\"streams\":[\"2\"]}", SecuredServer.as(ALICE)).statusCode())
          .isEqualTo(403);
      assertThat(post(server, "{\"streams\":[\"1\"]}").statusCode()).isEqualTo(401);
      // an administrator's filter, used by the same account after it lost that role
      String admins =
          keep(
              server,
              "{\"users\":[\"" + CAROL + "\"]}",
              SecuredServer.bearer(SecuredServer.token(BOB, "admin")));

      assertThat(server.opened(SUBSCRIBE + own, SecuredServer.as(ALICE)).statusCode())
          .isEqualTo(200);
      assertThat(server.opened(SUBSCRIBE + everything, SecuredServer.as(ALICE)).statusCode())
          .isEqualTo(200);
      assertThat(server.opened(SUBSCRIBE + admins, SecuredServer.as(BOB)).statusCode())
          .isEqualTo(403);
      HttpResponse<String> anothers = server.opened(SUBSCRIBE + own, SecuredServer.as(BOB));
      assertThat(anothers.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(anothers.body()).at("/errors/0/parameter").asText())
          .isEqualTo("filter");
      assertThat(anothers.body()).contains("/v1/events/filters");
    }
  }

  /**
   * It is not only equal. {@code FilterArchTest} keeps what is between from making another, so this
   * is so of a filter in a query too.
   */
  @Test
  void shouldCarryTheFilterItselfFromTheRequestToTheIndex() throws Exception {
    try (ApiServer server = SecuredServer.start(directory);
        RawStreams streams = new RawStreams()) {
      String id =
          keep(
              server,
              "{\"users\":[\"" + ALICE + "\"],\"types\":[\"stream.paused\"]}",
              SecuredServer.as(ALICE));
      EventFilter kept =
          server
              .node
              .real()
              .shared()
              .filters()
              .find(Optional.of(Address.parse("account", ALICE)), id)
              .orElseThrow();
      RawStreams.clientOf(
          streams.open(
              server,
              SUBSCRIBE + id,
              "Authorization: Bearer " + SecuredServer.token(ALICE) + "\r\n"));
      List<Connections.Open> open =
          server.node.real().fanOut().connections().list(Connections.BEGINNING, 2).connections();
      assertThat(open).hasSize(1);
      assertThat(open.get(0).filter()).isSameAs(kept);
    }
  }

  @Test
  void shouldForgetAFilterADayAfterItWasLastSubscribedTo() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      String id = keep(server, "{\"streams\":[\"1\"]}");
      for (int i = 0; i < 3; i++) {
        server.advance(Duration.ofHours(23));
        assertThat(server.opened(SUBSCRIBE + id).statusCode()).isEqualTo(200);
      }
      server.advance(Duration.ofHours(24));
      assertThat(server.opened(SUBSCRIBE + id).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void shouldForgetNoFilterBecauseTheClockWasSet() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      String id = keep(server, "{\"streams\":[\"1\"]}");
      server.setClock(Duration.ofDays(365));
      assertThat(server.opened(SUBSCRIBE + id).statusCode()).isEqualTo(200);
      server.setClock(Duration.ofDays(-730));
      assertThat(server.opened(SUBSCRIBE + id).statusCode()).isEqualTo(200);
      server.advance(Duration.ofHours(24));
      assertThat(server.opened(SUBSCRIBE + id).statusCode()).as("nor forever").isEqualTo(400);
    }
  }

  @Test
  void shouldKeepSoManyOfAnAccountAndNoMore() throws Exception {
    try (ApiServer server = SecuredServer.start(directory)) {
      String[] admin = SecuredServer.as(ADMIN);
      String first = keep(server, "{\"streams\":[\"1\"]}", admin);
      for (int i = 2; i <= 50; i++) {
        keep(server, "{\"streams\":[\"" + i + "\"]}", admin);
      }
      HttpResponse<String> refused = post(server, "{\"streams\":[\"51\"]}", admin);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(keep(server, "{\"streams\":[\"1\"]}", admin)).as("kept already").isEqualTo(first);
      assertThat(post(server, "{\"all\":true}", SecuredServer.as(ALICE)).statusCode())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{} ; streams",
        "{\"types\":[\"stream.paused\"]} ; streams",
        "{\"streams\":[null]} ; streams",
        "{\"streams\":[[\"1\"]]} ; streams",
        "{\"streams\":[1.5]} ; streams",
        "{\"streams\":[9007199254740993]} ; streams",
        "{\"users\":[\"G\"]} ; users",
        "{\"all\":\"yes\"} ; all",
        "{\"all\":null} ; all",
        "{\"stream\":[\"1\"]} ; stream",
        "{\"snapshot\":true} ; snapshot"
      })
  void shouldSayWhatIsWrongWithAFilter(String body, String field) throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      HttpResponse<String> answer = post(server, body);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(JSON.readTree(answer.body()).at("/errors/0/field").asText()).isEqualTo(field);
    }
  }

  @Test
  void shouldTakeNoMoreValuesThanAnAddressMayHaveAndNoMixture() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      ObjectNode body = JSON.createObjectNode();
      ArrayNode streams = body.putArray("streams");
      for (int i = 1; i <= 257; i++) {
        streams.add(Integer.toString(i));
      }
      assertThat(post(server, body.toString()).statusCode()).isEqualTo(400);
      String id = keep(server, "{\"streams\":[\"1\"]}");
      for (String mixture : List.of("&all=true", "&streams=2", "&types=stream.paused")) {
        HttpResponse<String> answer = server.opened(SUBSCRIBE + id + mixture);
        assertThat(answer.statusCode()).as(mixture).isEqualTo(400);
        assertThat(answer.body()).contains("not both");
      }
      assertThat(server.opened(SUBSCRIBE + id + "&snapshot=true").statusCode()).isEqualTo(200);
      assertThat(server.opened(SUBSCRIBE + "unknown").statusCode()).isEqualTo(400);
    }
  }
}
