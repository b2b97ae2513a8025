package io.flowfi.simulator;

import static io.flowfi.simulator.EveryEvent.ADMIN;
import static io.flowfi.simulator.EveryEvent.RECIPIENT;
import static io.flowfi.simulator.EveryEvent.SENDER;
import static io.flowfi.simulator.EveryEvent.TOKEN;
import static io.flowfi.simulator.EveryEvent.TREASURY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.xdr.XdrEventDecoder;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Fact;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Our decoder over bytes that neither it nor the Java SDK has written: Stellar's JavaScript SDK
 * encodes one event of each kind. Needs node.
 */
class JudgedDecoderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long START = 1_790_000_000;
  private static final long CLOSED_AT = START + 7;
  private static final StreamId STREAM = new StreamId(42);
  private static final Address FROM = new Address(SENDER);
  private static final Address TO = new Address(RECIPIENT);
  private static final Address ASSET = new Address(TOKEN);
  private static final Address BOSS = new Address(ADMIN);
  private static final Amount MOST = new Amount(Amount.MAX_VALUE);

  private final Address contract = new Address(new SimulatedChain().contractId());
  private final List<String> oddities = new ArrayList<>();
  private final XdrEventDecoder decoder = new XdrEventDecoder(contract, oddities::add);

  @Test
  void shouldDecodeWhatAnotherImplementationEncodes() throws Exception {
    JsonNode encoded = StellarSdkTest.run("encode.js");

    List<Fact> facts = facts();
    assertThat(encoded).hasSameSizeAs(facts);
    for (int i = 0; i < facts.size(); i++) {
      Fact decoded = decoder.decode(event(encoded.get(i))).fact();
      assertThat(withoutData(decoded)).isEqualTo(facts.get(i));
    }
    assertThat(oddities).isEmpty();
  }

  /** What is not modelled keeps all its fields. */
  @Test
  void shouldKeepTheFieldsOfWhatIsNotModelled() throws Exception {
    JsonNode encoded = StellarSdkTest.run("encode.js");

    assertThat(data(encoded.get(16)))
        .isEqualTo(
            json(
                "{'amount':'250','caller':'%s','milestone_id':3,'stream_id':'42','timestamp':'%d'}",
                ADMIN, START + 30));
    assertThat(data(encoded.get(21))).isEqualTo(json("{'admin':'%s','guardian':null}", ADMIN));
    assertThat(data(encoded.get(22)))
        .isEqualTo(
            json(
                "{'admin':'%s','new_wasm_hash':'%s','old_wasm_hash':'%s','timestamp':'%d'}",
                ADMIN, wasm(101), wasm(100), START + 34));
    assertThat(data(encoded.get(24))).isEqualTo(json("'%s'", ADMIN));
    assertThat(data(encoded.get(29))).isEqualTo(json("{'tide':'-3'}"));
  }

  /** In the order of encode.js. */
  private static List<Fact> facts() {
    return List.of(
        new ProtocolFact.Initialized(BOSS, new Address(TREASURY), 25),
        new ProtocolFact.FeeConfigUpdated(BOSS, new Address(TREASURY), account(5), 25, 1_000),
        new ProtocolFact.AdminTransferred(BOSS, account(6)),
        new StreamFact.FeeCollected(
            STREAM, Parties.NONE, new Address(TREASURY), Amount.of(25_000), ASSET),
        created(42, 115, 9_975_000, START, true),
        new StreamFact.ToppedUp(
            STREAM, Parties.ofSender(FROM), Amount.of(500), Amount.of(9_975_500)),
        new StreamFact.Withdrawn(STREAM, Parties.ofRecipient(TO), Amount.of(575)),
        new StreamFact.Paused(STREAM, Parties.ofSender(FROM), START + 10),
        new StreamFact.Resumed(STREAM, Parties.ofSender(FROM), START + 86_000),
        new StreamFact.RateModified(
            STREAM,
            Parties.ofSender(FROM),
            Amount.of(115),
            Amount.of(230),
            START + 43_000,
            START + 20),
        new StreamFact.Cancelled(
            STREAM, Parties.of(FROM, TO), Amount.of(2_875), Amount.of(9_972_625)),
        new StreamFact.Completed(STREAM, Parties.ofRecipient(TO), Amount.of(9_975_500)),
        new StreamFact.Closed(STREAM, FROM, START + 90_000),
        created(43, 0, 1_000_000, CLOSED_AT, false),
        created(44, 9, 1_000_000, CLOSED_AT, false),
        created(45, 7, 0, START, false),
        changed(Parties.NONE, "milestone_condition_unlocked"),
        changed(Parties.ofSender(FROM), "dispute_requested"),
        changed(Parties.NONE, "dispute_resolved"),
        new ProtocolFact.Changed("protocol_pause_status", ""),
        new ProtocolFact.Changed("emergency_guardian_updated", ""),
        new ProtocolFact.Changed("emergency_guardian_updated", ""),
        new ProtocolFact.Changed("contract_upgraded", ""),
        new ProtocolFact.Changed("state_migrated", ""),
        new ProtocolFact.Changed("FlowFi.ProtocolPaused", ""),
        new ProtocolFact.ContractUpgraded(wasm(100), wasm(101)),
        new StreamFact.Created(
            new StreamId(-1), FROM, ASSET, ASSET, MOST, MOST, PaymentStream.MAX_TIME, true),
        created(46, 0, 1_000, START, false),
        changed(Parties.NONE, "stream_gifted"),
        new ProtocolFact.Changed("moon_is_full", ""));
  }

  private static StreamFact created(
      long id, long rate, long deposited, long startTime, boolean modelled) {
    return new StreamFact.Created(
        new StreamId(id),
        FROM,
        TO,
        ASSET,
        Amount.of(rate),
        Amount.of(deposited),
        startTime,
        modelled);
  }

  private static StreamFact changed(Parties parties, String name) {
    return new StreamFact.Changed(STREAM, parties, name, "");
  }

  private RpcEvent event(JsonNode encoded) {
    Base64.Decoder base64 = Base64.getDecoder();
    List<byte[]> topics = new ArrayList<>();
    encoded.path("topics").forEach(topic -> topics.add(base64.decode(topic.asText())));
    boolean system =
        encoded
            .path("topics")
            .get(0)
            .asText()
            .equals(ChainValue.symbol("executable_update").base64());
    return new RpcEvent(
        "0000004294967300096-0000000000",
        system ? RpcEvent.Kind.SYSTEM : RpcEvent.Kind.CONTRACT,
        new ChainPosition(1_000, 1, 0, 0),
        CLOSED_AT,
        contract.strKey(),
        "ab".repeat(32),
        topics,
        base64.decode(encoded.path("value").asText()));
  }

  private JsonNode data(JsonNode encoded) throws Exception {
    Fact fact = decoder.decode(event(encoded)).fact();
    return JSON.readTree(
        fact instanceof StreamFact.Changed ofStream
            ? ofStream.data()
            : ((ProtocolFact.Changed) fact).data());
  }

  private static Fact withoutData(Fact fact) {
    if (fact instanceof StreamFact.Changed changed) {
      return new StreamFact.Changed(changed.streamId(), changed.parties(), changed.name(), "");
    }
    return fact instanceof ProtocolFact.Changed changed
        ? new ProtocolFact.Changed(changed.name(), "")
        : fact;
  }

  private static Address account(int number) {
    return new Address(EveryEvent.account(number));
  }

  private static String wasm(int number) {
    return HexFormat.of().formatHex(SimulatedChain.contractNumber(number));
  }

  private static JsonNode json(String text, Object... values) throws Exception {
    return JSON.readTree(text.formatted(values).replace('\'', '"'));
  }
}
