package io.flowfi.app;

import static io.flowfi.app.SecuredServer.ADMIN;
import static io.flowfi.app.SecuredServer.ALICE;
import static io.flowfi.app.SecuredServer.BOB;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.HttpApi;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.ContractEvents;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/**
 * A node on one PostgreSQL with nodes of a later version, whose migration has added what {@code
 * MigrationsTest} says that one may add.
 */
@Timeout(120)
class LaterVersionTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path directory;
  private final String database = TestStore.postgres().newDatabase();
  private final SimulatedChain chain = new SimulatedChain();

  private ApiServer node(SimulatedRpc rpc) {
    return SecuredServer.start(
        directory,
        "DATABASE_URL",
        database,
        "STREAM_CONTRACT_ID",
        chain.contractId(),
        "SOROBAN_RPC_URL",
        rpc.url().toString(),
        "INDEXER_START_LEDGER",
        Long.toString(chain.oldest()));
  }

  /** Adds to every table that there is, and one table. */
  private void migrateAsALaterVersion() throws SQLException {
    try (Connection connection = PostgresServer.connectTo(database);
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                  + " AND tablename <> 'flyway_schema_history'")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      assertThat(tables).contains("events", "streams", "nodes", "tickets", "chain_events");
      for (String table : tables) {
        statement.execute("ALTER TABLE " + table + " ADD COLUMN note TEXT COLLATE \"C\"");
        statement.execute("ALTER TABLE " + table + " ADD COLUMN notes BIGINT NOT NULL DEFAULT 0");
        statement.execute("CREATE INDEX " + table + "_notes ON " + table + " (notes)");
      }
      statement.execute("CREATE TABLE notes (id BIGINT PRIMARY KEY)");
      statement.execute(
          "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,"
              + " checksum, installed_by, execution_time, success)"
              + " VALUES (900, '900', 'notes', 'SQL', 'V900__notes.sql', 1, 'x', 1, true)");
    }
  }

  private static JsonNode answered(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private static List<String> types(ApiServer node, long after) throws Exception {
    JsonNode page =
        answered(
            node.get("/v1/events?order=asc&limit=200&after=" + after, SecuredServer.as(ADMIN)),
            200);
    return Stream.of(JSON.treeToValue(page.path("events"), JsonNode[].class))
        .map(event -> event.path("type").asText())
        .toList();
  }

  /**
   * Everything that writes to the tables, once.
   *
   * @param number another one each time
   * @return the types of the events of it
   */
  private List<String> use(ApiServer node, long number) throws Exception {
    long head = node.node.real().store().log().bounds().head().value();
    String[] alice = SecuredServer.as(ALICE);
    String stream = HttpApi.newStream(ALICE, BOB).toString();
    String[] admin = SecuredServer.as(ADMIN); // beside a contract only such may create
    String[] keyed = {admin[0], admin[1], "Idempotency-Key", "key-" + number};
    JsonNode created = answered(node.post("/v1/streams", stream, keyed), 201);
    assertThat(answered(node.post("/v1/streams", stream, keyed), 201)).isEqualTo(created);
    String path = "/v1/streams/" + created.path("streamId").asText();
    answered(node.post(path + "/top-up", "{\"amount\":\"5\"}", alice), 200);
    answered(node.post(path + "/withdraw", "{\"amount\":\"7\"}", SecuredServer.as(BOB)), 200);
    for (String verb : List.of("pause", "resume", "cancel")) {
      answered(node.post(path + "/" + verb, "", alice), 200);
    }
    assertThat(answered(node.get(path, alice), 200).path("status").asText()).isEqualTo("CANCELLED");

    String ticket = answered(node.post("/v1/auth/ticket", "", alice), 200).path("ticket").asText();
    answered(node.get("/v1/events?ticket=" + ticket), 200);
    KeyPair wallet = KeyPair.random();
    HttpResponse<String> challenge = node.get("/v1/auth?account=" + wallet.getAccountId());
    String signed =
        JSON.createObjectNode()
            .put("transaction", SecuredServer.signed(challenge.body(), wallet))
            .toString();
    answered(node.post("/v1/auth", signed), 200);
    String filter =
        answered(node.post("/v1/events/filters", "{\"all\":true}", alice), 200)
            .path("filter")
            .asText();
    assertThat(node.opened("/v1/events/subscribe?filter=" + filter, alice).statusCode())
        .isEqualTo(200);

    BigInteger id = BigInteger.valueOf(number);
    chain.ledger(
        tx(
            ContractEvents.streamCreated(
                number, EveryEvent.SENDER, EveryEvent.RECIPIENT, EveryEvent.TOKEN, 10, 10_000, 1)),
        tx(
            ContractEvents.toppedUp(
                id, EveryEvent.SENDER, BigInteger.TEN, BigInteger.valueOf(10_010), BigInteger.TWO)),
        tx(EveryEvent.all().get(EveryEvent.all().size() - 1))); // kept as it came
    await().atMost(LONG).until(() -> types(node, head).size(), size -> size == 9);
    return types(node, head);
  }

  @Test
  void shouldDoAllThatItDidAndStartAgain() throws Exception {
    try (SimulatedRpc rpc = new SimulatedRpc(chain)) {
      List<String> before;
      try (ApiServer node = node(rpc)) {
        before = use(node, 1);
        migrateAsALaterVersion();
        assertThat(use(node, 2)).isEqualTo(before);
      }
      try (ApiServer again = node(rpc)) {
        assertThat(use(again, 3)).isEqualTo(before);
      }
    }
  }
}
