package io.flowfi.payment;

import java.math.BigInteger;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * The state of one payment stream. Times are Unix seconds; amounts are in the token's smallest
 * unit.
 *
 * @param pausedAt when the running pause began; empty unless {@code PAUSED}
 * @param totalPausedDuration seconds of finished pauses that fell after {@code startTime}
 * @param version 1 at creation, one more with every event of this stream
 */
public record PaymentStream(
    StreamId id,
    Address sender,
    Address recipient,
    Address token,
    Amount ratePerSecond,
    Amount deposited,
    Amount withdrawn,
    long startTime,
    long lastUpdateTime,
    StreamStatus status,
    OptionalLong pausedAt,
    long totalPausedDuration,
    long version,
    Origin origin) {

  /** The largest integer a browser reads exactly (2^53-1); later ends are reported as this. */
  public static final long MAX_TIME = (1L << 53) - 1;

  public PaymentStream {
    Objects.requireNonNull(id, "streamId");
    Objects.requireNonNull(sender, "sender");
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(token, "tokenAddress");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(origin, "origin");
    if (ratePerSecond.isZero()) {
      throw new IllegalArgumentException("ratePerSecond must be positive");
    }
    if (withdrawn.compareTo(deposited) > 0) {
      throw new IllegalArgumentException("withdrawnAmount exceeds depositedAmount");
    }
    if (pausedAt.isPresent() != (status == StreamStatus.PAUSED)) {
      throw new IllegalArgumentException("pausedAt belongs to PAUSED streams only");
    }
  }

  /**
   * A stream that has just been created.
   *
   * @param at Unix seconds
   */
  static PaymentStream created(
      StreamId id,
      Address sender,
      Address recipient,
      StreamChange.Created terms,
      long at,
      Origin origin) {
    return new PaymentStream(
        id,
        sender,
        recipient,
        terms.token(),
        terms.ratePerSecond(),
        terms.deposited(),
        Amount.ZERO,
        terms.startTime(),
        at,
        StreamStatus.ACTIVE,
        OptionalLong.empty(),
        0,
        1,
        origin);
  }

  /** This stream after one more event, which left it with these values. */
  PaymentStream after(
      long at,
      Amount deposited,
      Amount withdrawn,
      StreamStatus status,
      OptionalLong pausedAt,
      long totalPausedDuration) {
    return with(at, deposited, withdrawn, status, pausedAt, totalPausedDuration, version + 1);
  }

  /** This stream with other values of all that can change. */
  public PaymentStream with(
      long lastUpdateTime,
      Amount deposited,
      Amount withdrawn,
      StreamStatus status,
      OptionalLong pausedAt,
      long totalPausedDuration,
      long version) {
    return new PaymentStream(
        id,
        sender,
        recipient,
        token,
        ratePerSecond,
        deposited,
        withdrawn,
        startTime,
        lastUpdateTime,
        status,
        pausedAt,
        totalPausedDuration,
        version,
        origin);
  }

  /**
   * Seconds that count for payment up to {@code at}: since the start, without pauses, never
   * negative.
   */
  public long streamedSeconds(long at) {
    long until = pausedAt.isPresent() ? Math.min(at, pausedAt.getAsLong()) : at;
    return Math.max(0, until - startTime - totalPausedDuration);
  }

  /**
   * Seconds of the running pause that do not count for payment, if it ended at {@code at}; 0 if
   * there is none. A pause before the start delays nothing.
   */
  public long pausedSeconds(long at) {
    return pausedAt.isPresent() ? Math.max(0, at - Math.max(pausedAt.getAsLong(), startTime)) : 0;
  }

  /**
   * What the recipient could withdraw at {@code at}: {@code min(deposited, rate * streamedSeconds)
   * - withdrawn}, zero once the stream is final. Equals the contract's rule of elapsed time since
   * the last withdrawal, capped at what is left.
   */
  public Amount claimable(long at) {
    if (status.isFinal()) {
      return Amount.ZERO;
    }
    BigInteger streamed = ratePerSecond.value().multiply(BigInteger.valueOf(streamedSeconds(at)));
    BigInteger claimable = streamed.min(deposited.value()).subtract(withdrawn.value());
    return claimable.signum() <= 0 ? Amount.ZERO : new Amount(claimable);
  }

  /**
   * When the deposit is fully streamed, pauses included: empty while paused, at most {@link
   * #MAX_TIME}. For a final stream: the end that it would have had.
   */
  public OptionalLong endTime() {
    if (status == StreamStatus.PAUSED) {
      return OptionalLong.empty();
    }
    BigInteger[] seconds = deposited.value().divideAndRemainder(ratePerSecond.value());
    BigInteger duration = seconds[1].signum() == 0 ? seconds[0] : seconds[0].add(BigInteger.ONE);
    BigInteger end =
        duration.add(BigInteger.valueOf(startTime)).add(BigInteger.valueOf(totalPausedDuration));
    return OptionalLong.of(end.min(BigInteger.valueOf(MAX_TIME)).longValue());
  }
}
