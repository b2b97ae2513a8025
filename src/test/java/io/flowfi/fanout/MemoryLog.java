package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.stream.Address;
import io.flowfi.stream.EventType;
import io.flowfi.stream.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A log in memory that also serves as the backlog, with the switches a test needs. */
final class MemoryLog implements Backlog {
  private final List<Frame> frames = new CopyOnWriteArrayList<>();
  private volatile long oldest = 1;
  volatile boolean failing;
  volatile List<String> states = List.of();

  /** Reads and the making of snapshots wait for it. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  final AtomicInteger reads = new AtomicInteger();
  final AtomicInteger openSnapshots = new AtomicInteger();
  final AtomicInteger snapshotsMade = new AtomicInteger();

  static final List<String> USERS = List.of("GALICE", "GBOB", "GCAROL");

  /**
   * The event at a position: its stream, users and type follow from the position, so a test can
   * tell what must come.
   */
  static Frame frame(long position) {
    StreamId stream = new StreamId(position % 5);
    Address sender = new Address(USERS.get((int) (position % 3)));
    Address recipient = new Address(USERS.get((int) (position / 3 % 3)));
    EventType type = position % 4 == 0 ? EventType.STREAM_WITHDRAWN : EventType.STREAM_CREATED;
    List<FilterKey> keys = new ArrayList<>();
    keys.add(FilterKey.All.INSTANCE);
    keys.add(new FilterKey.OfStream(stream));
    keys.add(new FilterKey.OfUser(sender));
    if (!sender.equals(recipient)) {
      keys.add(new FilterKey.OfUser(recipient));
    }
    String text =
        "event: "
            + type.wireName()
            + "\ndata: {\"n\":\""
            + "x".repeat((int) (position % 97))
            + "\"}\nid: "
            + position
            + "\n\n";
    return new Frame(new LogPosition(position), type, keys, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds the next events to the log and returns them, to be published or not. */
  List<Frame> append(int count) {
    List<Frame> added = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      added.add(frame(frames.size() + added.size() + 1L));
    }
    frames.addAll(added);
    return added;
  }

  void trimBefore(long position) {
    oldest = position;
  }

  static boolean matches(Frame frame, EventFilter filter) {
    boolean type = filter.types().isEmpty() || filter.types().contains(frame.type());
    return type
        && frame.keys().stream()
            .anyMatch(
                key ->
                    key instanceof FilterKey.OfStream s && filter.streams().contains(s.stream())
                        || key instanceof FilterKey.OfUser u && filter.users().contains(u.user())
                        || filter.all());
  }

  @Override
  public LogBounds bounds() {
    return new LogBounds(new LogPosition(oldest), new LogPosition(frames.size()));
  }

  @Override
  public Page read(LogPosition after, EventFilter filter, int maxFrames) {
    reads.incrementAndGet();
    awaitGate();
    if (failing) {
      throw new IllegalStateException("the disk is on fire");
    }
    List<Frame> page = new ArrayList<>();
    long head = frames.size();
    for (long p = Math.max(after.value() + 1, oldest); p <= head; p++) {
      Frame frame = frames.get((int) p - 1);
      if (matches(frame, filter)) {
        page.add(frame);
        if (page.size() == maxFrames) {
          return new Page(page, frame.position());
        }
      }
    }
    return new Page(page, new LogPosition(Math.max(head, after.value())));
  }

  private void awaitGate() {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Snapshot snapshot(EventFilter filter) {
    openSnapshots.incrementAndGet();
    snapshotsMade.incrementAndGet();
    awaitGate();
    LogPosition position = new LogPosition(frames.size());
    List<String> rows = states;
    return new Snapshot() {
      @Override
      public LogPosition position() {
        return position;
      }

      @Override
      public List<byte[]> read(long from, int maxBytes) {
        return rows.stream()
            .skip(from)
            .limit(3)
            .map(
                row ->
                    ("event: stream.snapshot\ndata: " + row + "\n\n")
                        .getBytes(StandardCharsets.UTF_8))
            .toList();
      }

      @Override
      public void close() {
        openSnapshots.decrementAndGet();
      }
    };
  }
}
