package io.flowfi.app;

import io.flowfi.ledger.RecomputedStream;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.PaymentStream;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Puts a stream together from its own events in the log. Empty if there are too many to read again
 * and again, or if they are not all there.
 */
record StreamEvents(EventHistory history)
    implements Function<PaymentStream, Optional<PaymentStream>> {
  /** A page of them takes some milliseconds. */
  private static final int MOST_PAGES = 10;

  @Override
  public Optional<PaymentStream> apply(PaymentStream stream) {
    RecomputedStream told = new RecomputedStream();
    Optional<LogPosition> after = Optional.empty();
    for (int page = 0; page < MOST_PAGES; page++) {
      HistoryPage events =
          history.page(
              new HistoryQuery(
                  Optional.of(stream.id()),
                  Optional.empty(),
                  Set.of(),
                  after,
                  Optional.empty(),
                  true,
                  HistoryQuery.MAX_LIMIT,
                  0));
      for (LoggedEvent event : events.events()) {
        told.add(event);
        after = Optional.of(event.position());
      }
      if (!events.hasMore()) {
        return told.state();
      }
    }
    return Optional.empty();
  }
}
