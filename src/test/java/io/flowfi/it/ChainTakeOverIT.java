package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedRpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two nodes with one database: whichever follows the chain is killed in the middle, again and
 * again, and the other one takes over. {@code flowfi.chain.kills} says how often, see the profile
 * {@code chaos}.
 */
@Timeout(1500)
class ChainTakeOverIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private static final Duration TAKE_OVER = Duration.ofSeconds(5);

  /** Of one that met with other work on the machine; not of most. */
  private static final Duration TAKE_OVER_AT_MOST = Duration.ofSeconds(10);

  private static final int IN_THE_MIDDLE = 50;

  private final int kills = Integer.getInteger("flowfi.chain.kills", 2);
  private final SimulatedChain chain = new SimulatedChain();

  @Test
  void shouldWriteTheLogOfANodeThatNobodyKills() {
    try (SimulatedContract contract = new SimulatedContract(chain, 20);
        SimulatedRpc rpc = new SimulatedRpc(chain)) {
      Map<String, String> settings =
          Map.of(
              "STREAM_CONTRACT_ID", chain.contractId(),
              "SOROBAN_RPC_URL", rpc.url().toString(),
              "INDEXER_START_LEDGER", Long.toString(chain.oldest()));
      List<List<String>> log;
      List<Duration> takeOvers = new ArrayList<>();
      try (Cluster cluster = new Cluster(2, settings)) {
        contract.start(Duration.ofMillis(100), 5);
        for (int kill = 1; kill <= kills; kill++) {
          TomcatServer killed = following(cluster);
          long before = head(killed);
          await().atMost(LONG).until(() -> head(killed) > before + IN_THE_MIDDLE);
          killed.kill();
          long died = System.nanoTime();
          TomcatServer other =
              cluster.members().stream()
                  .map(Cluster.Member::server)
                  .filter(server -> server != killed)
                  .findFirst()
                  .orElseThrow();
          await("take-over " + kill).atMost(TAKE_OVER_AT_MOST).until(() -> isFollowing(other));
          takeOvers.add(Duration.ofNanos(System.nanoTime() - died));
          killed.restart();
        }
        contract.close();
        log = wholeLog(following(cluster));
      }
      assertThat(takeOvers.stream().sorted().limit((kills + 1) / 2))
          .as("of all take-overs %s, the shorter half", takeOvers)
          .allSatisfy(time -> assertThat(time).isLessThanOrEqualTo(TAKE_OVER));
      assertThat(log).hasSize(chain.events().size());
      try (TomcatServer alone = TomcatServer.start(settings)) {
        assertThat(wholeLog(alone)).isEqualTo(log);
      }
    }
  }

  private static TomcatServer following(Cluster cluster) {
    List<TomcatServer> all = cluster.members().stream().map(Cluster.Member::server).toList();
    await().atMost(LONG).until(() -> all.stream().anyMatch(ChainTakeOverIT::isFollowing));
    return all.stream().filter(ChainTakeOverIT::isFollowing).findFirst().orElseThrow();
  }

  private static JsonNode status(TomcatServer server) {
    return server.api().get("v1/admin/indexer/status").json();
  }

  private static boolean isFollowing(TomcatServer server) {
    return Set.of("following", "catching_up").contains(status(server).path("state").asText());
  }

  private static long head(TomcatServer server) {
    return server.api().get("v1/events/stats").json().path("head").asLong();
  }

  /** Position, type and data of each event, when everything of the chain is there. */
  private List<List<String>> wholeLog(TomcatServer server) {
    await()
        .atMost(LONG)
        .until(() -> status(server).path("scannedLedger").asLong() >= chain.latest());
    return server.api().history().stream()
        .map(
            event ->
                List.of(
                    event.path("seq").asText(),
                    event.path("type").asText(),
                    event.path("data").toString()))
        .toList();
  }
}
