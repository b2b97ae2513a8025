package io.flowfi.app;

import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.ContractEvents.withdrawn;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.ContractEvents;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedEvent;
import io.flowfi.simulator.SimulatedRpc;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the API says of streams of the chain that pay otherwise than by a rate: no guess. */
class UnmodelledStreamsApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BigInteger ID = BigInteger.ONE;

  @TempDir Path directory;

  static Stream<Arguments> touches() {
    return Stream.of(
        Arguments.of(
            SimulatedEvent.of(
                "recipient_transferred",
                Optional.of(ID),
                Map.of(
                    "old_recipient", ChainValue.address(EveryEvent.RECIPIENT),
                    "new_recipient", ChainValue.address(EveryEvent.account(77)))),
            false), // who it belongs to now, only a comparison with the contract can tell
        Arguments.of(
            SimulatedEvent.of(
                "moon_is_full", Optional.empty(), Map.of("stream_id", ChainValue.u64(ID))),
            true),
        Arguments.of(
            ContractEvents.disputeRequested(
                ID, EveryEvent.SENDER, EveryEvent.ADMIN, BigInteger.TEN),
            true));
  }

  @ParameterizedTest
  @MethodSource("touches")
  void shouldNotGuessWhatAStreamPaysThatSomethingUnknownHasTouched(
      SimulatedEvent touch, boolean verified) throws Exception {
    SimulatedChain chain = new SimulatedChain();
    chain.ledger(
        tx(
            streamCreated(
                ID,
                EveryEvent.SENDER,
                EveryEvent.RECIPIENT,
                EveryEvent.TOKEN,
                BigInteger.TEN,
                BigInteger.valueOf(10_000),
                BigInteger.valueOf(chain.closeTime(chain.latest())))));
    try (SimulatedRpc node = new SimulatedRpc(chain);
        ApiServer server = ApiServer.following(directory, chain, node)) {
      awaitVersion(server, 1);
      assertThat(stream(server).path("claimableAmount").asText()).isEqualTo("10000");
      assertThat(stream(server).path("endTime").isIntegralNumber()).isTrue();

      chain.ledger(tx(touch));
      awaitVersion(server, 2);
      assertUnmodelled(server);
      JsonNode changed =
          JSON.readTree(server.get("/v1/events?order=asc").body()).at("/events/1/data");
      assertThat(changed.path("name").asText()).isEqualTo(touch.name());
      assertThat(changed.path("data").isObject()).isTrue();
      assertThat(stream(server).path("verified").booleanValue()).isEqualTo(verified);

      // what it pays after that is shown, and it stays so
      chain.ledger(tx(withdrawn(ID, EveryEvent.RECIPIENT, BigInteger.TWO, BigInteger.TEN)));
      awaitVersion(server, 3);
      assertUnmodelled(server);
      assertThat(stream(server).path("withdrawnAmount").asText()).isEqualTo("2");
    }
  }

  private static JsonNode stream(ApiServer server) throws Exception {
    return JSON.readTree(server.get("/v1/streams/1").body());
  }

  /** The node asks for news by the clock of the test. */
  private static void awaitVersion(ApiServer server, int version) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              server.advance(Duration.ofSeconds(1));
              return stream(server).path("version").asInt() == version;
            });
  }

  private static void assertUnmodelled(ApiServer server) throws Exception {
    JsonNode stream = stream(server);
    assertThat(stream.path("modelled").booleanValue()).isFalse();
    assertThat(stream.get("claimableAmount").isNull()).isTrue();
    assertThat(stream.get("endTime").isNull()).isTrue();
    assertThat(stream.path("recipient").asText()).isEqualTo(EveryEvent.RECIPIENT);
    JsonNode claimable = JSON.readTree(server.get("/v1/streams/1/claimable").body());
    assertThat(claimable.get("claimableAmount").isNull()).isTrue();
  }
}
