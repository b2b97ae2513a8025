package io.flowfi.fanout;

import io.flowfi.frames.ControlFrames;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A log in memory that also serves as the backlog, with the switches a test needs. */
final class MemoryLog implements Backlog {
  private final List<Frame> frames = new CopyOnWriteArrayList<>();
  private volatile long oldest = 1;
  volatile boolean failing;

  /** Reads of the log wait for this. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  final AtomicInteger reads = new AtomicInteger();

  /** Reads of states wait for this. */
  volatile CountDownLatch statesGate = new CountDownLatch(0);

  final AtomicInteger stateReads = new AtomicInteger();

  /** A read with this filter fails, while others work. */
  volatile EventFilter broken;

  volatile Supplier<Throwable> breakage;

  static final int STREAMS = 5;

  static final List<String> USERS = List.of("GALICE", "GBOB", "GCAROL");

  /**
   * The event at a position: its stream, users and type follow from the position, so a test can
   * tell what must come.
   */
  static Frame frame(long position) {
    StreamId stream = streamOf(position);
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
            + "\ndata: {\"p\":"
            + position
            + ",\"n\":\""
            + "x".repeat((int) (position % 97))
            + "\"}\nid: "
            + position
            + ".k3f9\n\n";
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
    await(gate);
    breakIf(filter);
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

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void breakIf(EventFilter filter) {
    if (filter.equals(broken)) {
      Throwable wanted = breakage.get();
      if (wanted instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) wanted;
    }
  }

  /** Of stream 5, whose id is 0 in the events, too. */
  private static long streamBorn(Frame frame) {
    long remainder = frame.position().value() % STREAMS;
    return remainder == 0 ? STREAMS : remainder;
  }

  @Override
  public Page changes(
      LogPosition after, EventFilter filter, int maxFrames, Predicate<LogPosition> born) {
    Page page = read(after, filter, 2);
    return new Page(
        page.frames().stream()
            .filter(frame -> born.test(new LogPosition(streamBorn(frame))))
            .map(MemoryLog::withoutId)
            .toList(),
        page.through());
  }

  private static Frame withoutId(Frame frame) {
    String text = new String(frame.bytes(), StandardCharsets.UTF_8);
    byte[] bytes =
        (text.substring(0, text.indexOf("\nid: ")) + "\n\n").getBytes(StandardCharsets.UTF_8);
    return new Frame(frame.position(), frame.type(), frame.keys(), bytes);
  }

  /** A state contains the position where its stream was created, and the position of its read. */
  static String state(long born, long readAt) {
    return "event: stream.snapshot\ndata: {\"s\":" + born + ",\"at\":" + readAt + "}";
  }

  @Override
  public States states(EventFilter filter, LogPosition after, LogPosition upTo, int maxStates) {
    stateReads.incrementAndGet();
    await(statesGate);
    breakIf(filter);
    long head = frames.size();
    long end = Math.min(Math.min(head, STREAMS), upTo.value());
    List<State> page = new ArrayList<>();
    for (long born = after.value() + 1; born <= end; born++) {
      if (!filter.streams().isEmpty() && !filter.streams().contains(streamOf(born))) {
        continue;
      }
      if (page.size() == 2) {
        return new States(page, new LogPosition(head), false);
      }
      byte[] frame = (state(born, head) + "\n\n").getBytes(StandardCharsets.UTF_8);
      page.add(new State(new LogPosition(born), partiesOf(streamOf(born)), frame));
    }
    return new States(page, new LogPosition(head), true);
  }

  private static StreamId streamOf(long position) {
    return new StreamId(position % STREAMS);
  }

  /** Those that its newest event names. */
  private List<Address> partiesOf(StreamId stream) {
    long newest = frames.size();
    while (!streamOf(newest).equals(stream)) {
      newest--;
    }
    return frame(newest).keys().stream()
        .filter(FilterKey.OfUser.class::isInstance)
        .map(key -> ((FilterKey.OfUser) key).user())
        .toList();
  }

  /** Started, with one pump and a ring so small that nearly everything is read from here. */
  FanOut fannedOut(int readers) {
    Duration minute = Duration.ofMinutes(1);
    FanOutSettings settings = new FanOutSettings(1, readers, 16, 1 << 20, minute, minute, 2000);
    LogPosition head = bounds().head();
    FanOut fanOut =
        new FanOut(
            settings, this, () -> new ControlFrames(settings, new LogIdentity("k3f9")), head, head);
    fanOut.start();
    return fanOut;
  }
}
