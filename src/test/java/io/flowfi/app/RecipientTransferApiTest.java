package io.flowfi.app;

import static io.flowfi.app.RawStreams.until;
import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.ContractEvents.withdrawn;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedEvent;
import io.flowfi.simulator.SimulatedRpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stream that the chain gives to another recipient, as both of them and the sender see it. */
@Timeout(120)
class RecipientTransferApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BigInteger ID = BigInteger.ONE;
  private static final String OLD = EveryEvent.RECIPIENT;
  private static final String NEW = EveryEvent.account(77);

  @TempDir Path directory;
  private final SimulatedChain chain = new SimulatedChain();
  private final RawStreams streams = new RawStreams();
  private SimulatedRpc node;
  private ApiServer server;

  @BeforeEach
  void startWithAStream() throws Exception {
    chain.ledger(
        tx(
            streamCreated(
                ID,
                EveryEvent.SENDER,
                OLD,
                EveryEvent.TOKEN,
                BigInteger.TEN,
                BigInteger.valueOf(10_000),
                BigInteger.valueOf(chain.closeTime(chain.latest())))));
    node = new SimulatedRpc(chain);
    server = ApiServer.following(directory, chain, node);
    awaitVersion(1);
  }

  @AfterEach
  void stop() throws IOException {
    streams.close();
    server.close();
    node.close();
  }

  private void transfer() {
    chain.ledger(
        tx(
            SimulatedEvent.of(
                "recipient_transferred",
                Optional.of(ID),
                Map.of(
                    "stream_id", ChainValue.u64(ID),
                    "old_recipient", ChainValue.address(OLD),
                    "new_recipient", ChainValue.address(NEW)))));
    awaitVersion(3);
  }

  @Test
  void shouldMoveTheStreamFromOneRecipientToTheOther() throws Exception {
    transfer();
    JsonNode stream = read("/v1/streams/1");
    assertThat(stream.path("recipient").asText()).isEqualTo(NEW);
    assertThat(stream.path("verified").booleanValue()).isTrue();
    assertThat(stream.get("claimableAmount").isNull()).isTrue();

    assertThat(read("/v1/streams?recipient=" + OLD).path("streams")).isEmpty();
    assertThat(read("/v1/streams?recipient=" + NEW).path("streams")).hasSize(1);
    assertThat(read("/v1/streams?sender=" + EveryEvent.SENDER).path("streams")).hasSize(1);
    assertThat(streamsInSummary(OLD)).isZero();
    assertThat(streamsInSummary(NEW)).isEqualTo(1);
  }

  @Test
  void shouldTellBothRecipients() throws Exception {
    BufferedReader old = subscribe(OLD, "");
    BufferedReader heir = subscribe(NEW, "");
    transfer();
    chain.ledger(tx(withdrawn(ID, NEW, BigInteger.TWO, BigInteger.TEN)));
    awaitVersion(4);

    JsonNode lost = next(old, "stream.changed");
    assertThat(lost.path("name").asText()).isEqualTo("recipient_transferred");
    assertThat(lost.path("recipient").asText()).isEqualTo(NEW);
    assertThat(lost.path("version").asInt()).isEqualTo(2);
    JsonNode gained = next(heir, "stream.corrected");
    assertThat(gained.path("recipient").asText()).isEqualTo(NEW);
    assertThat(gained.path("version").asInt()).isEqualTo(3);
    assertThat(gained.at("/state/depositedAmount").asText()).isEqualTo("10000");
    assertThat(next(heir, "stream.withdrawn").path("version").asInt()).isEqualTo(4);

    // and the same from the past
    assertThat(read("/v1/events?order=asc&user=" + OLD).path("events").findValuesAsText("type"))
        .containsExactly("stream.created", "stream.changed");
    assertThat(read("/v1/events?order=asc&user=" + NEW).path("events").findValuesAsText("type"))
        .containsExactly("stream.corrected", "stream.withdrawn");
    assertThat(read("/v1/streams/1/events").path("events")).hasSize(4);
  }

  @Test
  void shouldBeInTheSnapshotOfWhoHasIt() throws Exception {
    transfer();
    JsonNode snapshot = next(subscribe(NEW, "&snapshot=true"), "stream.snapshot");
    assertThat(snapshot.path("recipient").asText()).isEqualTo(NEW);
    BufferedReader old = subscribe(OLD, "&snapshot=true");
    assertThat(until(old, "event: ")).contains("snapshot_end");
  }

  private BufferedReader subscribe(String user, String more) throws IOException {
    BufferedReader in = streams.open(server, "/v1/events/subscribe?users=" + user + more);
    until(in, "\"clientId\"");
    return in;
  }

  private static JsonNode next(BufferedReader in, String type) throws Exception {
    until(in, "event: " + type);
    return JSON.readTree(until(in, "data: ").substring("data: ".length()));
  }

  private JsonNode read(String path) throws Exception {
    return JSON.readTree(server.get(path).body());
  }

  private int streamsInSummary(String user) throws Exception {
    int streams = 0;
    for (JsonNode total : read("/v1/users/" + user + "/summary").path("asRecipient")) {
      streams += total.path("streams").asInt();
    }
    return streams;
  }

  /** The node asks for news by the clock of the test. */
  private void awaitVersion(int version) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              server.advance(Duration.ofSeconds(1));
              return read("/v1/streams/1").path("version").asInt() == version;
            });
  }
}
