package io.flowfi.simulator;

import static io.flowfi.simulator.ChainValue.address;
import static io.flowfi.simulator.ChainValue.bool;
import static io.flowfi.simulator.ChainValue.i128;
import static io.flowfi.simulator.ChainValue.symbol;
import static io.flowfi.simulator.ChainValue.u64;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * What the contract stores of a stream: {@code struct Stream} of its {@code types.rs}. It follows
 * the contract's functions ({@code lib.rs}).
 *
 * @param lastUpdateTime from where on is accrued, in Unix seconds
 */
public record StoredStream(
    String sender,
    String recipient,
    String token,
    BigInteger rate,
    BigInteger deposited,
    BigInteger withdrawn,
    BigInteger startTime,
    BigInteger lastUpdateTime,
    boolean active,
    boolean paused,
    Optional<BigInteger> pausedAt,
    String status) {

  static StoredStream created(
      String sender,
      String recipient,
      String token,
      BigInteger rate,
      BigInteger deposited,
      BigInteger startTime) {
    return new StoredStream(
        sender,
        recipient,
        token,
        rate,
        deposited,
        BigInteger.ZERO,
        startTime,
        startTime,
        true,
        false,
        Optional.empty(),
        "Active");
  }

  /** {@code calculate_claimable}. */
  public BigInteger claimable(BigInteger now) {
    BigInteger until = paused ? pausedAt.orElse(lastUpdateTime) : now;
    BigInteger elapsed = until.subtract(lastUpdateTime).max(BigInteger.ZERO);
    return elapsed.multiply(rate).min(deposited.subtract(withdrawn).max(BigInteger.ZERO));
  }

  /** When it will be empty, rounded down as the contract does; its rate is above 0. */
  BigInteger endTime(BigInteger now) {
    BigInteger left = deposited.subtract(withdrawn).subtract(claimable(now));
    return now.add(left.max(BigInteger.ZERO).divide(rate));
  }

  StoredStream withDeposited(BigInteger amount) {
    return new StoredStream(
        sender,
        recipient,
        token,
        rate,
        amount,
        withdrawn,
        startTime,
        lastUpdateTime,
        active,
        paused,
        pausedAt,
        status);
  }

  StoredStream withWithdrawn(BigInteger amount, BigInteger now) {
    return new StoredStream(
        sender, recipient, token, rate, deposited, amount, startTime, now, active, paused, pausedAt,
        status);
  }

  StoredStream withRate(BigInteger newRate, BigInteger now) {
    return new StoredStream(
        sender, recipient, token, newRate, deposited, withdrawn, startTime, now, active, paused,
        pausedAt, status);
  }

  StoredStream pausedAt(BigInteger now) {
    return new StoredStream(
        sender,
        recipient,
        token,
        rate,
        deposited,
        withdrawn,
        startTime,
        lastUpdateTime,
        active,
        true,
        Optional.of(now),
        "Paused");
  }

  StoredStream resumed(BigInteger now) {
    BigInteger away = now.subtract(pausedAt.orElse(now)).max(BigInteger.ZERO);
    return new StoredStream(
        sender,
        recipient,
        token,
        rate,
        deposited,
        withdrawn,
        startTime,
        lastUpdateTime.add(away),
        active,
        false,
        Optional.empty(),
        "Active");
  }

  /** A cancelled stream that was paused stays so: the contract does not look. */
  StoredStream ended(String how) {
    return new StoredStream(
        sender,
        recipient,
        token,
        rate,
        deposited,
        withdrawn,
        startTime,
        lastUpdateTime,
        false,
        paused,
        pausedAt,
        how);
  }

  ChainValue value() {
    return ChainValue.struct(
        Map.ofEntries(
            Map.entry("sender", address(sender)),
            Map.entry("recipient", address(recipient)),
            Map.entry("token_address", address(token)),
            Map.entry("rate_per_second", i128(rate)),
            Map.entry("deposited_amount", i128(deposited)),
            Map.entry("withdrawn_amount", i128(withdrawn)),
            Map.entry("start_time", u64(startTime)),
            Map.entry("last_update_time", u64(lastUpdateTime)),
            Map.entry("is_active", bool(active)),
            Map.entry("paused", bool(paused)),
            Map.entry("paused_at", pausedAt.map(ChainValue::u64).orElseGet(ChainValue::none)),
            Map.entry("status", ChainValue.vec(symbol(status)))));
  }
}
