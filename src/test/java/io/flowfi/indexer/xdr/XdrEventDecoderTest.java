package io.flowfi.indexer.xdr;

import static io.flowfi.indexer.xdr.EventFixture.CLOSED_AT;
import static io.flowfi.indexer.xdr.EventFixture.rpc;
import static io.flowfi.indexer.xdr.ValueXdr.words;
import static io.flowfi.simulator.ChainValue.address;
import static io.flowfi.simulator.ChainValue.i128;
import static io.flowfi.simulator.ChainValue.none;
import static io.flowfi.simulator.ChainValue.struct;
import static io.flowfi.simulator.ChainValue.symbol;
import static io.flowfi.simulator.ChainValue.text;
import static io.flowfi.simulator.ChainValue.u32;
import static io.flowfi.simulator.ChainValue.u64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.UndecodableEventException;
import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.ChainFact;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Fact;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.ContractEvents;
import io.flowfi.simulator.SimulatedEvent;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of the contract's events. */
class XdrEventDecoderTest {
  private static final String SENDER = TestAddresses.account(1);
  private static final String RECIPIENT = TestAddresses.account(2);
  private static final String TOKEN = TestAddresses.contract(3);
  private static final String ADMIN = TestAddresses.account(4);
  private static final String TREASURY = TestAddresses.account(5);
  private static final Address FROM = new Address(SENDER);
  private static final Address TO = new Address(RECIPIENT);
  private static final BigInteger ID = BigInteger.valueOf(42);
  private static final StreamId STREAM = new StreamId(42);
  private static final BigInteger U64_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final Amount MOST = new Amount(Amount.MAX_VALUE);
  private static final ChainValue I64 = new ChainValue(words(6, 0, 42), "42");

  private final List<String> anomalies = new ArrayList<>();
  private final XdrEventDecoder decoder =
      new XdrEventDecoder(EventFixture.CONTRACT, anomalies::add);

  static Stream<Arguments> known() {
    byte[] old = new byte[32];
    byte[] next = new byte[32];
    Arrays.fill(next, (byte) 0xfe);
    return Stream.of(
        Arguments.of(
            ContractEvents.streamCreated(42, SENDER, RECIPIENT, TOKEN, 5, 100, 1_000),
            created(5, 100, 1_000, true)),
        Arguments.of(
            ContractEvents.streamCreated(42, SENDER, RECIPIENT, TOKEN, 0, 100, 1_000),
            created(0, 100, 1_000, false)),
        Arguments.of(
            ContractEvents.streamCreated(42, SENDER, RECIPIENT, TOKEN, 5, 0, 1_000),
            created(5, 0, 1_000, false)),
        Arguments.of(
            ContractEvents.streamCreated(
                U64_MAX, SENDER, TOKEN, TOKEN, Amount.MAX_VALUE, Amount.MAX_VALUE, U64_MAX),
            new StreamFact.Created(
                new StreamId(-1),
                FROM,
                new Address(TOKEN),
                new Address(TOKEN),
                MOST,
                MOST,
                PaymentStream.MAX_TIME,
                true)),
        Arguments.of(
            ContractEvents.stepVestingCreated(
                ID, SENDER, RECIPIENT, TOKEN, number(100), 12, number(2_000)),
            created(0, 100, CLOSED_AT, false)),
        Arguments.of(
            ContractEvents.hybridCliffCreated(
                ID, SENDER, RECIPIENT, TOKEN, number(100), number(2_000), number(50), number(7)),
            created(7, 100, CLOSED_AT, false)),
        Arguments.of(
            ContractEvents.allowanceCreated(ID, SENDER, RECIPIENT, TOKEN, number(7), number(9)),
            created(7, 0, 9, false)),
        Arguments.of(
            ContractEvents.toppedUp(ID, SENDER, number(3), number(103), U64_MAX),
            new StreamFact.ToppedUp(STREAM, Parties.ofSender(FROM), Amount.of(3), Amount.of(103))),
        Arguments.of(
            ContractEvents.withdrawn(ID, RECIPIENT, number(3), number(1_001)),
            new StreamFact.Withdrawn(STREAM, Parties.ofRecipient(TO), Amount.of(3))),
        Arguments.of(
            ContractEvents.paused(ID, SENDER, number(1_002)),
            new StreamFact.Paused(STREAM, Parties.ofSender(FROM), 1_002)),
        Arguments.of(
            ContractEvents.resumed(ID, SENDER, U64_MAX),
            new StreamFact.Resumed(STREAM, Parties.ofSender(FROM), PaymentStream.MAX_TIME)),
        Arguments.of(
            ContractEvents.cancelled(ID, SENDER, RECIPIENT, number(30), number(70)),
            new StreamFact.Cancelled(STREAM, Parties.of(FROM, TO), Amount.of(30), Amount.of(70))),
        Arguments.of(
            ContractEvents.completed(ID, RECIPIENT, Amount.MAX_VALUE),
            new StreamFact.Completed(STREAM, Parties.ofRecipient(TO), MOST)),
        Arguments.of(
            ContractEvents.feeCollected(ID, TREASURY, number(2), TOKEN),
            new StreamFact.FeeCollected(
                STREAM, Parties.NONE, new Address(TREASURY), Amount.of(2), new Address(TOKEN))),
        Arguments.of(
            ContractEvents.rateModified(ID, SENDER, number(5), number(6), number(8), number(7)),
            new StreamFact.RateModified(
                STREAM, Parties.ofSender(FROM), Amount.of(5), Amount.of(6), 8, 7)),
        Arguments.of(
            ContractEvents.closed(ID, ADMIN, number(7)),
            new StreamFact.Closed(STREAM, new Address(ADMIN), 7)),
        Arguments.of(
            ContractEvents.initialized(ADMIN, TREASURY, 0xffffffffL),
            new ProtocolFact.Initialized(new Address(ADMIN), new Address(TREASURY), 0xffffffffL)),
        Arguments.of(
            ContractEvents.feeConfigUpdated(ADMIN, TREASURY, SENDER, 25, 50),
            new ProtocolFact.FeeConfigUpdated(
                new Address(ADMIN), new Address(TREASURY), FROM, 25, 50)),
        Arguments.of(
            ContractEvents.adminTransferred(ADMIN, SENDER),
            new ProtocolFact.AdminTransferred(new Address(ADMIN), FROM)),
        Arguments.of(
            ContractEvents.executableUpdate(old, next),
            new ProtocolFact.ContractUpgraded("00".repeat(32), "fe".repeat(32))));
  }

  private static StreamFact created(long rate, long deposited, long startTime, boolean modelled) {
    return new StreamFact.Created(
        STREAM,
        FROM,
        TO,
        new Address(TOKEN),
        Amount.of(rate),
        Amount.of(deposited),
        startTime,
        modelled);
  }

  @ParameterizedTest
  @MethodSource("known")
  void shouldKnowTheEventsOfTheContract(SimulatedEvent event, Fact fact) {
    ChainFact decoded = decoder.decode(rpc(event));
    assertThat(decoded.fact()).isEqualTo(fact);
    assertThat(decoded.name()).isEqualTo(event.name());
    assertThat(decoded.position()).isEqualTo(EventFixture.POSITION);
    assertThat(decoded.transactionHash()).isEqualTo(EventFixture.HASH);
    assertThat(decoded.closedAt()).isEqualTo(CLOSED_AT);
    assertThat(decoded.raw()).isEmpty();
    assertThat(anomalies).isEmpty();
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of(
            ContractEvents.milestoneUnlocked(ID, 3, number(250), ADMIN, U64_MAX),
            Parties.NONE,
            "{'amount':'250','caller':'"
                + ADMIN
                + "','milestone_id':3,'stream_id':'42',"
                + "'timestamp':'18446744073709551615'}"),
        Arguments.of(
            ContractEvents.disputeRequested(ID, SENDER, ADMIN, number(1)),
            Parties.ofSender(FROM),
            "{'arbiter':'"
                + ADMIN
                + "','sender':'"
                + SENDER
                + "','stream_id':'42','timestamp':'1'}"),
        Arguments.of(
            ContractEvents.disputeResolved(ID, ADMIN, true, number(1)),
            Parties.NONE,
            "{'approved':true,'arbiter':'" + ADMIN + "','stream_id':'42','timestamp':'1'}"),
        Arguments.of(
            SimulatedEvent.of(
                "recipient_transferred",
                Optional.of(ID),
                Map.of("old_recipient", address(SENDER), "new_recipient", address(RECIPIENT))),
            Parties.ofRecipient(TO),
            "{'new_recipient':'" + RECIPIENT + "','old_recipient':'" + SENDER + "'}"),
        // who has it now counts, whoever gets it later
        Arguments.of(
            SimulatedEvent.of(
                "recipient_offered",
                Optional.of(ID),
                Map.of("recipient", address(RECIPIENT), "new_recipient", address(SENDER))),
            Parties.ofRecipient(TO),
            "{'new_recipient':'" + SENDER + "','recipient':'" + RECIPIENT + "'}"),
        Arguments.of(
            SimulatedEvent.of(
                "sent", Optional.of(ID), Map.of("sender", u32(7), "recipient", address(RECIPIENT))),
            Parties.NONE,
            "{'recipient':'" + RECIPIENT + "','sender':7}"),
        // no topic names the stream, but its data does
        Arguments.of(
            SimulatedEvent.of("gifted", Optional.empty(), Map.of("stream_id", u64(42))),
            Parties.NONE,
            "{'stream_id':'42'}"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void shouldPassOnWhatItDoesNotKnowOfAStream(SimulatedEvent event, Parties parties, String data) {
    ChainFact decoded = decoder.decode(rpc(event));
    assertThat(decoded.fact())
        .isEqualTo(new StreamFact.Changed(STREAM, parties, event.name(), data.replace('\'', '"')));
    assertThat(decoded.raw()).contains(raw(event));
    assertThat(anomalies).isEmpty();
  }

  static Stream<Arguments> othersOfTheProtocol() {
    return Stream.of(
        Arguments.of(
            ContractEvents.guardianUpdated(ADMIN, Optional.empty()),
            "emergency_guardian_updated",
            "{'admin':'" + ADMIN + "','guardian':null}"),
        Arguments.of(
            ContractEvents.contractUpgraded(ADMIN, new byte[2], new byte[] {-1}, number(7)),
            "contract_upgraded",
            "{'admin':'"
                + ADMIN
                + "','new_wasm_hash':'ff','old_wasm_hash':'0000','timestamp':'7'}"),
        Arguments.of(
            ContractEvents.flowFiProtocolPaused(ADMIN), "FlowFi.ProtocolPaused", "'" + ADMIN + "'"),
        Arguments.of(event(List.of(symbol("opened")), none()), "opened", "null"),
        Arguments.of(event(List.of(), u32(1)), "unnamed", "1"),
        Arguments.of(
            event(List.of(symbol(""), symbol("b")), u32(1)),
            "unnamed",
            "{'topics':['','b'],'value':1}"),
        Arguments.of(event(List.of(text("hi")), u32(1)), "unnamed", "{'topics':['hi'],'value':1}"),
        Arguments.of(
            event(List.of(symbol("a"), symbol("b"), u64(42)), u32(1)),
            "a.b",
            "{'topics':['42'],'value':1}"),
        Arguments.of(
            event(List.of(symbol("a"), symbol("")), u32(1)), "a", "{'topics':[''],'value':1}"),
        // only a u64 is the id of a stream
        Arguments.of(
            event(List.of(symbol("a"), u32(42)), u32(1)), "a", "{'topics':[42],'value':1}"),
        Arguments.of(event(List.of(symbol("a"), I64), u32(1)), "a", "{'topics':['42'],'value':1}"),
        Arguments.of(
            SimulatedEvent.of("gifted", Optional.empty(), Map.of("stream_id", i128(42))),
            "gifted",
            "{'stream_id':'42'}"),
        // of the host, not of the contract
        Arguments.of(
            new SimulatedEvent(true, List.of(symbol("stream_paused"), u64(42)), u32(1)),
            "stream_paused",
            "1"),
        // as many topics as an upgrade has, but another name
        Arguments.of(
            new SimulatedEvent(true, List.of(symbol("fee_update"), u32(1), u32(2)), none()),
            "fee_update",
            "{'topics':[1,2],'value':null}"));
  }

  @ParameterizedTest
  @MethodSource("othersOfTheProtocol")
  void shouldPassOnWhatItDoesNotKnowOfTheProtocol(SimulatedEvent event, String name, String data) {
    ChainFact decoded = decoder.decode(rpc(event));
    assertThat(decoded.fact()).isEqualTo(new ProtocolFact.Changed(name, data.replace('\'', '"')));
    assertThat(decoded.name()).isEqualTo(name);
    assertThat(decoded.raw()).contains(raw(event));
    assertThat(anomalies).isEmpty();
  }

  @Test
  void shouldTellTheStreamOfAnEventWithoutAName() {
    assertThat(decoder.decode(rpc(List.of(text("hi"), u64(42)), u32(1))).fact())
        .isEqualTo(
            new StreamFact.Changed(
                STREAM, Parties.NONE, "unnamed", "{\"topics\":[\"hi\"],\"value\":1}"));
  }

  /** CAP-85: the code of another contract. */
  @Test
  void shouldTellAnExecutableThatIsNoCode() {
    ChainValue reference =
        ChainValue.vec(symbol("ExternalRef"), struct(Map.of("owner", address(TOKEN))));
    SimulatedEvent event =
        new SimulatedEvent(
            true,
            List.of(
                symbol("executable_update"),
                ChainValue.vec(symbol("Wasm"), ChainValue.bytes(new byte[32])),
                reference),
            ChainValue.vec());
    assertThat(decoder.decode(rpc(event)).fact())
        .isEqualTo(
            new ProtocolFact.ContractUpgraded(
                "00".repeat(32), "[\"ExternalRef\",{\"owner\":\"" + TOKEN + "\"}]"));
  }

  static Stream<Arguments> notCode() {
    ChainValue hash = ChainValue.bytes(new byte[] {7});
    return Stream.of(
        Arguments.of(ChainValue.vec(symbol("Wasm")), "['Wasm']"),
        Arguments.of(ChainValue.vec(symbol("Wasm"), u32(1)), "['Wasm',1]"),
        Arguments.of(ChainValue.vec(symbol("Wasm"), hash, u32(1)), "['Wasm','07',1]"),
        Arguments.of(ChainValue.vec(symbol("Stored"), hash), "['Stored','07']"),
        Arguments.of(hash, "'07'"));
  }

  /** A host of tomorrow may name the code otherwise; that it has changed must be known. */
  @ParameterizedTest
  @MethodSource("notCode")
  void shouldTellOfAnUpgradeWhateverTheCodeIs(ChainValue code, String told) {
    List<ChainValue> topics = List.of(symbol("executable_update"), none(), code);
    assertThat(decoder.decode(rpc(new SimulatedEvent(true, topics, none()))).fact())
        .isEqualTo(new ProtocolFact.ContractUpgraded("null", told.replace('\'', '"')));
  }

  @Test
  void shouldPassOnAnUpdateOfTheHostThatDoesNotNameTwoCodes() {
    for (int others : new int[] {0, 1, 3}) {
      List<ChainValue> topics = new ArrayList<>(List.of(symbol("executable_update")));
      topics.addAll(Collections.nCopies(others, u32(1)));
      assertThat(decoder.decode(rpc(new SimulatedEvent(true, topics, none()))).fact())
          .isInstanceOfSatisfying(
              ProtocolFact.Changed.class,
              changed -> assertThat(changed.name()).isEqualTo("executable_update"));
    }
  }

  @Test
  void shouldNotTakeAnEventOfTheContractForOneOfTheHost() {
    SimulatedEvent real = ContractEvents.executableUpdate(new byte[32], new byte[32]);
    SimulatedEvent forged = new SimulatedEvent(false, real.topics(), real.value());
    assertThat(decoder.decode(rpc(forged)).fact()).isInstanceOf(ProtocolFact.Changed.class);
  }

  static Stream<Arguments> otherShapes() {
    return Stream.of(
        Arguments.of("amount", null),
        Arguments.of("amount", none()),
        Arguments.of("amount", u64(3)),
        Arguments.of("amount", i128(-1)),
        Arguments.of("amount", i128(Amount.MAX_VALUE.not())),
        Arguments.of("recipient", text("nobody")));
  }

  /** It may be true, but not what we know under this name: it is shown, and no money is moved. */
  @ParameterizedTest
  @MethodSource("otherShapes")
  void shouldPassOnAKnownNameWithOtherFields(String field, ChainValue value) {
    Map<String, ChainValue> fields = new TreeMap<>();
    fields.put("stream_id", u64(42));
    fields.put("recipient", address(RECIPIENT));
    fields.put("amount", i128(3));
    fields.put("timestamp", u64(1_001));
    if (value == null) {
      fields.remove(field);
    } else {
      fields.put(field, value);
    }
    SimulatedEvent event = SimulatedEvent.of("tokens_withdrawn", Optional.of(ID), fields);
    assertThat(decoder.decode(rpc(event)).fact())
        .isInstanceOfSatisfying(
            StreamFact.Changed.class,
            changed -> {
              assertThat(changed.streamId()).isEqualTo(STREAM);
              assertThat(changed.name()).isEqualTo("tokens_withdrawn");
            });
    assertThat(anomalies).containsExactly("other_shape");
  }

  @Test
  void shouldPassOnAKnownNameThatIsNotAboutWhatItWas() {
    decoder.decode(rpc(List.of(symbol("stream_paused")), none()));
    decoder.decode(rpc(List.of(symbol("stream_paused"), text("42")), none()));
    decoder.decode(rpc(List.of(symbol("stream_paused"), u64(42)), u64(7)));
    ChainFact ofStream = decoder.decode(rpc(List.of(symbol("initialized"), u64(42)), none()));
    assertThat(anomalies)
        .containsExactly("other_shape", "other_shape", "other_shape", "other_shape");
    assertThat(ofStream.fact())
        .isEqualTo(new StreamFact.Changed(STREAM, Parties.NONE, "initialized", "null"));
  }

  /** All fields are there, but the contract has no such event of a stream. */
  @Test
  void shouldNotTakeAnEventOfAStreamForOneOfTheProtocol() {
    ChainValue fields = ContractEvents.adminTransferred(ADMIN, SENDER).value();
    assertThat(decoder.decode(rpc(List.of(symbol("admin_transferred"), u64(42)), fields)).fact())
        .isInstanceOfSatisfying(
            StreamFact.Changed.class,
            changed -> {
              assertThat(changed.streamId()).isEqualTo(STREAM);
              assertThat(changed.name()).isEqualTo("admin_transferred");
            });
    assertThat(anomalies).containsExactly("other_shape");
  }

  @Test
  void shouldLeaveOutAndCountWhatItDoesNotKnowInAKnownEvent() {
    StreamFact paused = new StreamFact.Paused(STREAM, Parties.ofSender(FROM), 7);
    Map<String, ChainValue> fields = new TreeMap<>();
    fields.put("sender", address(SENDER));
    fields.put("paused_at", u64(7));
    List<ChainValue> topics = List.of(symbol("stream_paused"), u64(42));
    assertThat(decoder.decode(rpc(topics, struct(fields))).fact()).isEqualTo(paused);
    assertThat(anomalies).isEmpty();
    List<ChainValue> more = List.of(symbol("stream_paused"), u64(42), address(SENDER));
    assertThat(decoder.decode(rpc(more, struct(fields))).fact()).isEqualTo(paused);
    assertThat(anomalies).containsExactly("unknown_field");
    fields.put("reason", text("holiday"));
    assertThat(decoder.decode(rpc(topics, struct(fields))).fact()).isEqualTo(paused);
    assertThat(anomalies).containsExactly("unknown_field", "unknown_field");
  }

  @Test
  void shouldCountAFieldWhoseNameIsNoSymbol() {
    Map<ChainValue, ChainValue> fields = new LinkedHashMap<>();
    fields.put(u32(1), none());
    fields.put(symbol("paused_at"), u64(7));
    List<ChainValue> topics = List.of(symbol("stream_paused"), u64(42));
    assertThat(decoder.decode(rpc(topics, ChainValue.map(fields))).fact())
        .isEqualTo(new StreamFact.Paused(STREAM, Parties.NONE, 7));
    assertThat(anomalies).containsExactly("unknown_field");
  }

  /** Times that follow from what else is known. */
  @Test
  void shouldNotNeedFieldsThatChangeNoStream() {
    ChainValue toppedUp = struct(Map.of("amount", i128(3), "new_deposited_amount", i128(103)));
    assertThat(decoder.decode(rpc(List.of(symbol("stream_topped_up"), u64(42)), toppedUp)).fact())
        .isEqualTo(new StreamFact.ToppedUp(STREAM, Parties.NONE, Amount.of(3), Amount.of(103)));
    ChainValue withdrawn = struct(Map.of("amount", i128(3)));
    assertThat(decoder.decode(rpc(List.of(symbol("tokens_withdrawn"), u64(42)), withdrawn)).fact())
        .isEqualTo(new StreamFact.Withdrawn(STREAM, Parties.NONE, Amount.of(3)));
    assertThat(anomalies).isEmpty();
  }

  @Test
  void shouldBelieveTheTopicIfTheDataNamesAnotherStream() {
    ChainValue data =
        struct(Map.of("stream_id", u64(43), "recipient", address(RECIPIENT), "amount", i128(3)));
    assertThat(decoder.decode(rpc(List.of(symbol("tokens_withdrawn"), u64(42)), data)).fact())
        .isEqualTo(new StreamFact.Withdrawn(STREAM, Parties.ofRecipient(TO), Amount.of(3)));
    assertThat(anomalies).containsExactly("other_stream_id");
    // and of an event that it does not know
    assertThat(
            decoder
                .decode(
                    rpc(List.of(symbol("gifted"), u64(42)), struct(Map.of("stream_id", u64(43)))))
                .fact())
        .isEqualTo(
            new StreamFact.Changed(STREAM, Parties.NONE, "gifted", "{\"stream_id\":\"43\"}"));
    assertThat(anomalies).containsExactly("other_stream_id", "other_stream_id");
  }

  @Test
  void shouldKeepDataThatIsTooLargeToItself() {
    ChainValue large = ChainValue.bytes(new byte[XdrEventDecoder.MAX_DATA / 2]);
    ChainFact decoded = decoder.decode(rpc(List.of(symbol("blob"), u64(42)), large));
    assertThat(decoded.fact())
        .isEqualTo(new StreamFact.Changed(STREAM, Parties.NONE, "blob", "null"));
    assertThat(decoded.raw()).hasValueSatisfying(raw -> assertThat(raw).hasSizeGreaterThan(43_000));
    assertThat(anomalies).containsExactly("data_too_large");
  }

  @Test
  void shouldTellEventsApartByTheirBytes() {
    List<ChainValue> topics = List.of(symbol("a"), symbol("b"));
    byte[] digest = decoder.decode(rpc(topics, none())).digest();
    assertThat(decoder.decode(rpc(topics, none())).digest()).isEqualTo(digest).hasSize(32);
    assertThat(decoder.decode(rpc(topics, u32(0))).digest()).isNotEqualTo(digest);
    assertThat(decoder.decode(rpc(List.of(symbol("a")), symbol("b"))).digest())
        .isNotEqualTo(digest);
    assertThat(decoder.decode(rpc(event(topics, none()))).digest()).isEqualTo(digest);
    assertThat(decoder.decode(rpc(new SimulatedEvent(true, topics, none()))).digest())
        .isNotEqualTo(digest);
  }

  /** It is stored: made otherwise, each event that is known would be one of another chain. */
  @Test
  void shouldMakeTheDigestThatStoresHold() {
    byte[] digest = decoder.decode(rpc(List.of(symbol("a"), u64(42)), none())).digest();
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("7751feb599cadc756c06bee2c1b705394c33f98878c7e569c79ab54abf0a35a0");
  }

  @Test
  void shouldDecodeNoEventOfAnotherContract() {
    RpcEvent ours = rpc(ContractEvents.paused(ID, SENDER, number(1)));
    RpcEvent other =
        new RpcEvent(
            ours.id(),
            ours.kind(),
            ours.position(),
            ours.closedAt(),
            TOKEN,
            ours.transactionHash(),
            ours.topics(),
            ours.value());
    assertThatExceptionOfType(UndecodableEventException.class)
        .isThrownBy(() -> decoder.decode(other))
        .withMessageContaining(EventFixture.ID + ": it is of another contract: " + TOKEN);
  }

  private static SimulatedEvent event(List<ChainValue> topics, ChainValue value) {
    return new SimulatedEvent(false, topics, value);
  }

  private static String raw(SimulatedEvent event) {
    List<String> topics =
        event.topics().stream().map(topic -> '"' + base64(topic.xdr()) + '"').toList();
    return "{\"topics\":["
        + String.join(",", topics)
        + "],\"value\":\""
        + base64(event.value().xdr())
        + "\"}";
  }

  private static String base64(byte[] xdr) {
    return Base64.getEncoder().encodeToString(xdr);
  }

  private static BigInteger number(long value) {
    return BigInteger.valueOf(value);
  }
}
