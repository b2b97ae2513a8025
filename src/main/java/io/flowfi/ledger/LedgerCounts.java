package io.flowfi.ledger;

import io.flowfi.counts.Arrivals;
import io.flowfi.counts.Histogram;
import io.flowfi.ledger.Receipt.Entry;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The statistics of the ledger: the writer's thread counts what it commits, any thread refusals.
 */
final class LedgerCounts {
  private final Arrivals arrivals;
  private final Histogram commits = Histogram.ofNanos();
  private final Histogram commands = Histogram.ofNanos();
  private final Histogram batches = Histogram.ofSizes();
  private final AtomicLong recorded = new AtomicLong();
  private final AtomicLong rejected = new AtomicLong();
  private final LongAdder failed = new LongAdder();

  LedgerCounts(Arrivals arrivals) {
    this.arrivals = arrivals;
  }

  /**
   * A transaction is durable, and nobody knows of it yet.
   *
   * @param given the answers to {@code batch}, in its order
   * @param begun when the transaction began, by {@link System#nanoTime}
   */
  void committed(List<Waiting<?>> batch, List<Answer<?>> given, long begun) {
    if (batch.isEmpty()) {
      return; // only a probe
    }
    long now = System.nanoTime();
    commits.count(now - begun);
    batches.count(batch.size());
    int done = 0;
    for (int i = 0; i < batch.size(); i++) {
      long since = batch.get(i).since();
      commands.count(now - since);
      if (given.get(i).refusal() == null) {
        done++;
      }
      // a replayed receipt names events of long ago
      if (given.get(i).receipt() instanceof Receipt receipt && !receipt.replayed()) {
        for (Entry event : receipt.events()) {
          arrivals.note(event.position().value(), since);
        }
      }
    }
    recorded.lazySet(recorded.getPlain() + done);
    rejected.lazySet(rejected.getPlain() + batch.size() - done);
  }

  /** Commands were refused because the store or the server does not take them. Any thread. */
  void failed(int commands) {
    failed.add(commands);
  }

  /** Any thread. */
  LedgerStatistics read(int waiting, int capacity) {
    return new LedgerStatistics(
        waiting,
        capacity,
        recorded.get(),
        rejected.get(),
        failed.sum(),
        commits.read(),
        commands.read(),
        batches.read());
  }
}
