package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.query.AddressSummary;
import io.flowfi.query.AddressSummary.Total;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * What an address pays and receives at one position of the log. It follows the log from there: only
 * streams that have changed since are read again. Ended streams are kept as sums, which never
 * change. Others are kept one by one, because the claimable amount of each depends on the time. One
 * thread at a time calls its methods.
 */
final class AddressTotals {
  /** After more new events than this it starts again. */
  private static final int MOST_CHANGES = 10_000;

  private static final int PAGE = 500;

  private final Address address;
  private final Side asSender = new Side();
  private final Side asRecipient = new Side();
  private long position;

  AddressTotals(Address address) {
    this.address = address;
  }

  /** How many streams it keeps. */
  int size() {
    return asSender.open.size() + asRecipient.open.size();
  }

  AddressSummary summary(long at) {
    return new AddressSummary(address, at, asSender.totals(at), asRecipient.totals(at));
  }

  /** Whether it has read nothing, and has nothing to follow the log from. */
  boolean isNew() {
    return position == 0;
  }

  /**
   * Follows the log as far as the handle's transaction sees it.
   *
   * @param mayReadAll whether it may read all streams of the address if it cannot follow
   * @return how many streams it has read for that, 0 if it could follow; empty if it would have to
   *     read all of them, and is where it was
   */
  OptionalLong catchUp(Handle handle, boolean mayReadAll) {
    LogBounds bounds = SqlEventLog.bounds(handle);
    long head = bounds.head().value();
    if (head <= position) {
      return OptionalLong.of(0);
    }
    boolean complete = false;
    try {
      boolean known = position > 0 && bounds.canResumeAfter(new LogPosition(position));
      long streams = 0;
      if (!known || !follow(handle, head)) {
        if (!mayReadAll) {
          complete = true;
          return OptionalLong.empty();
        }
        forget();
        streams = load(handle);
      }
      position = head;
      complete = true;
      return OptionalLong.of(streams);
    } finally {
      if (!complete) {
        forget(); // it may be neither here nor there
      }
    }
  }

  private void forget() {
    position = 0;
    asSender.clear();
    asRecipient.clear();
  }

  private long load(Handle handle) {
    AtomicLong streams = new AtomicLong();
    for (String column : List.of("sender", "recipient")) {
      Side side = column.equals("sender") ? asSender : asRecipient;
      Sql sql = new Sql(SqlStreamQueries.SELECT + " WHERE " + column + " = ?", address.strKey());
      try (Stream<StoredStream> rows = SqlStreamQueries.rows(handle, sql).stream()) {
        rows.forEach(
            row -> {
              side.put(row, 0);
              streams.incrementAndGet();
            });
      }
    }
    return streams.get();
  }

  /** False if a full read is cheaper, or needed; it is where it was then. */
  private boolean follow(Handle handle, long head) {
    Set<StreamId> changed = new LinkedHashSet<>();
    List<EventSelection.Key> keys =
        List.of(
            new EventSelection.Key("sender", address.strKey()),
            new EventSelection.Key("recipient", address.strKey()));
    EventSelection selection =
        new EventSelection(keys, SoughtTypes.of(handle, keys, Set.of()), position, head + 1, true);
    List<LoggedEvent> events = selection.read(handle, MOST_CHANGES + 1, 0);
    events.forEach(event -> event.streamId().ifPresent(changed::add));
    if (events.size() > MOST_CHANGES || events.stream().anyMatch(AddressTotals::isCorrection)) {
      return false;
    }
    List<StreamId> ids = List.copyOf(changed);
    for (int from = 0; from < ids.size(); from += PAGE) {
      List<StreamId> page = ids.subList(from, Math.min(ids.size(), from + PAGE));
      Sql sql = new Sql(SqlStreamQueries.SELECT + " WHERE stream_id IN ").addList(page);
      SqlStreamQueries.rows(handle, sql).forEach(this::put);
    }
    return true;
  }

  /** Such a stream may have been another's, or ended with other amounts. */
  private static boolean isCorrection(LoggedEvent event) {
    return event.type().equals(EventType.STREAM_CORRECTED)
        || event.type().equals(EventType.STREAM_RECONCILED);
  }

  private void put(StoredStream row) {
    if (row.stream().sender().key().equals(address)) {
      asSender.put(row, position);
    }
    if (row.stream().recipient().key().equals(address)) {
      asRecipient.put(row, position);
    }
  }

  /** The streams with the address on one side. */
  private static final class Side {
    private final Map<StreamId, PaymentStream> open = new HashMap<>();
    private final Map<String, Total> ended = new TreeMap<>();

    void clear() {
      open.clear();
      ended.clear();
    }

    /**
     * @param known the log is known up to here: a stream that began before it and is not open has
     *     ended, and is already in the sums
     */
    void put(StoredStream row, long known) {
      PaymentStream stream = row.stream();
      boolean wasOpen = open.remove(stream.id()) != null;
      if (!stream.status().isFinal()) {
        open.put(stream.id(), stream);
      } else if (wasOpen || row.created().value() > known) {
        add(ended, stream, stream.lastUpdateTime());
      }
    }

    List<Total> totals(long at) {
      Map<String, Total> totals = new TreeMap<>(ended);
      open.values().forEach(stream -> add(totals, stream, at));
      return List.copyOf(totals.values());
    }

    private static void add(Map<String, Total> totals, PaymentStream stream, long at) {
      totals.merge(
          stream.token() + " " + stream.status(),
          new Total(
              stream.token(),
              stream.status(),
              1,
              stream.deposited().value(),
              stream.withdrawn().value(),
              stream.claimable(at).orElse(Amount.ZERO).value()),
          Side::sum);
    }

    private static Total sum(Total a, Total b) {
      BigInteger deposited = a.deposited().add(b.deposited());
      BigInteger withdrawn = a.withdrawn().add(b.withdrawn());
      BigInteger claimable = a.claimable().add(b.claimable());
      return new Total(
          a.token(), a.status(), a.count() + b.count(), deposited, withdrawn, claimable);
    }
  }
}
