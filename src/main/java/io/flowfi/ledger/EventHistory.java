package io.flowfi.ledger;

import io.flowfi.ledger.EventSelection.Key;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Pages through past events. Calls block on the store. */
public final class EventHistory {
  private final Jdbi jdbi;

  EventHistory(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Reads one page.
   *
   * @throws LogUnavailableException if the store cannot be read
   */
  public HistoryPage page(HistoryQuery query) {
    try {
      return jdbi.inTransaction(handle -> page(handle, query));
    } catch (RuntimeException e) {
      throw new LogUnavailableException("the history cannot be read", e);
    }
  }

  private static HistoryPage page(Handle handle, HistoryQuery query) {
    EventSelection selection = selection(query);
    List<LoggedEvent> found = selection.read(handle, query.limit() + 1, query.offset());
    boolean more = found.size() > query.limit();
    return new HistoryPage(
        more ? found.subList(0, query.limit()) : found,
        selection.count(handle, Long.MAX_VALUE),
        more);
  }

  private static EventSelection selection(HistoryQuery query) {
    List<Key> keys = new ArrayList<>();
    query.stream().ifPresent(stream -> keys.add(new Key("stream_id", stream.bits())));
    query
        .user()
        .ifPresent(
            user -> {
              keys.add(new Key("sender", user.strKey()));
              keys.add(new Key("recipient", user.strKey()));
            });
    long after = query.after().map(position -> position.value()).orElse(0L);
    long before = query.before().map(position -> position.value()).orElse(Long.MAX_VALUE);
    return new EventSelection(keys, query.types(), after, before, query.ascending());
  }
}
