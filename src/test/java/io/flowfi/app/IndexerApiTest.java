package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.indexer.ContractInMemory;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.Needed;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.PlacedEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import io.flowfi.simulator.SimulatedTransaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an administrator sees of the indexer and may ask of it, and what is recorded of that. */
@Timeout(60)
class IndexerApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INDEXER = "/v1/admin/indexer/";

  @TempDir Path directory;

  @Test
  void shouldShowTheWholeState() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of(), new StubIndexer())) {
      JsonNode state = JSON.readTree(server.get(INDEXER + "status").body());
      assertThat(state.path("state").asText()).isEqualTo("fault");
      assertThat(state.at("/fault/code").asText()).isEqualTo("undecodable");
      assertThat(state.at("/fault/reason").asText())
          .contains("0005302420000000001-0000000003", "a map ends after 3 bytes");
      assertThat(state.at("/fault/needsReset").asBoolean(true)).isFalse();
      assertThat(state.path("scannedLedger").asLong()).isEqualTo(119);
      assertThat(state.path("tip").asLong()).isEqualTo(150);
      assertThat(state.path("lagLedgers").asLong()).isEqualTo(31);
      assertThat(state.path("lagSeconds").asLong()).isEqualTo(155);
      assertThat(state.path("historyFrom").asLong()).isEqualTo(80);
      assertThat(state.path("oldestLedger").asLong()).isEqualTo(100);
      assertThat(state.path("margin").asLong()).isEqualTo(20);
      assertThat(state.path("marginLow").asBoolean()).isTrue();
      assertThat(state.path("url").asText()).isEqualTo("https://rpc.example.org");
      assertThat(state.path("version").asText()).isEqualTo("28.0.1");
      assertThat(state.path("standsStill").asBoolean()).isTrue();
      assertThat(state.path("standsStillSeconds").asLong()).isEqualTo(61);
      assertThat(state.path("eventsPerSecond").asDouble()).isEqualTo(12.3);
      assertThat(state.path("applied").asLong()).isEqualTo(41);
      assertThat(state.path("known").asLong()).isEqualTo(3);
      assertThat(state.at("/anomalies/resumed_final").asLong()).isEqualTo(2);
      assertThat(state.at("/unknownEvents/dispute_requested").asLong()).isEqualTo(1);
      assertThat(state.at("/contractUpgrade/ledger").asLong()).isEqualTo(118);
      assertThat(state.at("/contractUpgrade/at").asText()).isEqualTo("2027-01-15T07:43:20Z");
      assertThat(state.at("/contractUpgrade/newWasm").asText()).isEqualTo("0b".repeat(32));
      assertThat(state.at("/contractUpgrade/alarm").asBoolean()).isTrue();
      assertThat(state.at("/lastError/message").asText()).isEqualTo("HTTP 503");
      assertThat(state.at("/lastError/at").asText()).isEqualTo("2027-01-15T08:00:00Z");
      assertThat(state.at("/replay/atLedger").asLong()).isEqualTo(95);
      assertThat(state.at("/sources/1/trouble").asText()).isEqualTo("does not answer");
      assertThat(state.path("unmodelledStreams").asInt(-1)).isZero();
      assertThat(state.path("followedBy").isNull()).isTrue();
    }
  }

  @Test
  void shouldAskTheIndexerForExactlyWhatTheAdministratorWants() throws Exception {
    StubIndexer stub = new StubIndexer();
    try (ApiServer server = new ApiServer(directory, Map.of(), stub)) {
      assertThat(server.post(INDEXER + "reset", "{\"ledger\":4294967295}").statusCode())
          .isEqualTo(200);
      assertThat(server.post(INDEXER + "reset", "{\"ledger\":7,\"acceptGap\":true}").statusCode())
          .isEqualTo(200);
      assertThat(server.post(INDEXER + "replay?from_ledger=12", "").statusCode()).isEqualTo(202);
      assertThat(server.send("DELETE", INDEXER + "replay", null).statusCode()).isEqualTo(200);
      assertThat(server.post(INDEXER + "quarantine", StubIndexer.STOPPING).statusCode())
          .isEqualTo(200);
      var refused = server.post(INDEXER + "quarantine", StubIndexer.OTHER);
      assertThat(refused.statusCode()).isEqualTo(409);
      assertThat(refused.body())
          .contains("not possible: quarantine 0005302420000000001-0000000004");
    }
    assertThat(stub.asked)
        .containsExactly(
            "reset 4294967295 false",
            "reset 7 true",
            "replay 12",
            "cancel",
            "quarantine 0005302420000000001-0000000003",
            "quarantine 0005302420000000001-0000000004");
  }

  private ApiServer node(String name, String database, SimulatedChain chain, SimulatedRpc rpc) {
    return new ApiServer(
        directory.resolve(name),
        Map.of(
            "DATABASE_URL", database,
            "NODE_NAME", name,
            "STREAM_CONTRACT_ID", chain.contractId(),
            "STELLAR_NETWORK_PASSPHRASE", chain.passphrase(),
            "SOROBAN_RPC_URL", rpc.url().toString()));
  }

  private static IndexerStatus.State state(ApiServer server) {
    return server.node.real().indexer().orElseThrow().status().state();
  }

  @Test
  void shouldSayWhichNodeFollowsTheChain() throws Exception {
    SimulatedChain chain = new SimulatedChain();
    EveryEvent.all().subList(4, 7).forEach(event -> chain.ledger(SimulatedTransaction.tx(event)));
    PlacedEvent broken = chain.events().get(2);
    String database = TestStore.postgres().newDatabase();
    try (SimulatedRpc rpc = new SimulatedRpc(chain)) {
      rpc.faults().tamper(broken.id(), broken.event().withValue(new byte[] {1, 2, 3}));
      try (ApiServer east = node("east", database, chain, rpc)) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> state(east) == IndexerStatus.State.FAULT);
        try (ApiServer west = node("west", database, chain, rpc)) {
          await()
              .atMost(Duration.ofSeconds(20))
              .until(() -> west.node.real().indexer().orElseThrow().followedBy().isPresent());
          JsonNode standby = JSON.readTree(west.get(INDEXER + "status").body());
          assertThat(standby.path("state").asText()).isEqualTo("standby");
          assertThat(standby.at("/followedBy/id").asText()).isEqualTo(east.node.id());
          assertThat(standby.at("/followedBy/name").asText()).isEqualTo("east");
          assertThat(JSON.readTree(west.get(INDEXER + "drift").body()).at("/followedBy/name"))
              .isEqualTo(standby.at("/followedBy/name"));
          String id = "{\"id\":\"" + broken.id() + "\"}";
          for (var refused :
              List.of(
                  west.post(INDEXER + "quarantine", id),
                  west.post(INDEXER + "reset", "{\"ledger\":7}"),
                  west.post(INDEXER + "replay?from_ledger=7", ""),
                  west.post(INDEXER + "reconcile", ""))) {
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
            assertThat(JSON.readTree(refused.body()).path("detail").asText())
                .contains("node east (" + east.node.id() + ") follows the chain");
          }

          JsonNode done = JSON.readTree(east.post(INDEXER + "quarantine", id).body());
          assertThat(done.path("followedBy").isNull()).as(done.toString()).isTrue();
          assertThat(done.path("quarantinedEvents").asInt()).isEqualTo(1);
          assertThat(done.path("unverifiedStreams").asInt()).isEqualTo(1);
          JsonNode aside = JSON.readTree(west.get(INDEXER + "quarantine").body());
          assertThat(aside.at("/events/0/id").asText()).isEqualTo(broken.id());
          assertThat(aside.at("/events/0/streamId").isTextual()).isTrue();
          assertThat(aside.path("more").asBoolean(true)).isFalse();
        }
      }
    }
  }

  @Test
  void shouldAskForNothingIfTheRequestIsWrong() throws Exception {
    StubIndexer stub = new StubIndexer();
    try (ApiServer server = new ApiServer(directory, Map.of(), stub)) {
      for (String body :
          List.of(
              "{}",
              "{\"ledger\":0}",
              "{\"ledger\":4294967296}",
              "{\"ledger\":1.5}",
              "{\"ledger\":null}",
              "{\"ledger\":-1}",
              "{\"ledger\":7,\"acceptGap\":\"yes\"}",
              "{\"ledger\":7,\"acceptGap\":null}",
              "{\"ledger\":7,\"acceptgap\":true}")) {
        assertThat(server.post(INDEXER + "reset", body).statusCode()).as(body).isEqualTo(400);
      }
      for (String query :
          List.of("", "?from_ledger=", "?from_ledger=0", "?from_ledger=x", "?from=7")) {
        var answer = server.post(INDEXER + "replay" + query, "");
        assertThat(answer.statusCode()).as(query).isEqualTo(400);
        assertThat(answer.body()).contains("from_ledger");
      }
      String replay = INDEXER + "replay?from_ledger=7";
      assertThat(server.post(replay + "&through_ledger=8", "").statusCode()).isEqualTo(400);
      assertThat(server.post(replay, "{\"ledger\":8}").statusCode()).isEqualTo(400);
      for (String body : List.of("{}", "{\"id\":7}", "{\"id\":\"7\"}")) {
        assertThat(server.post(INDEXER + "quarantine", body).statusCode()).as(body).isEqualTo(400);
      }
    }
    assertThat(stub.asked).isEmpty();
  }

  @Test
  void shouldRecordWhoAskedForWhatWithWhichNumbers() throws Exception {
    ContractInMemory contract = new ContractInMemory();
    PaymentStream stream = contract.stream(new StreamId(6));
    contract.stored.put(stream.id(), ContractInMemory.withdrawn(stream, 70, 950));
    try (Reconciliation reconciliation = contract.reconciliation();
        ApiServer server = new ApiServer(directory, Map.of(), new StubIndexer(), reconciliation)) {
      server.post(INDEXER + "reset", "{\"ledger\":7,\"acceptGap\":true}");
      server.post(INDEXER + "replay?from_ledger=1", "");
      server.send("DELETE", INDEXER + "replay", null);
      server.post(INDEXER + "quarantine", StubIndexer.STOPPING);
      server.post(INDEXER + "reconcile", "");
      server.post(INDEXER + "reconcile", "{\"streamId\":\"6\"}");
      server.post(INDEXER + "reconcile/6", "");
      server.post(INDEXER + "reconcile/8", "");
      server.get(INDEXER + "status");
      server.get(INDEXER + "status");
    }
    List<String> acts = new ArrayList<>();
    try (var files = Files.list(directory.resolve("audit"))) {
      for (String line : Files.readAllLines(files.findFirst().orElseThrow())) {
        JsonNode entry = JSON.readTree(line);
        acts.add(
            entry.path("method").asText()
                + " "
                + entry.path("path").asText()
                + " "
                + entry.path("status").asInt()
                + " "
                + entry.path("details"));
      }
    }
    assertThat(acts)
        .containsExactly(
            "POST /v1/admin/indexer/reset 200"
                + " {\"ledger\":\"7\",\"acceptGap\":\"true\",\"scannedBefore\":\"119\"}",
            "POST /v1/admin/indexer/replay 409 {\"from_ledger\":\"1\"}",
            "DELETE /v1/admin/indexer/replay 200 ",
            "POST /v1/admin/indexer/quarantine 200"
                + " {\"id\":\"0005302420000000001-0000000003\",\"scannedBefore\":\"119\"}",
            "POST /v1/admin/indexer/reconcile 202 ",
            "POST /v1/admin/indexer/reconcile 200 {\"streamId\":\"6\",\"differences\":\"1\"}",
            "POST /v1/admin/indexer/reconcile/6 200"
                + " {\"changed\":\"true\",\"versionBefore\":\"1\",\"withdrawnAmount\":\"0 -> 70\"}",
            "POST /v1/admin/indexer/reconcile/8 404 ",
            "GET /v1/admin/indexer/status 200 ");
  }

  @Test
  void shouldUnderstandEveryCommandOfTheDocumentation() throws Exception {
    String text = Files.readString(Path.of("docs/indexer.md"));
    int tried = 0;
    ContractInMemory contract = new ContractInMemory();
    contract.stream(new StreamId(1));
    try (Reconciliation reconciliation = contract.reconciliation();
        ApiServer server = new ApiServer(directory, Map.of(), new StubIndexer(), reconciliation)) {
      for (var command = Pattern.compile("(?m)^curl (?:.*\\\\\n)*.*$").matcher(text);
          command.find(); ) {
        String here =
            command.group().replace("localhost:3001", "127.0.0.1:" + server.port())
                + " -s -w '\\n%{http_code}'";
        Process shell = new ProcessBuilder("sh", "-c", here).redirectErrorStream(true).start();
        String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Needed.need(shell.waitFor() != 127, "curl is not installed");
        assertThat(answer).as(command.group()).containsPattern("\n20[02]$");
        tried++;
      }
    }
    assertThat(tried).isGreaterThanOrEqualTo(9);
  }

  @Test
  void shouldBeThereWhereAContractIsFollowed() throws Exception {
    SimulatedChain chain = new SimulatedChain();
    chain.skip(5);
    try (SimulatedRpc node = new SimulatedRpc(chain);
        ApiServer server = ApiServer.following(directory, chain, node)) {
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          JSON.readTree(server.get(INDEXER + "status").body())
                              .path("scannedLedger")
                              .asLong())
                      .isEqualTo(chain.latest()));
      assertThat(server.post(INDEXER + "reconcile", "").statusCode()).isEqualTo(202);
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          JSON.readTree(server.get(INDEXER + "drift").body())
                              .path("ended")
                              .isTextual())
                      .isTrue());
      String figures = server.get("/metrics").body();
      String documented = Files.readString(Path.of("docs/operations/metrics.md"));
      List<String> names =
          figures
              .lines()
              .filter(line -> line.startsWith("flowfi_indexer_"))
              .map(line -> line.replaceFirst("[ {].*", ""))
              .toList();
      assertThat(names).hasSizeGreaterThan(9);
      assertThat(names).allSatisfy(name -> assertThat(documented).contains("`" + name + "`"));
      assertThat(figures).contains("flowfi_indexer_ledger " + (double) chain.latest());
    }
  }

  @Test
  void shouldSayThatNoContractIsFollowed() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      var answer = server.get(INDEXER + "status");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.body()).contains("STREAM_CONTRACT_ID");
    }
  }
}
