package io.flowfi.simulator;

import static io.flowfi.simulator.ChainValue.address;
import static io.flowfi.simulator.ChainValue.bool;
import static io.flowfi.simulator.ChainValue.bytes;
import static io.flowfi.simulator.ChainValue.i128;
import static io.flowfi.simulator.ChainValue.symbol;
import static io.flowfi.simulator.ChainValue.u32;
import static io.flowfi.simulator.ChainValue.u64;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The events of the stream contract, field by field as its {@code events.rs} has them, those of the
 * newer contract too. Ids and times are u64, amounts i128. It is long because each event has a
 * method of its own.
 */
public final class ContractEvents {
  private ContractEvents() {}

  public static SimulatedEvent streamCreated(
      BigInteger stream,
      String sender,
      String recipient,
      String token,
      BigInteger rate,
      BigInteger deposited,
      BigInteger startTime) {
    return of(
        "stream_created",
        stream,
        "sender",
        address(sender),
        "recipient",
        address(recipient),
        "rate_per_second",
        i128(rate),
        "token_address",
        address(token),
        "deposited_amount",
        i128(deposited),
        "start_time",
        u64(startTime));
  }

  /** The same with numbers that are not large. */
  public static SimulatedEvent streamCreated(
      long stream,
      String sender,
      String recipient,
      String token,
      long rate,
      long deposited,
      long startTime) {
    return streamCreated(
        BigInteger.valueOf(stream),
        sender,
        recipient,
        token,
        BigInteger.valueOf(rate),
        BigInteger.valueOf(deposited),
        BigInteger.valueOf(startTime));
  }

  public static SimulatedEvent feeCollected(
      BigInteger stream, String treasury, BigInteger fee, String token) {
    return of(
        "fee_collected",
        stream,
        "treasury",
        address(treasury),
        "fee_amount",
        i128(fee),
        "token",
        address(token));
  }

  public static SimulatedEvent toppedUp(
      BigInteger stream,
      String sender,
      BigInteger amount,
      BigInteger newDeposited,
      BigInteger newEndTime) {
    return of(
        "stream_topped_up",
        stream,
        "sender",
        address(sender),
        "amount",
        i128(amount),
        "new_deposited_amount",
        i128(newDeposited),
        "new_end_time",
        u64(newEndTime));
  }

  public static SimulatedEvent withdrawn(
      BigInteger stream, String recipient, BigInteger amount, BigInteger timestamp) {
    return of(
        "tokens_withdrawn",
        stream,
        "recipient",
        address(recipient),
        "amount",
        i128(amount),
        "timestamp",
        u64(timestamp));
  }

  public static SimulatedEvent cancelled(
      BigInteger stream,
      String sender,
      String recipient,
      BigInteger withdrawn,
      BigInteger refunded) {
    return of(
        "stream_cancelled",
        stream,
        "sender",
        address(sender),
        "recipient",
        address(recipient),
        "amount_withdrawn",
        i128(withdrawn),
        "refunded_amount",
        i128(refunded));
  }

  public static SimulatedEvent paused(BigInteger stream, String sender, BigInteger pausedAt) {
    return of("stream_paused", stream, "sender", address(sender), "paused_at", u64(pausedAt));
  }

  public static SimulatedEvent resumed(BigInteger stream, String sender, BigInteger newEndTime) {
    return of("stream_resumed", stream, "sender", address(sender), "new_end_time", u64(newEndTime));
  }

  public static SimulatedEvent completed(BigInteger stream, String recipient, BigInteger total) {
    return of(
        "stream_completed",
        stream,
        "recipient",
        address(recipient),
        "total_withdrawn",
        i128(total));
  }

  public static SimulatedEvent rateModified(
      BigInteger stream,
      String sender,
      BigInteger oldRate,
      BigInteger newRate,
      BigInteger newEndTime,
      BigInteger timestamp) {
    return of(
        "stream_rate_modified",
        stream,
        "sender",
        address(sender),
        "old_rate_per_second",
        i128(oldRate),
        "new_rate_per_second",
        i128(newRate),
        "new_end_time",
        u64(newEndTime),
        "timestamp",
        u64(timestamp));
  }

  public static SimulatedEvent closed(BigInteger stream, String closer, BigInteger timestamp) {
    return of("stream_closed", stream, "closer", address(closer), "timestamp", u64(timestamp));
  }

  public static SimulatedEvent stepVestingCreated(
      BigInteger stream,
      String sender,
      String recipient,
      String token,
      BigInteger deposited,
      long steps,
      BigInteger lastUnlockTime) {
    return of(
        "step_vesting_stream_created",
        stream,
        "sender",
        address(sender),
        "recipient",
        address(recipient),
        "token_address",
        address(token),
        "deposited_amount",
        i128(deposited),
        "step_count",
        u32(steps),
        "last_unlock_time",
        u64(lastUnlockTime));
  }

  public static SimulatedEvent hybridCliffCreated(
      BigInteger stream,
      String sender,
      String recipient,
      String token,
      BigInteger deposited,
      BigInteger cliffTime,
      BigInteger cliffAmount,
      BigInteger rate) {
    return of(
        "hybrid_cliff_stream_created",
        stream,
        "sender",
        address(sender),
        "recipient",
        address(recipient),
        "token_address",
        address(token),
        "deposited_amount",
        i128(deposited),
        "cliff_time",
        u64(cliffTime),
        "cliff_unlock_amount",
        i128(cliffAmount),
        "rate_per_second",
        i128(rate));
  }

  public static SimulatedEvent allowanceCreated(
      BigInteger stream,
      String sender,
      String recipient,
      String token,
      BigInteger rate,
      BigInteger startTime) {
    return of(
        "allowance_stream_created",
        stream,
        "sender",
        address(sender),
        "recipient",
        address(recipient),
        "token_address",
        address(token),
        "rate_per_second",
        i128(rate),
        "start_time",
        u64(startTime));
  }

  public static SimulatedEvent milestoneUnlocked(
      BigInteger stream, long milestone, BigInteger amount, String caller, BigInteger timestamp) {
    return of(
        "milestone_condition_unlocked",
        stream,
        "milestone_id",
        u32(milestone),
        "amount",
        i128(amount),
        "caller",
        address(caller),
        "timestamp",
        u64(timestamp));
  }

  public static SimulatedEvent disputeRequested(
      BigInteger stream, String sender, String arbiter, BigInteger timestamp) {
    return of(
        "dispute_requested",
        stream,
        "sender",
        address(sender),
        "arbiter",
        address(arbiter),
        "timestamp",
        u64(timestamp));
  }

  public static SimulatedEvent disputeResolved(
      BigInteger stream, String arbiter, boolean approved, BigInteger timestamp) {
    return of(
        "dispute_resolved",
        stream,
        "arbiter",
        address(arbiter),
        "approved",
        bool(approved),
        "timestamp",
        u64(timestamp));
  }

  public static SimulatedEvent initialized(String admin, String treasury, long feeRateBps) {
    return of(
        "initialized",
        "admin",
        address(admin),
        "treasury",
        address(treasury),
        "fee_rate_bps",
        u32(feeRateBps));
  }

  public static SimulatedEvent feeConfigUpdated(
      String admin, String oldTreasury, String newTreasury, long oldRateBps, long newRateBps) {
    return of(
        "fee_config_updated",
        "admin",
        address(admin),
        "old_treasury",
        address(oldTreasury),
        "new_treasury",
        address(newTreasury),
        "old_fee_rate_bps",
        u32(oldRateBps),
        "new_fee_rate_bps",
        u32(newRateBps));
  }

  public static SimulatedEvent adminTransferred(String previous, String next) {
    return of("admin_transferred", "previous_admin", address(previous), "new_admin", address(next));
  }

  public static SimulatedEvent protocolPauseStatus(
      String caller, boolean paused, BigInteger timestamp) {
    return of(
        "protocol_pause_status",
        "caller",
        address(caller),
        "paused",
        bool(paused),
        "timestamp",
        u64(timestamp));
  }

  /**
   * @param guardian empty: there is none any more
   */
  public static SimulatedEvent guardianUpdated(String admin, Optional<String> guardian) {
    return of(
        "emergency_guardian_updated",
        "admin",
        address(admin),
        "guardian",
        guardian.map(ChainValue::address).orElseGet(ChainValue::none));
  }

  /** The contract's own word of an upgrade, beside the one of the system. */
  public static SimulatedEvent contractUpgraded(
      String admin, byte[] oldWasm, byte[] newWasm, BigInteger timestamp) {
    return of(
        "contract_upgraded",
        "admin",
        address(admin),
        "old_wasm_hash",
        bytes(oldWasm),
        "new_wasm_hash",
        bytes(newWasm),
        "timestamp",
        u64(timestamp));
  }

  public static SimulatedEvent stateMigrated(String admin, long oldVersion, long newVersion) {
    return of(
        "state_migrated",
        "admin",
        address(admin),
        "old_version",
        u32(oldVersion),
        "new_version",
        u32(newVersion));
  }

  /** Two topics, of which the second is no stream. */
  public static SimulatedEvent flowFiProtocolPaused(String caller) {
    return new SimulatedEvent(
        false, List.of(symbol("FlowFi"), symbol("ProtocolPaused")), address(caller));
  }

  /** The event of the system when the contract's code is replaced ({@code rs-soroban-env}). */
  public static SimulatedEvent executableUpdate(byte[] oldWasm, byte[] newWasm) {
    return new SimulatedEvent(
        true,
        List.of(symbol("executable_update"), executable(oldWasm), executable(newWasm)),
        ChainValue.vec());
  }

  private static ChainValue executable(byte[] wasm) {
    return ChainValue.vec(symbol("Wasm"), bytes(wasm));
  }

  private static SimulatedEvent of(String name, BigInteger stream, Object... fields) {
    Map<String, ChainValue> all = fields(fields);
    all.put("stream_id", u64(stream));
    return SimulatedEvent.of(name, Optional.of(stream), all);
  }

  private static SimulatedEvent of(String name, Object... fields) {
    return SimulatedEvent.of(name, Optional.empty(), fields(fields));
  }

  private static Map<String, ChainValue> fields(Object... fields) {
    Map<String, ChainValue> all = new TreeMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      all.put((String) fields[i], (ChainValue) fields[i + 1]);
    }
    return all;
  }
}
