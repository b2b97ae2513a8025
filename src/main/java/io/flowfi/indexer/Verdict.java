package io.flowfi.indexer;

import java.util.Optional;

/**
 * Why a node could not bring the cursor on.
 *
 * @param message for the administrator
 * @param ledger the first ledger that the node has if it LOST history, the last one if it LAGS
 * @param defect of an event that cannot be decoded
 */
record Verdict(Kind kind, String message, long ledger, Optional<Fault.Undecodable> defect) {
  private static final int DEAD = 5;
  private static final int UNUSABLE = 3;

  enum Kind {
    /** No useful answer; it may come later. */
    SILENT,
    /** No useful answer for several times in a row. */
    DEAD,
    /** It does not have the next ledger yet. */
    LAGS,
    /** It does not have the next ledger any more. */
    LOST,
    UNDECODABLE,
    OTHER_NETWORK,
    UNUSABLE,
    /** It has the ledger, but not the event that the log knows there. */
    MISSES_KNOWN
  }

  static Verdict of(Kind kind, String message) {
    return new Verdict(kind, message, 0, Optional.empty());
  }

  /** About a node that has not answered usefully. */
  static Verdict of(ChainSourceException failure) {
    Kind kind =
        switch (failure.kind()) {
          case OTHER_NETWORK -> Kind.OTHER_NETWORK;
          case UNUSABLE -> Kind.UNUSABLE;
          case UNREACHABLE, TOO_MUCH, BUSY, OUT_OF_RANGE -> Kind.SILENT;
        };
    return of(kind, failure.getMessage());
  }

  static Verdict lags(long latest) {
    return new Verdict(
        Kind.LAGS, "its newest ledger is %d".formatted(latest), latest, Optional.empty());
  }

  static Verdict lost(long oldest) {
    return new Verdict(
        Kind.LOST, "its oldest ledger is %d".formatted(oldest), oldest, Optional.empty());
  }

  static Verdict undecodable(Fault.Undecodable defect) {
    return new Verdict(Kind.UNDECODABLE, defect.reason(), 0, Optional.of(defect));
  }

  /**
   * The same about a node that has failed so many times in a row. Nobody waits for a node that has
   * been silent for long, and one wrong answer makes no node unusable.
   */
  Verdict after(int failures) {
    if (is(Kind.SILENT) && failures >= DEAD) {
      return of(Kind.DEAD, message);
    }
    return is(Kind.UNUSABLE) && failures < UNUSABLE ? of(Kind.SILENT, message) : this;
  }

  boolean is(Kind other) {
    return kind == other;
  }
}
