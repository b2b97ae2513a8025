package io.flowfi.app;

import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.TestAddresses;
import io.flowfi.payment.Address;
import io.flowfi.query.LogTotals;
import io.flowfi.simulator.ContractEvents;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import io.flowfi.simulator.SimulatedTransaction;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The totals for a console, with the names that the replaced service had. */
@Timeout(60)
class AdminMetricsApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private static JsonNode metrics(ApiServer server) throws Exception {
    var answer = server.get("/v1/admin/metrics");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  @Test
  void shouldAddUpStreamsEventsAndWhatWasWithdrawn() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      for (int i = 1; i <= 5; i++) {
        server.create(TestAddresses.account(1));
      }
      server.post("/v1/streams/1/withdraw", "{\"amount\":\"300\"}");
      server.post("/v1/streams/2/withdraw", ""); // completed
      server.post("/v1/streams/3/pause", "");
      server.post("/v1/streams/4/cancel", "");
      int events = JSON.readTree(server.get("/v1/events?limit=1").body()).path("head").asInt();
      server.advance(Duration.ofHours(23));
      JsonNode all = metrics(server);
      assertThat(all.at("/streams/total").asInt()).isEqualTo(5);
      assertThat(all.at("/streams/active").asInt()).isEqualTo(2);
      assertThat(all.at("/streams/paused").asInt()).isEqualTo(1);
      assertThat(all.at("/streams/byStatus/completed").asInt()).isEqualTo(1);
      assertThat(all.at("/streams/byStatus/cancelled").asInt()).isEqualTo(1);
      assertThat(all.path("totalVolumeStreamed").asText()).isEqualTo("2300");
      assertThat(all.at("/events/last24h").asInt()).isEqualTo(events);
      assertThat(all.at("/fees/totalFeesCollectedByToken")).isEmpty();
      assertThat(all.at("/sse/activeConnections").asInt(-1)).isZero();
      assertThat(all.at("/pgPool/totalCount").asInt()).isPositive();
      assertThat(all.at("/pgPool/waitingCount").asInt(-1)).isZero();
      assertThat(all.path("indexer").isNull()).isTrue();
      assertThat(all.path("uptime").asDouble()).isEqualTo(23 * 3600);
      // counted again only after some seconds
      server.create(TestAddresses.account(1));
      assertThat(metrics(server).at("/streams/total").asInt()).isEqualTo(5);
      assertThat(server.get("/v1/admin/metrics?since=1").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void shouldLeaveOutEventsOfYesterday() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of())) {
      server.create(TestAddresses.account(1));
      server.advance(Duration.ofHours(12));
      server.create(TestAddresses.account(1));
      server.advance(Duration.ofHours(12).plusSeconds(1));
      server.create(TestAddresses.account(1));
      assertThat(metrics(server).at("/events/last24h").asInt()).isEqualTo(2);
    }
  }

  @Test
  void shouldSpeakOfTheIndexerInTheWordsOfTheReplacedService() throws Exception {
    try (ApiServer server = new ApiServer(directory, Map.of(), new StubIndexer())) {
      JsonNode indexer = metrics(server).path("indexer");
      assertThat(indexer.path("lastLedger").asLong()).isEqualTo(119);
      assertThat(indexer.path("lagSeconds").asLong()).isEqualTo(155);
      assertThat(indexer.path("eventsProcessed").asLong()).isEqualTo(44);
      assertThat(indexer.path("eventsFailed").asLong()).isEqualTo(1);
      assertThat(indexer.path("lastErrorAt").asText()).isEqualTo("2027-01-15T08:00:00Z");
      assertThat(indexer.path("degraded").asBoolean()).isTrue();
    }
  }

  /** Of the contract's events, each token by itself: amounts of two tokens are never added. */
  @Test
  void shouldAddUpFeesByToken() throws Exception {
    String other = TestAddresses.contract(5);
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(
        fee(180, EveryEvent.TOKEN),
        fee(20, EveryEvent.TOKEN),
        tx(
            ContractEvents.feeCollected(
                EveryEvent.STREAM, EveryEvent.TREASURY, EveryEvent.I128_MAX, other)));
    try (SimulatedRpc node = new SimulatedRpc(chain);
        ApiServer server = ApiServer.following(directory, chain, node)) {
      awaitScanned(server, chain.latest());
      server.advance(Duration.ofHours(24).plusSeconds(1));
      awaitScanned(server, chain.ledger(fee(7, EveryEvent.TOKEN)));
      assertThat(metrics(server).path("fees"))
          .isEqualTo(
              JSON.readTree(
                  """
                  {"totalFeesCollectedByToken": {"%s": "207", "%s": "%s"},
                   "feesLast24h": {"%1$s": "7"}}
                  """
                      .formatted(EveryEvent.TOKEN, other, EveryEvent.I128_MAX)));
      // each fee once, also when they are counted again, which the API does after some seconds
      awaitScanned(server, chain.ledger(fee(1, EveryEvent.TOKEN)));
      LogTotals again =
          server
              .node
              .real()
              .store()
              .totals()
              .read(ApiServer.START.plus(Duration.ofHours(25)).getEpochSecond());
      Address token = new Address(EveryEvent.TOKEN);
      assertThat(again.fees()).containsEntry(token, BigInteger.valueOf(208));
      assertThat(again.feesOfTheDay()).containsExactly(Map.entry(token, BigInteger.valueOf(8)));
    }
  }

  private static SimulatedTransaction fee(long amount, String token) {
    return tx(
        ContractEvents.feeCollected(
            EveryEvent.STREAM, EveryEvent.TREASURY, BigInteger.valueOf(amount), token));
  }

  private static void awaitScanned(ApiServer server, long ledger) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        JSON.readTree(server.get("/v1/admin/indexer/status").body())
                            .path("scannedLedger")
                            .asLong())
                    .isEqualTo(ledger));
  }
}
