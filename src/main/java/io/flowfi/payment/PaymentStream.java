package io.flowfi.payment;

import java.math.BigInteger;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of one payment stream. Times are Unix seconds; amounts are in the token's smallest
 * unit.
 *
 * @param pausedAt when the running pause began; empty unless {@code PAUSED}
 * @param totalPausedDuration seconds of finished pauses that fell after {@code startTime}
 * @param version 1 at creation, one more with every event of this stream
 * @param onChain of a stream of the chain only
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
    Origin origin,
    Optional<OnChain> onChain) {

  /** The largest integer a browser reads exactly (2^53-1); later ends are reported as this. */
  public static final long MAX_TIME = (1L << 53) - 1;

  public PaymentStream {
    Objects.requireNonNull(id, "streamId");
    Objects.requireNonNull(sender, "sender");
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(token, "tokenAddress");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(origin, "origin");
    if (onChain.isPresent() != (origin == Origin.CHAIN)) {
      throw new IllegalArgumentException("onChain belongs to streams of the chain");
    }
    if (onChain.isEmpty()) {
      if (ratePerSecond.isZero()) {
        throw new IllegalArgumentException("ratePerSecond must be positive");
      }
      if (withdrawn.compareTo(deposited) > 0) {
        throw new IllegalArgumentException("withdrawnAmount exceeds depositedAmount");
      }
    }
    if (pausedAt.isPresent() != (status == StreamStatus.PAUSED)) {
      throw new IllegalArgumentException("pausedAt belongs to PAUSED streams only");
    }
  }

  /**
   * A stream that a command has just created.
   *
   * @param at Unix seconds
   */
  static PaymentStream created(
      StreamId id, Address sender, Address recipient, StreamChange.Created terms, long at) {
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
        Origin.API,
        Optional.empty());
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
        origin,
        onChain);
  }

  /** The same as its version would have it. */
  PaymentStream atVersion(long other) {
    return with(lastUpdateTime, deposited, withdrawn, status, pausedAt, totalPausedDuration, other);
  }

  /** The same, but for what is known of it beside its state. */
  public PaymentStream with(OnChain other) {
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
        origin,
        Optional.of(other));
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

  /** Whether our rules describe how it pays. If not, nothing is said of the future. */
  public boolean isModelled() {
    return onChain.isEmpty()
        || onChain.get().modelled()
            && !token.isUnknown()
            && !ratePerSecond.isZero()
            && !deposited.isZero();
  }

  /** Whether all that happened to it is known. */
  public boolean isVerified() {
    return onChain.isEmpty() || onChain.get().verified();
  }

  /**
   * What the recipient could withdraw at {@code at}: {@code min(deposited, rate * streamedSeconds)
   * - withdrawn}. A stream of the chain is computed as the contract does it: {@code min(rate *
   * seconds since accruesFrom, deposited - withdrawn)}. Zero once the stream is final, empty while
   * it is not {@link #isModelled}.
   */
  public Optional<Amount> claimable(long at) {
    if (status.isFinal()) {
      return Optional.of(Amount.ZERO);
    } else if (!isModelled()) {
      return Optional.empty();
    }
    BigInteger claimable =
        onChain.isPresent()
            ? streamed(accruedSeconds(onChain.get(), at))
                .min(deposited.value().subtract(withdrawn.value()))
            : streamed(streamedSeconds(at)).min(deposited.value()).subtract(withdrawn.value());
    return Optional.of(claimable.signum() <= 0 ? Amount.ZERO : new Amount(claimable));
  }

  private BigInteger streamed(long seconds) {
    return ratePerSecond.value().multiply(BigInteger.valueOf(seconds));
  }

  private long accruedSeconds(OnChain chain, long at) {
    return Math.max(0, (pausedAt.isPresent() ? pausedAt.getAsLong() : at) - chain.accruesFrom());
  }

  /**
   * When the deposit is fully streamed, pauses included: empty while paused and while it is not
   * {@link #isModelled}, at most {@link #MAX_TIME}. For a final stream: the end that it would have
   * had.
   */
  public OptionalLong endTime() {
    if (status == StreamStatus.PAUSED || !isModelled()) {
      return OptionalLong.empty();
    }
    long from = onChain.isPresent() ? onChain.get().accruesFrom() : startTime;
    BigInteger left =
        onChain.isPresent()
            ? deposited.value().subtract(withdrawn.value()).max(BigInteger.ZERO)
            : deposited.value();
    BigInteger[] seconds = left.divideAndRemainder(ratePerSecond.value());
    BigInteger duration = seconds[1].signum() == 0 ? seconds[0] : seconds[0].add(BigInteger.ONE);
    BigInteger end =
        duration
            .add(BigInteger.valueOf(from))
            .add(BigInteger.valueOf(onChain.isPresent() ? 0 : totalPausedDuration));
    return OptionalLong.of(end.min(BigInteger.valueOf(MAX_TIME)).longValue());
  }
}
