package io.flowfi.relay;

import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A log in memory that several nodes of a test write and read, as they would a database. */
final class SharedLog implements EventLog {
  final LogSecret secret = LogSecret.random();
  private final LogIdentity identity = LogIdentity.random();
  private final List<LoggedEvent> events = new ArrayList<>();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** How often events were read from it. */
  final AtomicInteger pages = new AtomicInteger();

  /** Appends events and makes them durable; the caller announces them. */
  List<LoggedEvent> append(int count, String payload) {
    lock.writeLock().lock();
    try {
      for (int i = 0; i < count; i++) {
        events.add(event(events.size() + 1L, payload));
      }
      return List.copyOf(events.subList(events.size() - count, events.size()));
    } finally {
      lock.writeLock().unlock();
    }
  }

  static LoggedEvent event(long position, String payload) {
    boolean ofProtocol = position % 5 == 0;
    return new LoggedEvent(
        new LogPosition(position),
        ofProtocol ? EventType.named("protocol.paused") : EventType.STREAM_CREATED,
        ofProtocol ? Optional.empty() : Optional.of(new StreamId(-position)),
        ofProtocol ? Optional.empty() : Optional.of(new Address("G" + position)),
        ofProtocol ? Optional.empty() : Optional.of(new Address("C" + position)),
        1_700_000_000 + position,
        "{\"n\":" + position + ",\"é\":\"" + payload + "\"}");
  }

  List<LoggedEvent> all() {
    lock.readLock().lock();
    try {
      return List.copyOf(events);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public LogIdentity identity() {
    return identity;
  }

  @Override
  public LogBounds bounds() {
    return new LogBounds(new LogPosition(1), new LogPosition(all().size()));
  }

  @Override
  public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
    pages.incrementAndGet();
    List<LoggedEvent> all = all();
    int from = (int) after.value();
    int to = Math.min(all.size(), from + maxEvents);
    return new EventPage(all.subList(from, to), new LogPosition(to));
  }
}
