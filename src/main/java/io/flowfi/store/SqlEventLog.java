package io.flowfi.store;

import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.time.ClockDoubt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The log as the {@code events} table holds it. */
final class SqlEventLog implements EventLog {
  private final Reads reads;
  private final LogIdentity identity;
  private final Dialect dialect;

  SqlEventLog(Reads reads, LogIdentity identity, Dialect dialect) {
    this.reads = reads;
    this.identity = identity;
    this.dialect = dialect;
  }

  /** Reads the identity of the log; a log without one gets one for this purpose. */
  static LogIdentity identify(Jdbi writer, LogPurpose purpose) {
    try {
      return writer.inTransaction(
          handle -> {
            new Sql(
                    "INSERT INTO log_identity (id, identity) VALUES (1, ?) ON CONFLICT (id) DO NOTHING",
                    LogIdentity.random(purpose).text())
                .run(handle);
            return new Sql("SELECT identity FROM log_identity WHERE id = 1")
                .on(handle)
                .map((row, context) -> new LogIdentity(row.getString("identity")))
                .one();
          });
    } catch (RuntimeException e) {
      throw new LogUnavailableException("the log's identity cannot be read", e);
    }
  }

  /** Reads the secret of the log, which has an identity by now; a log without one gets one. */
  static LogSecret secret(Jdbi writer) {
    try {
      return writer.inTransaction(
          handle -> {
            new Sql(
                    "UPDATE log_identity SET secret = ? WHERE id = 1 AND secret IS NULL",
                    LogSecret.random().hex())
                .run(handle);
            return new Sql("SELECT secret FROM log_identity WHERE id = 1")
                .on(handle)
                .map((row, context) -> new LogSecret(row.getString("secret")))
                .one();
          });
    } catch (RuntimeException e) {
      throw new LogUnavailableException("the log's secret cannot be read", e);
    }
  }

  @Override
  public LogIdentity identity() {
    return identity;
  }

  @Override
  public LogBounds bounds() {
    try {
      return reads.each(SqlEventLog::bounds);
    } catch (RuntimeException e) {
      throw new LogUnavailableException("the log's bounds cannot be read", e);
    }
  }

  static ClockDoubt clockDoubt(Reads reads) {
    try {
      return reads.each(
          handle ->
              new Sql("SELECT believed_time, doubted_seconds FROM log_head WHERE id = 1")
                  .on(handle)
                  .map(
                      (row, context) ->
                          new ClockDoubt(
                              row.getLong("believed_time"), row.getLong("doubted_seconds")))
                  .one());
    } catch (RuntimeException e) {
      throw new LogUnavailableException("what is known of the clock cannot be read", e);
    }
  }

  static LogBounds bounds(Handle handle) {
    return new Sql("SELECT oldest, seq FROM log_head WHERE id = 1")
        .on(handle)
        .map(
            (row, context) ->
                new LogBounds(
                    new LogPosition(row.getLong("oldest")), new LogPosition(row.getLong("seq"))))
        .one();
  }

  @Override
  public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
    try {
      return reads.each(handle -> read(handle, after, filter, maxEvents));
    } catch (RuntimeException e) {
      throw new LogUnavailableException("the log cannot be read after " + after, e);
    }
  }

  private EventPage read(Handle handle, LogPosition after, EventFilter filter, int maxEvents) {
    // The head first: the next read sees all events up to it, so a short page reaches at least that
    // far.
    LogPosition head = bounds(handle).head();
    if (head.compareTo(after) <= 0) {
      return new EventPage(List.of(), after);
    }
    List<LoggedEvent> events = new ArrayList<>();
    List<EventSelection.Key> keys = EventSelection.keys(filter);
    SoughtTypes types = SoughtTypes.of(handle, keys, filter.types());
    int most = EventSelection.mostKeys(keys.size(), types, dialect);
    for (int from = 0; from < Math.max(1, keys.size()); from += most) {
      EventSelection selection =
          new EventSelection(
              keys.subList(from, Math.min(keys.size(), from + most)),
              types,
              after.value(),
              head.value() + 1,
              true);
      events.addAll(selection.read(handle, maxEvents, 0));
    }
    if (keys.size() > most) {
      events = merged(events, maxEvents);
    }
    LogPosition through =
        events.size() < maxEvents ? head : events.get(events.size() - 1).position();
    return new EventPage(events, through);
  }

  // An event may match keys of two statements. Each statement gave its first maxEvents, so these
  // include the first ones overall.
  private static List<LoggedEvent> merged(List<LoggedEvent> events, int maxEvents) {
    return events.stream()
        .distinct()
        .sorted(Comparator.comparing(LoggedEvent::position))
        .limit(maxEvents)
        .toList();
  }
}
