package io.flowfi.http;

import io.flowfi.fanout.Subscription;
import io.flowfi.ledger.StreamQueries;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refuses snapshots that could never be kept while their clients read them, before the stream
 * begins: later nobody could tell the client, and the server would try again for ever. One that
 * only has to wait until others have been read is not refused.
 *
 * <p>Streams are not counted for each request: there are at most as many more than were counted
 * last as the log has grown by since, because each begins with an event and none is ever removed.
 * Any thread may call.
 */
public final class SnapshotLimit {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotLimit.class);

  private record Counted(long streams, long head) {}

  private final StreamQueries streams;
  private final EventLog log;
  private final Supplier<LogPosition> head;
  private final long most;
  private volatile Counted counted = new Counted(0, 0);

  /**
   * @param head the newest position of the log, told without asking the store
   * @param most streams that a snapshot may have
   */
  public SnapshotLimit(StreamQueries streams, EventLog log, Supplier<LogPosition> head, long most) {
    this.streams = streams;
    this.log = log;
    this.head = head;
    this.most = most;
  }

  /**
   * Does nothing for a subscription that gets no snapshot, because it wants none or can be resumed.
   *
   * @throws ProblemException 400 if the snapshot would be too large
   */
  void check(Subscription subscription) {
    if (!subscription.snapshot() || allFit()) {
      return;
    }
    try {
      if (counted.streams() <= most) {
        // the head before the count, so that nothing is left out that comes meanwhile
        long before = head.get().value();
        counted = new Counted(streams.count(EventFilter.EVERYTHING, most + 1), before);
      }
      if (!allFit() && exceeds(subscription.filter()) && !isResumed(subscription)) {
        throw ProblemException.invalid(
            List.of(
                FieldError.ofParameter(
                    "snapshot",
                    "a snapshot may have at most "
                        + most
                        + " streams: follow fewer of them, or read them from /v1/streams and"
                        + " subscribe with lastEventId")));
      }
    } catch (LogUnavailableException unavailable) {
      // the snapshot itself waits for the store, and so does its client
      LOG.debug("the streams of a snapshot cannot be counted", unavailable);
    }
  }

  private boolean allFit() {
    Counted last = counted;
    return last.streams() + head.get().value() - last.head() <= most;
  }

  private boolean isResumed(Subscription subscription) {
    return subscription.resumeAfter().filter(log.bounds()::canResumeAfter).isPresent();
  }

  private boolean exceeds(EventFilter filter) {
    return filter.all() && counted.streams() > most || streams.count(filter, most + 1) > most;
  }
}
