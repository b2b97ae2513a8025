package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainStop;
import java.util.Optional;

/**
 * Keeps the final fault in the store, beside the cursor. It would not always be found again: the
 * node that has told something else may be gone, or another one be asked first. So it outlives a
 * restart, and whoever takes the lease over stands still too. For one thread.
 */
final class FaultRecord {
  private final ChainLog log;

  /** What the store holds, as far as known. */
  private Optional<ChainFault> stored = Optional.empty();

  FaultRecord(ChainLog log) {
    this.log = log;
  }

  /**
   * What stops the reading before it begins.
   *
   * @param kept what the store holds
   * @param found what this node stood at before; it may not have come to keep it
   */
  Optional<Fault> atBeginning(Optional<ChainFault> kept, Optional<Fault> found) {
    boolean ended = stored.isPresent() && kept.isEmpty();
    stored = kept;
    if (kept.isPresent()) {
      ChainFault fault = kept.get();
      return Optional.of(new Fault.Recorded(fault.code(), fault.reason(), fault.notice()));
    }
    return ended ? Optional.empty() : found.filter(Fault::isFinal);
  }

  /**
   * Keeps it, unless that is done.
   *
   * @param cursor where the reading stands
   * @return false if another node has moved the cursor or has stopped: the reading begins anew
   * @throws IllegalStateException if the store does not take it now
   */
  boolean keep(Fault fault, Optional<ChainCursor> cursor) throws InterruptedException {
    if (fault instanceof Fault.Gap && cursor.isEmpty()) {
      return true; // nothing was read: the setting of where to begin may still be corrected
    }
    ChainFault words = new ChainFault(fault.code(), fault.reason(), fault.notice());
    if (stored.isPresent() && stored.get().equals(words)) {
      return true;
    }
    AppliedFacts done = Writing.now(log.stop(new ChainStop(cursor, words)));
    if (done.moved()) {
      stored = Optional.of(words);
    }
    return done.moved();
  }

  /** Whether the store still says the same: an administrator may have gone on elsewhere. */
  boolean isUnchanged() {
    return log.fault().equals(stored);
  }
}
