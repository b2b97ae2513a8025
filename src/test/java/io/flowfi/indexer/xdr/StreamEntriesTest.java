package io.flowfi.indexer.xdr;

import static io.flowfi.simulator.ChainValue.address;
import static io.flowfi.simulator.ChainValue.bool;
import static io.flowfi.simulator.ChainValue.i128;
import static io.flowfi.simulator.ChainValue.none;
import static io.flowfi.simulator.ChainValue.symbol;
import static io.flowfi.simulator.ChainValue.u64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flowfi.indexer.EntryState;
import io.flowfi.indexer.EventDecoder;
import io.flowfi.indexer.UndecodableEventException;
import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.simulator.ChainAddress;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.HostileXdr;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stellar.sdk.xdr.LedgerEntry;
import org.stellar.sdk.xdr.LedgerKey;

/** What the contract stores of a stream, as {@code types.rs} of its versions has it. */
class StreamEntriesTest {
  private static final String SENDER = TestAddresses.account(1);
  private static final String RECIPIENT = TestAddresses.account(2);
  private static final String TOKEN = TestAddresses.contract(3);
  private static final StreamId STREAM = new StreamId(42);
  private static final BigInteger U64_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

  private final List<String> anomalies = new ArrayList<>();
  private final XdrEventDecoder decoder =
      new XdrEventDecoder(EventFixture.CONTRACT, anomalies::add);

  /** A stream as the contract of August 2026 stores it. */
  private static Map<String, ChainValue> older() {
    Map<String, ChainValue> fields = new TreeMap<>();
    fields.put("sender", address(SENDER));
    fields.put("recipient", address(RECIPIENT));
    fields.put("token_address", address(TOKEN));
    fields.put("rate_per_second", i128(5));
    fields.put("deposited_amount", i128(Amount.MAX_VALUE));
    fields.put("withdrawn_amount", i128(30));
    fields.put("start_time", u64(1_000));
    fields.put("last_update_time", u64(1_006));
    fields.put("is_active", bool(true));
    fields.put("paused", bool(false));
    fields.put("paused_at", none());
    fields.put("status", variant("Active"));
    return fields;
  }

  private static Map<String, ChainValue> newer() {
    Map<String, ChainValue> fields = older();
    fields.put("cliff_time", none());
    fields.put("schedule", variant("Linear"));
    fields.put("arbiter", none());
    fields.put("dispute_status", variant("None"));
    fields.put("is_allowance_based", bool(false));
    return fields;
  }

  private static ChainValue variant(String name, ChainValue... values) {
    List<ChainValue> all = new ArrayList<>(List.of(symbol(name)));
    all.addAll(List.of(values));
    return ChainValue.vec(all.toArray(ChainValue[]::new));
  }

  @Test
  void shouldReadAStreamOfTheOlderContract() {
    assertThat(read(older()))
        .isEqualTo(
            new StreamEntry(
                STREAM,
                new Address(SENDER),
                new Address(RECIPIENT),
                new Address(TOKEN),
                Amount.of(5),
                new Amount(Amount.MAX_VALUE),
                Amount.of(30),
                1_000,
                1_006,
                StreamStatus.ACTIVE,
                OptionalLong.empty(),
                900,
                true));
    assertThat(anomalies).isEmpty();
  }

  @Test
  void shouldReadAStreamOfTheNewerContract() {
    assertThat(read(newer())).isEqualTo(read(older()));
    Map<String, ChainValue> withArbiter = newer();
    withArbiter.put("arbiter", address(SENDER));
    assertThat(read(withArbiter)).isEqualTo(read(older()));
    assertThat(anomalies).isEmpty();
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of("rate_per_second", i128(0)),
        Arguments.of("deposited_amount", i128(0)),
        Arguments.of("schedule", variant("StepTranches", ChainValue.vec())),
        Arguments.of("schedule", variant("HybridCliffLinear", u64(1), i128(1))),
        Arguments.of("schedule", variant("Moonlight")),
        Arguments.of("cliff_time", u64(2_000)),
        Arguments.of("dispute_status", variant("Requested")),
        Arguments.of("dispute_status", variant("Resolved", bool(false))),
        Arguments.of("is_allowance_based", bool(true)),
        Arguments.of("is_allowance_based", u64(0)),
        Arguments.of("is_allowance_based", symbol("false")));
  }

  @ParameterizedTest
  @MethodSource("others")
  void shouldNotModelAStreamThatPaysOtherwise(String field, ChainValue value) {
    Map<String, ChainValue> fields = newer();
    fields.put(field, value);
    assertThat(read(fields).modelled()).isFalse();
    assertThat(anomalies).isEmpty();
  }

  @Test
  void shouldNotModelAStreamWithAFieldThatItDoesNotKnow() {
    Map<String, ChainValue> fields = newer();
    fields.put("interest", i128(1));
    assertThat(read(fields).modelled()).isFalse();
    assertThat(anomalies).containsExactly("unknown_field");
  }

  @ParameterizedTest
  @CsvSource({
    "Active, ACTIVE, ",
    "Paused, PAUSED, 1010",
    "Cancelled, CANCELLED, ",
    "Completed, COMPLETED, "
  })
  void shouldBelieveTheStatus(String stored, StreamStatus status, Long pausedAt) {
    // a stream that is cancelled while it is paused stays so in the contract
    Map<String, ChainValue> fields = older();
    fields.put("paused", bool(true));
    fields.put("paused_at", u64(1_010));
    fields.put("status", variant(stored));
    StreamEntry entry = read(fields);
    assertThat(entry.status()).isEqualTo(status);
    assertThat(entry.pausedAt())
        .isEqualTo(pausedAt == null ? OptionalLong.empty() : OptionalLong.of(pausedAt));
  }

  @Test
  void shouldReadTheEndsOfWhatThereCanBe() {
    Map<String, ChainValue> fields = older();
    String muxed = ChainAddress.muxedContract(TOKEN, -1);
    fields.put("recipient", address(muxed));
    fields.put("start_time", u64(U64_MAX));
    fields.put("last_update_time", u64(U64_MAX));
    StreamEntry entry = read(fields);
    assertThat(entry.recipient()).isEqualTo(new Address(muxed));
    assertThat(entry.startTime()).isEqualTo(PaymentStream.MAX_TIME);
    assertThat(entry.lastUpdateTime()).isEqualTo(PaymentStream.MAX_TIME);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"sender", "recipient", "rate_per_second", "start_time", "status", "token_address"})
  void shouldReadNoStreamWithoutAFieldThatItNeeds(String field) {
    Map<String, ChainValue> fields = older();
    fields.remove(field);
    assertUndecodable(state(STREAM, ChainValue.struct(fields).xdr()), field);
    fields.put(field, symbol("Active"));
    assertUndecodable(state(STREAM, ChainValue.struct(fields).xdr()), field);
  }

  @Test
  void shouldReadNoStreamFromBrokenBytes() {
    for (HostileXdr broken : HostileXdr.of(ChainValue.struct(newer()).xdr())) {
      assertUndecodable(state(STREAM, broken.xdr()), "entry of stream 42");
    }
    byte[] whole = bytes(STREAM, ChainValue.struct(newer()).xdr());
    for (int length = 0; length < whole.length; length++) {
      assertUndecodable(state(Arrays.copyOf(whole, length)), "entry of stream 42");
    }
    assertUndecodable(new EntryState("", "not base64", 900, 0), "entry of stream 42");
  }

  @Test
  void shouldReadNoOtherEntry() {
    byte[] value = ChainValue.struct(older()).xdr();
    assertUndecodable(state(new StreamId(43), value), "the key is another one");
    byte[] other = bytes(STREAM, value);
    other[3] = 7;
    assertUndecodable(state(other), "the type of the entry is 7, not 6");
    byte[] extended = bytes(STREAM, value);
    extended[7] = 1;
    assertUndecodable(state(extended), "the extension is 1, not 0");
  }

  @Test
  void shouldReadNoEntryThatTheSdkHasNotReadToo() {
    EventDecoder alone = SdkWithout.decoder(LedgerEntry.LedgerEntryData.class);
    Map<String, ChainValue> fields = newer();
    EntryState known = state(STREAM, ChainValue.struct(fields).xdr());
    assertThatExceptionOfType(UndecodableEventException.class)
        .isThrownBy(() -> alone.entry(STREAM, known))
        .withCauseInstanceOf(NoClassDefFoundError.class);
    fields.put("recipient", address(ChainAddress.muxedContract(TOKEN, 7)));
    assertThat(alone.entry(STREAM, state(STREAM, ChainValue.struct(fields).xdr())).id())
        .as("it does not know such addresses")
        .isEqualTo(STREAM);
  }

  /** The SDK, which would find it, does not know such addresses. */
  @Test
  void shouldReadNoEntryWithSomethingBehindItThatIsNewerThanTheSdk() {
    Map<String, ChainValue> fields = newer();
    fields.put("recipient", address(ChainAddress.muxedContract(TOKEN, 7)));
    byte[] whole = bytes(STREAM, ChainValue.struct(fields).xdr());
    assertUndecodable(state(Arrays.copyOf(whole, whole.length + 4)), "bytes are left behind");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 42, Long.MAX_VALUE, -1})
  void shouldAskForAStreamByItsKey(long id) throws Exception {
    LedgerKey key = LedgerKey.fromXdrBase64(decoder.keyOf(new StreamId(id)));
    LedgerKey.LedgerKeyContractData data = key.getContractData();
    assertThat(org.stellar.sdk.Address.fromSCAddress(data.getContract()).toString())
        .isEqualTo(EventFixture.CONTRACT.strKey());
    assertThat(data.getKey().toXdrByteArray())
        .isEqualTo(
            ChainValue.vec(symbol("Stream"), u64(new BigInteger(Long.toUnsignedString(id)))).xdr());
    assertThat(data.getDurability().getValue()).isEqualTo(1);
  }

  private StreamEntry read(Map<String, ChainValue> fields) {
    return decoder.entry(STREAM, state(STREAM, ChainValue.struct(fields).xdr()));
  }

  private void assertUndecodable(EntryState state, String reason) {
    assertThatExceptionOfType(UndecodableEventException.class)
        .isThrownBy(() -> decoder.entry(STREAM, state))
        .withMessageContaining(reason)
        .satisfies(fault -> assertThat(fault.stream()).contains(STREAM));
  }

  private static EntryState state(StreamId stream, byte[] value) {
    return state(bytes(stream, value));
  }

  private static EntryState state(byte[] xdr) {
    return new EntryState("", Base64.getEncoder().encodeToString(xdr), 900, 0);
  }

  /** A {@code LedgerEntryData} of contract data, written by hand. */
  private static byte[] bytes(StreamId stream, byte[] value) {
    byte[] contract = address(EventFixture.CONTRACT.strKey()).xdr();
    byte[] key = ChainValue.vec(symbol("Stream"), u64(stream.bits())).xdr();
    ByteBuffer xdr = ByteBuffer.allocate(8 + contract.length - 4 + key.length + 4 + value.length);
    xdr.putInt(6).putInt(0).put(contract, 4, contract.length - 4).put(key).putInt(1).put(value);
    return xdr.array();
  }
}
