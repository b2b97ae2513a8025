package io.flowfi.indexer.xdr;

import io.flowfi.indexer.EntryState;
import io.flowfi.indexer.Oddity;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.stellar.sdk.scval.Scv;
import org.stellar.sdk.xdr.ContractDataDurability;
import org.stellar.sdk.xdr.LedgerEntryType;
import org.stellar.sdk.xdr.LedgerKey;

/**
 * What the contract stores of a stream: its struct {@code Stream} under {@code Vec[Symbol "Stream",
 * U64 id]}. Older contracts store it without the fields about schedule, cliff, disputes and
 * allowance: such a stream is a plain drip.
 */
final class StreamEntries {
  private final Address contract;

  StreamEntries(Address contract) {
    this.contract = contract;
  }

  /** Base64 XDR of the {@code LedgerKey}. */
  String keyOf(StreamId stream) {
    return Base64.getEncoder().encodeToString(key(stream));
  }

  private byte[] key(StreamId stream) {
    BigInteger id = new BigInteger(stream.toString());
    LedgerKey.LedgerKeyContractData data = new LedgerKey.LedgerKeyContractData();
    data.setContract(new org.stellar.sdk.Address(contract.strKey()).toSCAddress());
    data.setKey(Scv.toVec(List.of(Scv.toSymbol("Stream"), Scv.toUint64(id))));
    data.setDurability(ContractDataDurability.PERSISTENT);
    LedgerKey key = new LedgerKey();
    key.setDiscriminant(LedgerEntryType.CONTRACT_DATA);
    key.setContractData(data);
    try {
      return key.toXdrByteArray();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /**
   * Reads an entry ({@code LedgerEntryData}).
   *
   * @throws RuntimeException if it is not exactly one entry of that stream
   */
  StreamEntry read(StreamId stream, EntryState entry, Consumer<Oddity> anomalies) {
    byte[] xdr = Base64.getDecoder().decode(entry.xdr());
    byte[] key = key(stream);
    XdrReader reader = new XdrReader(xdr);
    reader.word(LedgerEntryType.CONTRACT_DATA.getValue(), "the type of the entry");
    reader.word(0, "the extension");
    // contract, key and durability stand in the entry as in the key behind its type
    reader.same(Arrays.copyOfRange(key, 4, key.length), "the key");
    Value value = reader.value();
    reader.end();
    if (!reader.isNewerThanSdk()) {
      SecondReading.ofEntry(xdr);
    }
    return stream(stream, Fields.of(value), entry.lastModifiedLedger(), anomalies);
  }

  private static StreamEntry stream(
      StreamId id, Fields f, long lastModifiedLedger, Consumer<Oddity> anomalies) {
    Address sender = f.address("sender");
    Address recipient = f.address("recipient");
    Address token = f.address("token_address");
    Amount rate = f.amount("rate_per_second");
    Amount deposited = f.amount("deposited_amount");
    Amount withdrawn = f.amount("withdrawn_amount");
    long startTime = f.time("start_time");
    long lastUpdateTime = f.time("last_update_time");
    StreamStatus status = status(f);
    // a cancelled stream may still say that it is paused: its status counts
    OptionalLong pausedAt = f.optionalTime("paused_at");
    f.ignore("is_active");
    f.ignore("paused");
    boolean modelled = isPlainDrip(f) && !rate.isZero() && !deposited.isZero();
    if (f.unknown() > 0) {
      anomalies.accept(Oddity.UNKNOWN_FIELD);
    }
    return new StreamEntry(
        id,
        sender,
        recipient,
        token,
        rate,
        deposited,
        withdrawn,
        startTime,
        lastUpdateTime,
        status,
        status == StreamStatus.PAUSED ? pausedAt : OptionalLong.empty(),
        lastModifiedLedger,
        modelled);
  }

  private static StreamStatus status(Fields f) {
    String name =
        f.optional("status")
            .flatMap(Fields::variant)
            .orElseThrow(() -> new OtherShapeException("status"));
    return Arrays.stream(StreamStatus.values())
        .filter(status -> name.toUpperCase(Locale.ROOT).equals(status.name()))
        .findFirst()
        .orElseThrow(() -> new OtherShapeException("status"));
  }

  /** Whether it pays by its rate alone. A field that we do not know may say otherwise. */
  private static boolean isPlainDrip(Fields f) {
    boolean linear = f.optional("schedule").map(v -> isVariant(v, "Linear")).orElse(true);
    boolean atOnce = f.optional("cliff_time").isEmpty();
    boolean undisputed = f.optional("dispute_status").map(v -> isVariant(v, "None")).orElse(true);
    boolean funded =
        f.optional("is_allowance_based")
            .map(v -> v instanceof Value.Bool allowance && !allowance.value())
            .orElse(true);
    // who would decide a dispute changes nothing before there is one
    f.ignore("arbiter");
    return linear && atOnce && undisputed && funded && f.unknown() == 0;
  }

  private static boolean isVariant(Value value, String name) {
    return Fields.variant(value).filter(name::equals).isPresent();
  }
}
