package io.flowfi.store;

import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.store.EventSelection.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;

/**
 * Past events as the {@code events} table holds them. Each reader waits for a turn: endless reading
 * leaves the processors to commands for half of the time.
 */
final class SqlEventHistory implements EventHistory {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Reads reads;
  private final LogIdentity identity;
  private final Turns turns = new Turns(ReadUse.HISTORY.connections(), PATIENCE);

  SqlEventHistory(Reads reads, LogIdentity identity) {
    this.reads = reads;
    this.identity = identity;
  }

  @Override
  public LogIdentity log() {
    return identity;
  }

  @Override
  public HistoryPage page(HistoryQuery query) {
    return inTurn(handle -> page(handle, query));
  }

  @Override
  public LogPosition placeBefore(long time) {
    return inTurn(handle -> placeBefore(handle, time));
  }

  private <T> T inTurn(HandleCallback<T, RuntimeException> read) {
    try {
      return turns.take(() -> reads.ofOneState(read));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LogUnavailableException("interrupted while the history is busy", e);
    } catch (TimeoutException | RuntimeException e) {
      throw new LogUnavailableException("the history cannot be read", e);
    }
  }

  private static LogPosition placeBefore(Handle handle, long time) {
    LogBounds bounds = SqlEventLog.bounds(handle);
    return new LogPosition(
        EventRow.lastUpTo(handle, bounds.oldest().value() - 1, bounds.head().value(), time - 1));
  }

  private static HistoryPage page(Handle handle, HistoryQuery query) {
    LogBounds bounds = SqlEventLog.bounds(handle);
    long after = query.after().map(LogPosition::value).orElse(0L);
    long before = query.before().map(LogPosition::value).orElse(Long.MAX_VALUE);
    EventSelection selection = selection(handle, query, after, before);
    // the first and last position that may hold one of them
    long first = Math.max(after + 1, bounds.oldest().value());
    long last = Math.min(before - 1, bounds.head().value());
    long total;
    int offset = query.offset();
    if (selection.narrows()) {
      total = selection.count(handle, HistoryPage.COUNTED + 1);
    } else {
      // positions have no gaps, so the count is known without a query
      total = Math.max(0, last - first + 1);
      selection =
          query.ascending()
              ? selection(handle, query, first - 1 + offset, before)
              : selection(handle, query, after, last + 1 - offset);
      offset = 0;
    }
    List<LoggedEvent> found = selection.read(handle, query.limit() + 1, offset);
    boolean more = found.size() > query.limit();
    return new HistoryPage(
        more ? found.subList(0, query.limit()) : found,
        Math.min(total, selection.narrows() ? HistoryPage.COUNTED : total),
        selection.narrows() && total > HistoryPage.COUNTED,
        more,
        new LogPosition(Math.max(after, last)),
        bounds);
  }

  private static EventSelection selection(
      Handle handle, HistoryQuery query, long after, long before) {
    List<Key> keys = new ArrayList<>();
    query.stream().ifPresent(stream -> keys.add(new Key("stream_id", stream.bits())));
    query
        .user()
        .ifPresent(
            user -> {
              keys.add(new Key("sender", user.strKey()));
              keys.add(new Key("recipient", user.strKey()));
            });
    SoughtTypes types = SoughtTypes.of(handle, keys, query.types());
    return new EventSelection(keys, types, after, before, query.ascending());
  }
}
