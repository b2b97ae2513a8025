package io.flowfi.it;

import static io.flowfi.simulator.ContractEvents.feeCollected;
import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.ContractEvents.withdrawn;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.PlacedEvent;
import io.flowfi.simulator.RpcFaults;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedEvent;
import io.flowfi.simulator.SimulatedRpc;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From a simulated chain through Tomcat to its subscribers. */
@Timeout(240)
class ChainIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final SimulatedChain chain = new SimulatedChain();

  private Map<String, String> settings(SimulatedRpc... nodes) {
    return Map.of(
        "STREAM_CONTRACT_ID",
        chain.contractId(),
        "SOROBAN_RPC_URL",
        String.join(
            ",", java.util.Arrays.stream(nodes).map(node -> node.url().toString()).toList()));
  }

  @Test
  void shouldBringTheChainsEventsToSubscribersInOrderAndSayWhenItCannot() throws Exception {
    BigInteger id = BigInteger.valueOf(7);
    try (SimulatedRpc node = new SimulatedRpc(chain);
        TomcatServer server = TomcatServer.start(settings(node));
        EventStream events = server.events().query("all=true").open()) {
      events.nextConnected();
      long ledger =
          chain.ledger(
              tx(
                  feeCollected(id, EveryEvent.TREASURY, BigInteger.TEN, EveryEvent.TOKEN),
                  streamCreated(
                      7,
                      EveryEvent.SENDER,
                      EveryEvent.RECIPIENT,
                      EveryEvent.TOKEN,
                      10,
                      10_000,
                      1_790_000_000)),
              tx(
                  withdrawn(
                      id,
                      EveryEvent.RECIPIENT,
                      BigInteger.valueOf(250),
                      BigInteger.valueOf(1_790_000_025))));

      JsonNode created = events.nextEvent("stream.created").json();
      assertThat(created.path("streamId").asText()).isEqualTo("7");
      assertThat(created.path("sender").asText()).isEqualTo(EveryEvent.SENDER);
      assertThat(created.path("depositedAmount").asText()).isEqualTo("10000");
      assertThat(created.path("ledger").asLong()).isEqualTo(ledger);
      assertThat(created.path("timestamp").asLong()).isEqualTo(chain.closeTime(ledger));
      JsonNode fee = events.nextEvent("stream.fee_collected").json();
      assertThat(fee.path("feeAmount").asText()).isEqualTo("10");
      JsonNode paid = events.nextEvent("stream.withdrawn").json();
      assertThat(paid.path("amount").asText()).isEqualTo("250");
      assertThat(paid.path("transactionIndex").asInt()).isEqualTo(2);
      assertThat(server.api().get("v1/streams/7").json().path("origin").asText())
          .isEqualTo("chain");

      long lost = chain.latest() + 1;
      chain.skip(30);
      long oldest = chain.latest();
      node.faults().oldest(oldest);
      awaitDegraded(server, "the ledgers " + lost + " to " + (oldest - 1));
      assertThat(server.api().get("health/ready").status()).isEqualTo(200);
      assertThat(server.api().get("metrics").body()).contains("\nflowfi_indexer_fault 1");
      server.api().create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      assertThat(events.nextEvent("stream.created").json().path("origin").asText())
          .isEqualTo("api");
      events.assertNothingUnexpected();

      server.stop();
      node.faults().clear(); // the node has all of it again: the server must not go on by itself
      server.restart();
      awaitDegraded(server, "the ledgers " + lost + " to " + (oldest - 1));
      assertThat(server.api().get("metrics").body()).contains("\nflowfi_indexer_fault 1");
      assertThat(status(server).at("/fault/needsReset").asBoolean()).isTrue();
      try (EventStream more = server.events().query("all=true").open()) {
        more.nextConnected();
        goOn(server, node, more, lost, oldest);
      }
    }
  }

  /** What an administrator decides is told to those who listen. */
  private void goOn(
      TomcatServer server, SimulatedRpc node, EventStream events, long lost, long oldest) {
    assertThat(
            server
                .api()
                .post(
                    "v1/admin/indexer/reset",
                    HttpApi.object().put("ledger", oldest).put("acceptGap", true))
                .status())
        .isEqualTo(200);
    JsonNode gap = events.nextEvent("protocol.history_gap").json();
    assertThat(gap.path("fromLedger").asLong()).isEqualTo(lost);
    assertThat(gap.path("toLedger").asLong()).isEqualTo(oldest - 1);
    assertThat(server.api().get("v1/streams/7").json().path("verified").asBoolean(true)).isFalse();

    node.faults().fail(RpcFaults.Failure.UNAVAILABLE); // while its answers are being prepared
    chain.ledger(tx(withdrawal(3)), tx(withdrawal(4)));
    PlacedEvent broken = chain.events().get(3);
    node.faults().tamper(broken.id(), broken.event().withValue(new byte[] {1, 2, 3}));
    node.faults().fail(RpcFaults.Failure.UNAVAILABLE, 0);
    awaitDegraded(server, broken.id());
    assertThat(
            server
                .api()
                .post("v1/admin/indexer/quarantine", HttpApi.object().put("id", broken.id()))
                .status())
        .isEqualTo(200);
    JsonNode aside = events.nextEvent("protocol.event_quarantined").json();
    assertThat(aside.path("id").asText()).isEqualTo(broken.id());
    assertThat(aside.path("streamId").asText()).isEqualTo("7");
    assertThat(events.nextEvent("stream.withdrawn").json().path("amount").asText()).isEqualTo("4");
    assertThat(
            server
                .api()
                .get("health/ready")
                .json()
                .path("degraded")
                .path("indexer")
                .isMissingNode())
        .isTrue();
    events.assertNothingUnexpected();
  }

  private static SimulatedEvent withdrawal(long amount) {
    return withdrawn(
        BigInteger.valueOf(7),
        EveryEvent.RECIPIENT,
        BigInteger.valueOf(amount),
        BigInteger.valueOf(1_790_000_100));
  }

  private static void awaitDegraded(TomcatServer server, String words) {
    await()
        .atMost(LONG)
        .until(
            () -> server.api().get("health/ready").json().path("degraded").path("indexer").asText(),
            said -> said.contains(words));
  }

  private static JsonNode status(TomcatServer server) {
    return server.api().get("v1/admin/indexer/status").json();
  }

  @Test
  void shouldHaveEveryEventOnceAfterKills() throws Exception {
    try (SimulatedContract contract = new SimulatedContract(chain, 20)) {
      contract.play(20_000, 100);
    }
    try (SimulatedRpc node = new SimulatedRpc(chain);
        TomcatServer server = TomcatServer.start(settings(node))) {
      for (int kill = 1; kill <= 2; kill++) {
        int enough = 1_000 * kill;
        await()
            .atMost(LONG)
            .until(() -> server.api().get("v1/events?limit=1"), any -> any.status() == 200);
        await().atMost(LONG).until(() -> total(server), total -> total >= enough);
        server.kill();
        server.restart();
      }
      await().atMost(LONG).until(() -> total(server), total -> total >= chain.events().size());
      List<JsonNode> history = server.api().history();
      assertThat(history).hasSize(chain.events().size());
      assertThat(history.stream().map(ChainIT::place).sorted().toList())
          .isEqualTo(
              IntStream.range(0, history.size())
                  .mapToObj(i -> chain.events().get(i).id())
                  .sorted()
                  .toList());
    }
  }

  private static long total(TomcatServer server) {
    return server.api().get("v1/events/stats").json().path("head").asLong();
  }

  private static String place(JsonNode event) {
    JsonNode data = event.path("data");
    long order =
        (data.path("ledger").asLong() << 32)
            | (data.path("transactionIndex").asLong() << 12)
            | data.path("operationIndex").asLong();
    return "%019d-%010d".formatted(order, data.path("eventIndex").asLong());
  }
}
