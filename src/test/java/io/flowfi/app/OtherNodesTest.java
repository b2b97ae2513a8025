package io.flowfi.app;

import static io.flowfi.app.RawStreams.clientOf;
import static io.flowfi.app.RawStreams.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two whole nodes on one PostgreSQL: what an administrator of one sees and does on the other. */
@Timeout(90)
class OtherNodesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LIST = "/v1/admin/connections";
  private static final String NOTICES = "/v1/admin/notices";
  private static final String[] ADMIN = SecuredServer.as(SecuredServer.ADMIN);

  @TempDir Path directory;
  private final String database = TestStore.postgres().newDatabase();
  private final RawStreams streams = new RawStreams();
  private ApiServer one;
  private ApiServer two;

  @BeforeEach
  void startTwo() throws Exception {
    one = start("one");
    two = start("two");
    awaitNodes(2);
  }

  @AfterEach
  void stop() throws IOException {
    streams.close();
    one.close();
    two.close();
  }

  private ApiServer start(String name, String... settings) {
    String[] all = new String[settings.length + 4];
    System.arraycopy(settings, 0, all, 4, settings.length);
    all[0] = "DATABASE_URL";
    all[1] = database;
    all[2] = "NODE_NAME";
    all[3] = name;
    return SecuredServer.start(directory.resolve(name), all);
  }

  private void awaitNodes(int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                JSON.readTree(one.get("/v1/events/stats?scope=cluster", ADMIN).body())
                    .at("/cluster/nodes")
                    .size(),
            seen -> seen == count);
  }

  /** As with NODE_URL; only that their ports are known when they run. */
  private void tellTheirAddresses() throws Exception {
    tellTheirAddresses("nodes");
  }

  private void tellTheirAddresses(String table) throws Exception {
    try (Connection connection = PostgresServer.connectTo(database);
        PreparedStatement update =
            connection.prepareStatement("UPDATE " + table + " SET url = ? WHERE node_id = ?")) {
      for (ApiServer node : List.of(one, two)) {
        update.setString(1, "http://127.0.0.1:" + node.port());
        update.setString(2, node.node.id());
        assertThat(update.executeUpdate()).isEqualTo(1);
      }
    }
  }

  private BufferedReader open(ApiServer node, String account) throws IOException {
    return open(node, account, "");
  }

  private BufferedReader open(ApiServer node, String account, String parameter) throws IOException {
    return streams.open(
        node,
        "/v1/events/subscribe?all=true" + parameter,
        "Authorization: Bearer " + SecuredServer.token(account) + "\r\n");
  }

  private static JsonNode body(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private JsonNode list(String query) throws Exception {
    return body(one.get(LIST + "?scope=cluster" + query, ADMIN), 200);
  }

  private JsonNode tell(String body) throws Exception {
    return body(one.post(NOTICES, body, ADMIN), 200);
  }

  @Test
  void shouldSayWhatIsMissingWithoutAddresses() throws Exception {
    BufferedReader alice = open(one, SecuredServer.ALICE);
    clientOf(alice);
    clientOf(open(two, SecuredServer.BOB));
    assertThat(body(one.get(LIST + "?scope=cluster", ADMIN), 409).path("detail").asText())
        .contains("NODE_URL");
    assertThat(list(one, "?scope=node").path("total").asInt()).isEqualTo(1);
    JsonNode told = tell("{\"message\":\"to all\"}");
    assertThat(told.path("connections").asInt()).isEqualTo(1);
    assertThat(told.path("missing").findValuesAsText("name")).containsExactly("two");
    assertThat(told.at("/missing/0/reason").asText()).contains("NODE_URL");
    until(alice, "to all");
    assertThat(body(one.send("DELETE", LIST + "/nobody", null, ADMIN), 503).toString())
        .contains("two (it has no NODE_URL)");
  }

  private static JsonNode list(ApiServer node, String query) throws Exception {
    return body(node.get(LIST + query, ADMIN), 200);
  }

  @Test
  void shouldListTellAndCloseConnectionsOfTheOtherNode() throws Exception {
    tellTheirAddresses();
    BufferedReader alice = open(one, SecuredServer.ALICE);
    BufferedReader bob = open(two, SecuredServer.BOB);
    Map<String, String> nodes = new TreeMap<>();
    nodes.put(clientOf(alice), one.node.id());
    String far = clientOf(bob);
    nodes.put(far, two.node.id());
    nodes.put(clientOf(open(two, SecuredServer.CAROL)), two.node.id());

    for (String sort : List.of("lag", "age", "bytes", "client")) {
      for (String order : List.of("asc", "desc")) {
        Map<String, String> met = new TreeMap<>();
        List<String> clients = new ArrayList<>();
        String cursor = "";
        do {
          JsonNode page = list("&limit=1&sort=" + sort + "&order=" + order + "&cursor=" + cursor);
          assertThat(page.path("total").asInt()).isEqualTo(3);
          assertThat(page.path("missing")).isEmpty();
          for (JsonNode row : page.path("connections")) {
            met.put(row.path("clientId").asText(), row.path("node").asText());
            clients.add(row.path("clientId").asText());
          }
          cursor = page.path("nextCursor").asText("");
        } while (!cursor.isEmpty() && clients.size() < 10);
        assertThat(met).as(sort + " " + order).isEqualTo(nodes);
        assertThat(clients).as("each once").hasSize(3);
      }
    }
    assertThat(list("&account=" + SecuredServer.BOB).findValuesAsText("clientId"))
        .containsExactly(far);
    assertThat(list(one, "").path("connections")).as("of itself alone").hasSize(1);

    assertThat(tell("{\"message\":\"to all\"}").toString())
        .contains("\"connections\":3")
        .doesNotContain("missing");
    until(alice, "to all");
    until(bob, "to all");
    assertThat(
            tell("{\"message\":\"to one\",\"clientId\":\"%s\"}".formatted(far))
                .path("connections")
                .asInt())
        .isEqualTo(1);
    until(bob, "to one");

    String path = LIST + "/" + far;
    assertThat(one.send("DELETE", path + "?scope=node", null, ADMIN).statusCode()).isEqualTo(404);
    String[] named = {ADMIN[0], ADMIN[1], "X-Request-ID", "asked-by-carol.7"};
    assertThat(one.get(LIST + "?scope=cluster&limit=2", named).statusCode()).isEqualTo(200);
    assertThat(one.send("DELETE", path, null, named).statusCode()).isEqualTo(204);
    until(bob, "{\"reason\":\"rotation\"}");
    await().until(() -> one.send("DELETE", path, null, ADMIN).statusCode() == 404);
    assertThat(
            one.post(NOTICES, "{\"message\":\"to one\",\"clientId\":\"%s\"}".formatted(far), ADMIN)
                .statusCode())
        .isEqualTo(404);
    two.close();
    try (var files = Files.list(directory.resolve("two").resolve("audit"))) {
      assertThat(Files.readAllLines(files.findFirst().orElseThrow()))
          .as("the other node knows who did it, and in which request")
          .anyMatch(
              line ->
                  line.contains("\"account\":\"" + SecuredServer.ADMIN)
                      && line.contains("\"request\":\"asked-by-carol.7\"")
                      && line.contains("\"method\":\"DELETE\"")
                      && line.contains("\"status\":204"));
    }
  }

  @Test
  void shouldNameTheNodeThatHangs() throws Exception {
    tellTheirAddresses();
    clientOf(open(two, SecuredServer.BOB));
    try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        ApiServer three =
            start("three", "NODE_URL", "http://127.0.0.1:" + hanging.getLocalPort() + "/")) {
      awaitNodes(3);
      JsonNode all = list("");
      assertThat(all.path("total").asInt()).isEqualTo(1);
      assertThat(all.path("missing")).hasSize(1);
      assertThat(all.at("/missing/0/name").asText()).isEqualTo("three");
      assertThat(all.at("/missing/0/node").asText()).isEqualTo(three.node.id());
      assertThat(all.at("/missing/0/reason").asText()).isEqualTo("no answer within 2 s");
    }
    // and one that answers, but is another server than it says
    try (Connection connection = PostgresServer.connectTo(database);
        PreparedStatement update =
            connection.prepareStatement("UPDATE nodes SET url = ? WHERE node_id = ?")) {
      update.setString(1, "http://127.0.0.1:" + one.port());
      update.setString(2, two.node.id());
      update.executeUpdate();
    }
    assertThat(list("").at("/missing/0/reason").asText()).isEqualTo("it answered with status 401");
  }

  @Test
  void shouldKeepTheSandboxApart() throws Exception {
    one.close();
    two.close();
    one = start("one", "SANDBOX", "on");
    two = start("two", "SANDBOX", "on");
    awaitNodes(2);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> stats("&sandbox=true").at("/cluster/nodes").size() == 2);
    tellTheirAddresses();
    tellTheirAddresses("flowfi_sandbox.nodes");
    BufferedReader real = open(two, SecuredServer.ALICE);
    BufferedReader tried = open(two, SecuredServer.ALICE, "&sandbox=true");
    String realClient = clientOf(real);
    String triedClient = clientOf(tried);

    assertThat(list("").findValuesAsText("clientId")).containsExactly(realClient);
    assertThat(list("&sandbox=false").findValuesAsText("clientId")).containsExactly(realClient);
    String[] inHeader = {ADMIN[0], ADMIN[1], "X-Sandbox-Mode", "true"};
    for (JsonNode list :
        List.of(list("&sandbox=true"), body(one.get(LIST + "?scope=cluster", inHeader), 200))) {
      assertThat(list.path("sandbox").asBoolean()).isTrue();
      assertThat(list.path("missing")).isEmpty();
      assertThat(list.findValuesAsText("clientId")).containsExactly(triedClient);
    }
    String told = "{\"message\":\"only in the sandbox\"}";
    assertThat(body(one.post(NOTICES, told, inHeader), 200).path("connections").asInt())
        .isEqualTo(1);
    until(tried, "only in the sandbox");
    String path = LIST + "/" + realClient;
    assertThat(one.send("DELETE", path, null, inHeader).statusCode()).isEqualTo(404);
    assertThat(one.send("DELETE", path, null, ADMIN).statusCode()).isEqualTo(204);
    String line = real.readLine();
    while (!line.contains("{\"reason\":\"rotation\"}")) {
      assertThat(line).as("before its end").doesNotContain("only in the sandbox");
      line = real.readLine();
    }
  }

  private JsonNode stats(String parameter) throws Exception {
    return body(one.get("/v1/events/stats?scope=cluster" + parameter, ADMIN), 200);
  }

  @Test
  void shouldBelieveNobodyElse() throws Exception {
    for (String proof : List.of("FlowFi-Node", "FlowFi-Node x", "FlowFi-Node v1.1.a.-.b")) {
      assertThat(one.get(LIST, "Authorization", proof).statusCode()).as(proof).isEqualTo(401);
    }
  }
}
