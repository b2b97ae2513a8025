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

/** Users, whom nothing but the streams that name them makes users. */
@Timeout(60)
class UsersApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String BOB = TestAddresses.account(2);
  private static final String CAROL = TestAddresses.account(3);

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private HttpResponse<String> register(String key, String... headers) throws Exception {
    return server.post("/v1/users", "{\"publicKey\":\"" + key + "\"}", headers);
  }

  private static List<String> ids(HttpResponse<String> answer, String field) throws Exception {
    List<String> ids = new ArrayList<>();
    for (JsonNode stream : JSON.readTree(answer.body()).path(field)) {
      ids.add(stream.path("streamId").asText());
    }
    return ids;
  }

  @Test
  void shouldKnowAUserOnceAStreamNamesIt() throws Exception {
    server = new ApiServer(directory, Map.of());
    for (int time = 0; time < 2; time++) {
      HttpResponse<String> registered = register(BOB);
      assertThat(registered.statusCode()).as(registered.body()).isEqualTo(201);
      assertThat(registered.headers().firstValue("Location")).hasValue("/v1/users/" + BOB);
      assertThat(JSON.readTree(registered.body()))
          .isEqualTo(
              JSON.readTree(
                  "{\"publicKey\":\"%s\",\"sentStreams\":[],\"receivedStreams\":[]}"
                      .formatted(BOB)));
      assertThat(server.get("/v1/users/" + BOB).body()).isEqualTo(registered.body());
    }
    server.create(ALICE);

    for (String party : List.of(ALICE, BOB)) {
      HttpResponse<String> known = register(party);
      assertThat(known.statusCode()).isEqualTo(200);
      assertThat(known.headers().firstValue("Location")).isEmpty();
      assertThat(ids(known, party.equals(ALICE) ? "sentStreams" : "receivedStreams"))
          .containsExactly("1");
      assertThat(ids(known, party.equals(ALICE) ? "receivedStreams" : "sentStreams")).isEmpty();
    }
    assertThat(register(CAROL).statusCode()).isEqualTo(201);
  }

  @Test
  void shouldShowTheTenLatestStreamsOfEachSideAsTheyAre() throws Exception {
    server = new ApiServer(directory, Map.of());
    for (int stream = 1; stream <= 12; stream++) {
      assertThat(server.create(ALICE).statusCode()).isEqualTo(201);
    }
    HttpResponse<String> alice = server.get("/v1/users/" + ALICE);
    List<String> latest = List.of("12", "11", "10", "9", "8", "7", "6", "5", "4", "3");
    assertThat(ids(alice, "sentStreams")).isEqualTo(latest);
    assertThat(ids(server.get("/users/" + BOB), "receivedStreams")).isEqualTo(latest);
    assertThat(JSON.readTree(alice.body()).at("/sentStreams/0"))
        .isEqualTo(JSON.readTree(server.get("/v1/streams/12").body()));
  }

  @Test
  void shouldSayWhoTheCallerIs() throws Exception {
    server = SecuredServer.start(directory);
    assertThat(server.create(ALICE).statusCode()).as("nobody").isEqualTo(401);
    assertThat(
            server
                .post(
                    "/v1/streams",
                    SecuredServer.stream("7", ALICE, BOB),
                    SecuredServer.as(SecuredServer.ADMIN))
                .statusCode())
        .isEqualTo(201);
    HttpResponse<String> me = server.get("/v1/users/me", SecuredServer.as(BOB));
    assertThat(JSON.readTree(me.body()).path("publicKey").asText()).isEqualTo(BOB);
    assertThat(ids(me, "receivedStreams")).containsExactly("7");
    assertThat(server.get("/v1/users/" + BOB, SecuredServer.as(BOB)).body()).isEqualTo(me.body());
    // the answer to another's key would tell whether a stream names it
    assertThat(register(ALICE, SecuredServer.as(BOB)).statusCode()).isEqualTo(403);
    assertThat(register(CAROL, SecuredServer.as(BOB)).statusCode()).isEqualTo(403);
    assertThat(register(CAROL, SecuredServer.as(CAROL)).statusCode()).isEqualTo(201);
  }

  @Test
  void shouldHaveNobodySignedInInOpenMode() throws Exception {
    server = new ApiServer(directory, Map.of());
    HttpResponse<String> me = server.get("/v1/users/me");
    assertThat(me.statusCode()).isEqualTo(404);
    assertThat(me.body()).contains("nobody is signed in");
  }

  @Test
  void shouldSayWhatIsWrongWithAKey() throws Exception {
    server = new ApiServer(directory, Map.of());
    for (String body :
        List.of(
            "{}", "{\"publicKey\":null}", "{\"publicKey\":7}", "{\"publicKey\":\"GABC\"}", "[]")) {
      assertThat(server.post("/v1/users", body).statusCode()).as(body).isEqualTo(400);
    }
    HttpResponse<String> unknown =
        server.post("/v1/users", "{\"publicKey\":\"" + BOB + "\",\"name\":\"Bob\"}");
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(unknown.body()).contains("it knows publicKey");
    assertThat(server.get("/v1/users/GABC").statusCode()).isEqualTo(400);
  }
}
