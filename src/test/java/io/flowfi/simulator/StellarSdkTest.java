package io.flowfi.simulator;

import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.it.NodeProject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Stellar's JavaScript SDK as a judge of what is simulated here. Needs node. */
class StellarSdkTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void shouldBeReadByItsClientToTheLastEvent() throws Exception {
    SimulatedChain chain = new SimulatedChain();
    EveryEvent.all().forEach(event -> chain.ledger(tx(event, event), tx(event).at(9)));
    chain.skip(12_000); // more than it looks through for one answer
    try (SimulatedContract contract = new SimulatedContract(chain, 3)) {
      contract.play(1_000, 30);
    }
    BigInteger stream = BigInteger.valueOf(46);
    StoredStream stored = chain.stream(stream).orElseThrow();

    try (SimulatedRpc rpc = new SimulatedRpc(chain)) {
      JsonNode told =
          run(
              "read.js",
              rpc.url().toString(),
              chain.contractId(),
              Long.toString(chain.oldest()),
              "77",
              stream.toString());

      assertThat(told.path("health").path("status").asText()).isEqualTo("healthy");
      assertThat(told.path("health").path("oldestLedger").asLong()).isEqualTo(chain.oldest());
      assertThat(told.path("network").path("passphrase").asText())
          .isEqualTo(SimulatedChain.TESTNET);
      assertThat(told.path("version").asText()).isEqualTo("28.0.0");
      assertThat(told.path("latest").asLong()).isEqualTo(chain.latest());
      assertThat(told.path("entry")).isEqualTo(plain(stored.value().plain()));

      List<PlacedEvent> events = chain.events();
      assertThat(told.path("events")).hasSameSizeAs(events);
      for (int i = 0; i < events.size(); i++) {
        assertThat(told.path("events").get(i)).isEqualTo(plain(events.get(i), chain));
      }
    }
  }

  @Test
  void shouldEncodeEventsToTheSameBytes() throws Exception {
    JsonNode encoded = run("encode.js");

    List<SimulatedEvent> ours = EveryEvent.all();
    assertThat(encoded).hasSameSizeAs(ours);
    for (int i = 0; i < ours.size(); i++) {
      List<String> topics = new ArrayList<>();
      encoded.get(i).path("topics").forEach(topic -> topics.add(topic.asText()));
      assertThat(topics)
          .as(ours.get(i).toString())
          .isEqualTo(ours.get(i).topics().stream().map(ChainValue::base64).toList());
      assertThat(encoded.get(i).path("value").asText())
          .as(ours.get(i).toString())
          .isEqualTo(ours.get(i).value().base64());
    }
  }

  static JsonNode run(String script, String... arguments) throws Exception {
    Path folder =
        NodeProject.install(Path.of("src/test/chain"), "what Stellar's own SDK reads and writes")
            .folder();
    List<String> command = new ArrayList<>(List.of("node", folder.resolve(script).toString()));
    command.addAll(List.of(arguments));
    return JSON.readTree(NodeProject.run(command));
  }

  private static JsonNode plain(PlacedEvent placed, SimulatedChain chain) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("id", placed.id());
    event.put("type", placed.event().system() ? "system" : "contract");
    event.put("ledger", placed.place().ledger());
    event.put("closedAt", Instant.ofEpochSecond(placed.closedAt()).toString());
    event.put("transaction", placed.place().transaction());
    event.put("operation", placed.place().operation());
    event.put("hash", placed.transactionHash());
    event.put("contract", chain.contractId());
    event.put("topics", printed(placed.event().topics().stream().map(ChainValue::plain).toList()));
    event.put("value", printed(placed.event().value().plain()));
    return reread(event);
  }

  private static JsonNode plain(Object value) {
    return reread(printed(value));
  }

  /** As a reader of JSON sees it: there is one kind of whole numbers. */
  private static JsonNode reread(Object value) {
    try {
      return JSON.readTree(JSON.writeValueAsBytes(value));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbers as text and bytes as hexadecimal digits, as read.js prints them. */
  private static Object printed(Object value) {
    if (value instanceof BigInteger number) {
      return number.toString();
    } else if (value instanceof byte[] bytes) {
      return HexFormat.of().formatHex(bytes);
    } else if (value instanceof Collection<?> values) {
      List<Object> all = new ArrayList<>();
      values.forEach(one -> all.add(printed(one)));
      return all;
    } else if (value instanceof Map<?, ?> fields) {
      Map<String, Object> all = new LinkedHashMap<>();
      fields.forEach((name, field) -> all.put(name.toString(), printed(field)));
      return all;
    }
    return value;
  }
}
