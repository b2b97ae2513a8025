package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainRepair;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the cursor where only an administrator may. Nothing else is being written meanwhile, and
 * the reading begins anew afterwards. For one thread.
 */
final class Repairs {
  private static final Logger LOG = LoggerFactory.getLogger(Repairs.class);

  private final ChainLog log;
  private final Follower follower;

  Repairs(ChainLog log, Follower follower) {
    this.log = log;
    this.follower = follower;
  }

  /**
   * Puts the event aside that cannot be decoded.
   *
   * @throws IndexerRefusedException if it is not the one at which the indexer stands
   */
  void quarantine(String event) throws InterruptedException {
    follower
        .fault()
        .filter(Fault::isFinal)
        .ifPresent(
            fault -> {
              throw new IndexerRefusedException(
                  "the indexer stands at the fault %s, which only a reset ends"
                      .formatted(fault.code()));
            });
    Fault.Undecodable defect =
        follower
            .sources()
            .defect()
            .filter(stopped -> stopped.event().equals(event))
            .orElseThrow(
                () ->
                    new IndexerRefusedException(
                        follower
                            .sources()
                            .defect()
                            .map(
                                stopped -> "the event that cannot be decoded is " + stopped.event())
                            .orElse("the indexer does not stand at an event it cannot decode")));
    ChainCursor cursor =
        log.cursor()
            .or(follower::cursor)
            .orElseThrow(() -> new IndexerRefusedException("nothing of the chain is known yet"));
    AppliedFacts done =
        Writing.now(
            log.repair(
                new ChainRepair.Quarantine(
                    log.cursor(),
                    cursor,
                    defect.position(),
                    defect.event(),
                    defect.cause(),
                    defect.stream())));
    refuseUnlessMoved(done);
    LOG.warn("event {} of the chain is put aside by an administrator", event);
  }

  /**
   * Goes on at a ledger.
   *
   * @param acceptGap whether the history may be incomplete from then on
   * @throws IndexerRefusedException if it would be, or there is no such ledger
   */
  void reset(long ledger, boolean acceptGap) throws InterruptedException {
    Optional<ChainCursor> stored = log.cursor();
    long scanned = stored.map(ChainCursor::scanned).orElse(ledger - 1);
    long tip = follower.sources().newest().orElse(stored.map(ChainCursor::tip).orElse(ledger));
    if (ledger < 1 || ledger > tip + 1) {
      throw new IndexerRefusedException(
          "ledger must be from 1 to %d, the next one of the RPC nodes".formatted(tip + 1));
    }
    boolean broken = follower.fault().filter(Fault::isFinal).isPresent();
    boolean leftOut = ledger > scanned + 1;
    boolean doubted = broken && ledger <= scanned; // of these the log may tell another story
    boolean gap = stored.isPresent() && (leftOut || doubted);
    long from = Math.min(ledger, scanned + 1);
    long to = Math.max(ledger - 1, scanned);
    if (gap && !acceptGap) {
      throw new IndexerRefusedException(
          "the history of ledgers %d to %d would be incomplete; acceptGap must be true for that"
              .formatted(from, to));
    }
    ChainCursor next =
        new ChainCursor(
            Optional.empty(),
            Optional.empty(),
            ledger - 1,
            Math.max(tip, ledger - 1),
            Math.min(stored.map(ChainCursor::since).orElse(ledger), ledger));
    refuseUnlessMoved(
        Writing.now(
            gap
                ? log.repair(new ChainRepair.Gap(stored, next, from, to))
                : log.repair(new ChainRepair.Reset(stored, next))));
    LOG.warn("an administrator has set the indexer to ledger {}, from {}", ledger, scanned + 1);
  }

  private static void refuseUnlessMoved(AppliedFacts done) {
    if (!done.moved()) {
      throw new IndexerRefusedException("the cursor has just moved; look at the status again");
    }
  }
}
