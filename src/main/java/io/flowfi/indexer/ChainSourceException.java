package io.flowfi.indexer;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** An RPC node did not give an answer that can be used. */
public final class ChainSourceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public enum Kind {
    /** No connection, a time-out, an answer of 5xx, or one that is no JSON-RPC. */
    UNREACHABLE,
    /** The node asks for fewer events at once (-32001), or took too long for so many. */
    TOO_MUCH,
    /** The node asks us to come later (429, 503). */
    BUSY,
    /** What was asked for is outside the ledgers that the node has: too old or too new. */
    OUT_OF_RANGE,
    /** The node serves another network. */
    OTHER_NETWORK,
    /** The node cannot be used: a version that numbers events otherwise, or a wrong answer. */
    UNUSABLE
  }

  private final Kind kind;
  private final transient Optional<Duration> retryAfter;
  private final transient OptionalLong oldest;
  private final transient OptionalLong latest;

  private ChainSourceException(
      Kind kind,
      String message,
      Throwable cause,
      Optional<Duration> retryAfter,
      OptionalLong oldest,
      OptionalLong latest) {
    super(message, cause);
    this.kind = kind;
    this.retryAfter = retryAfter;
    this.oldest = oldest;
    this.latest = latest;
  }

  public static ChainSourceException of(Kind kind, String message, Throwable cause) {
    return new ChainSourceException(
        kind, message, cause, Optional.empty(), OptionalLong.empty(), OptionalLong.empty());
  }

  /** A node that is busy. */
  public static ChainSourceException busy(String message, Optional<Duration> retryAfter) {
    return new ChainSourceException(
        Kind.BUSY, message, null, retryAfter, OptionalLong.empty(), OptionalLong.empty());
  }

  /**
   * A node whose ledgers do not include what was asked for.
   *
   * @param oldest the first ledger that it has
   * @param latest the last one
   */
  public static ChainSourceException outOfRange(String message, long oldest, long latest) {
    return new ChainSourceException(
        Kind.OUT_OF_RANGE,
        message,
        null,
        Optional.empty(),
        OptionalLong.of(oldest),
        OptionalLong.of(latest));
  }

  public Kind kind() {
    return kind;
  }

  /** How long the node asks us to wait; at most 5 minutes. */
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** The first ledger that the node has, if it told. */
  public OptionalLong oldest() {
    return oldest;
  }

  /** The last ledger that the node has, if it told. */
  public OptionalLong latest() {
    return latest;
  }
}
