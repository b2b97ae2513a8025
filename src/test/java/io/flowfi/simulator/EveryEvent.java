package io.flowfi.simulator;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.stellar.sdk.StrKey;

/** One event of each kind that the contract has, with values that tell them apart. */
public final class EveryEvent {
  public static final BigInteger STREAM = BigInteger.valueOf(42);
  public static final String SENDER = account(1);
  public static final String RECIPIENT = account(2);
  public static final String ADMIN = account(3);
  public static final String TREASURY = account(4);
  public static final String TOKEN = StrKey.encodeContract(SimulatedChain.contractNumber(7));
  public static final BigInteger U64_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  public static final BigInteger I128_MAX = BigInteger.ONE.shiftLeft(127).subtract(BigInteger.ONE);
  private static final byte[] OLD_WASM = SimulatedChain.contractNumber(100);
  private static final byte[] NEW_WASM = SimulatedChain.contractNumber(101);

  private EveryEvent() {}

  /** The account {@code G...} number {@code index}: a key that nobody has the seed of. */
  public static String account(int index) {
    return StrKey.encodeEd25519PublicKey(SimulatedChain.sha256("account " + index));
  }

  /** In the order in which a stream might live, more or less. */
  public static List<SimulatedEvent> all() {
    BigInteger start = BigInteger.valueOf(1_790_000_000);
    return List.of(
        ContractEvents.initialized(ADMIN, TREASURY, 25),
        ContractEvents.feeConfigUpdated(ADMIN, TREASURY, account(5), 25, 1_000),
        ContractEvents.adminTransferred(ADMIN, account(6)),
        ContractEvents.feeCollected(STREAM, TREASURY, number(25_000), TOKEN),
        ContractEvents.streamCreated(
            STREAM, SENDER, RECIPIENT, TOKEN, number(115), number(9_975_000), start),
        ContractEvents.toppedUp(STREAM, SENDER, number(500), number(9_975_500), later(start, 1)),
        ContractEvents.withdrawn(STREAM, RECIPIENT, number(575), later(start, 5)),
        ContractEvents.paused(STREAM, SENDER, later(start, 10)),
        ContractEvents.resumed(STREAM, SENDER, later(start, 86_000)),
        ContractEvents.rateModified(
            STREAM, SENDER, number(115), number(230), later(start, 43_000), later(start, 20)),
        ContractEvents.cancelled(STREAM, SENDER, RECIPIENT, number(2_875), number(9_972_625)),
        ContractEvents.completed(STREAM, RECIPIENT, number(9_975_500)),
        ContractEvents.closed(STREAM, SENDER, later(start, 90_000)),
        ContractEvents.stepVestingCreated(
            number(43), SENDER, RECIPIENT, TOKEN, number(1_000_000), 12, later(start, 1_000_000)),
        ContractEvents.hybridCliffCreated(
            number(44),
            SENDER,
            RECIPIENT,
            TOKEN,
            number(1_000_000),
            later(start, 1_000),
            number(250_000),
            number(9)),
        ContractEvents.allowanceCreated(number(45), SENDER, RECIPIENT, TOKEN, number(7), start),
        ContractEvents.milestoneUnlocked(STREAM, 3, number(250), ADMIN, later(start, 30)),
        ContractEvents.disputeRequested(STREAM, SENDER, account(8), later(start, 31)),
        ContractEvents.disputeResolved(STREAM, account(8), true, later(start, 32)),
        ContractEvents.protocolPauseStatus(ADMIN, true, later(start, 33)),
        ContractEvents.guardianUpdated(ADMIN, Optional.of(account(9))),
        ContractEvents.guardianUpdated(ADMIN, Optional.empty()),
        ContractEvents.contractUpgraded(ADMIN, OLD_WASM, NEW_WASM, later(start, 34)),
        ContractEvents.stateMigrated(ADMIN, 0, 1),
        ContractEvents.flowFiProtocolPaused(ADMIN),
        ContractEvents.executableUpdate(OLD_WASM, NEW_WASM),
        // the ends of what there can be
        ContractEvents.streamCreated(U64_MAX, SENDER, TOKEN, TOKEN, I128_MAX, I128_MAX, U64_MAX),
        ContractEvents.streamCreated(
            number(46), SENDER, RECIPIENT, TOKEN, BigInteger.ZERO, number(1_000), start),
        // nobody knows these
        SimulatedEvent.of(
            "stream_gifted",
            Optional.of(STREAM),
            Map.of("stream_id", ChainValue.u64(STREAM), "to", ChainValue.address(ADMIN))),
        SimulatedEvent.of("moon_is_full", Optional.empty(), Map.of("tide", ChainValue.i128(-3))));
  }

  /** With parties of kinds that came after the SDK. */
  public static List<SimulatedEvent> newAddresses() {
    byte[] hash = SimulatedChain.contractNumber(200);
    return List.of(
            ChainAddress.muxed(RECIPIENT, -1),
            ChainAddress.claimableBalance(hash),
            ChainAddress.pool(hash),
            ChainAddress.muxedContract(TOKEN, 123_456))
        .stream()
        .map(
            party ->
                ContractEvents.streamCreated(
                    STREAM, SENDER, party, TOKEN, number(1), number(100), number(1_790_000_000)))
        .toList();
  }

  private static BigInteger number(long value) {
    return BigInteger.valueOf(value);
  }

  private static BigInteger later(BigInteger time, long seconds) {
    return time.add(BigInteger.valueOf(seconds));
  }
}
