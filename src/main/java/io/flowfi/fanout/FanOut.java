package io.flowfi.fanout;

import io.flowfi.counts.Arrivals;
import io.flowfi.counts.HistogramCounts;
import io.flowfi.health.HealthCheck;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Delivers published frames to every subscriber whose filter matches, each once and in log order,
 * from the position the subscriber asked for. A slow subscriber slows down nobody else.
 *
 * <p>{@link #publish} and {@link #skipTo} are for one thread at a time; any thread may call
 * everything else. All but {@link #shutdown} return at once.
 */
public final class FanOut implements HealthCheck, Announcements {
  private static final int MOST_ANNOUNCEMENTS = 16;

  private final FrameRing ring;
  private final BacklogReaders readers;
  private final List<Pump> pumps;
  private final LogPosition warm;
  private final AtomicInteger nextPump = new AtomicInteger();
  private final Connections connections;
  private final Semaphore announcements = new Semaphore(MOST_ANNOUNCEMENTS);

  /**
   * @param wording makes the control frames, one for each pump
   * @param start the position before the first frame that will be published
   * @param warm frames up to here are old: they only fill the ring and do not count as published
   */
  public FanOut(
      FanOutSettings settings,
      Backlog backlog,
      Supplier<? extends Wording> wording,
      LogPosition start,
      LogPosition warm) {
    this(settings, backlog, wording, start, warm, InstantSource.system(), new Arrivals());
  }

  /**
   * @param wall the time of day, which ends lifetimes too
   * @param arrivals of the commands whose events are delivered, to time them
   */
  public FanOut(
      FanOutSettings settings,
      Backlog backlog,
      Supplier<? extends Wording> wording,
      LogPosition start,
      LogPosition warm,
      InstantSource wall,
      Arrivals arrivals) {
    this.warm = warm;
    ring = new FrameRing(settings.ringFrames(), settings.ringBytes(), start.value());
    readers = new BacklogReaders(backlog, settings.backlogReaders());
    pumps = new ArrayList<>(settings.pumps());
    connections = new OpenConnections(pumps, ring, wall);
    try {
      for (int i = 0; i < settings.pumps(); i++) {
        pumps.add(new Pump(i, ring, readers, settings, wording.get(), wall, arrivals));
      }
    } catch (Throwable e) {
      shutdown(Duration.ZERO);
      throw e;
    }
  }

  /** Starts the threads. Subscribers that were started before get their frames from here on. */
  public void start() {
    pumps.forEach(Pump::start);
  }

  /**
   * Appends frames that follow the last published one, all of them or none, and wakes the pumps.
   *
   * @throws IllegalArgumentException if they do not follow
   */
  public void publish(List<Frame> frames) {
    try {
      ring.append(frames);
    } finally {
      // even after an error, frames in the ring must not wait for the next call
      pumps.forEach(Pump::wake);
    }
  }

  /**
   * Leaves out events that the log no longer holds. Subscribers that still wait for one of them get
   * {@code reset}.
   *
   * @param position the last of them; the next published frame is the one after it
   */
  public void skipTo(LogPosition position) {
    try {
      ring.skipTo(position.value());
    } finally {
      pumps.forEach(Pump::wake);
    }
  }

  /** Position of the newest published frame. */
  public LogPosition head() {
    return new LogPosition(ring.head());
  }

  /**
   * Makes a subscriber; its output follows.
   *
   * @param listener told of its beginning and its end
   */
  public Subscriber prepare(Subscription subscription, SubscriptionListener listener) {
    Pump pump = pumps.get(Math.floorMod(nextPump.getAndIncrement(), pumps.size()));
    return new Connection(pump.tools(), subscription, listener).handle();
  }

  @Override
  public Optional<CompletableFuture<Integer>> announce(EventFilter filter, byte[] frame) {
    Announcements.checkLength(frame);
    if (!announcements.tryAcquire()) {
      return Optional.empty();
    }
    Announcement announcement = new Announcement(filter, frame, pumps.size(), announcements);
    pumps.forEach(pump -> pump.ask(() -> announcement.tell(pump.index())));
    return Optional.of(announcement.told());
  }

  /**
   * Whether every pump is alive; if not, a defect has stopped deliveries, and the node cannot
   * serve.
   */
  public boolean isRunning() {
    return pumps.stream().allMatch(Pump::isRunning);
  }

  /** The connections that are open. */
  public Connections connections() {
    return connections;
  }

  @Override
  public String name() {
    return "fanOut";
  }

  @Override
  public Optional<String> trouble() {
    return HealthCheck.trouble(!isRunning(), "does not deliver");
  }

  @Override
  public boolean isBroken() {
    return !isRunning();
  }

  public FanOutStatistics statistics() {
    Map<String, Integer> filters = new LinkedHashMap<>();
    filters.put("all", sum(p -> p.index().allFilters()));
    filters.put("stream", sum(p -> p.index().streamFilters()));
    filters.put("user", sum(p -> p.index().userFilters()));
    return new FanOutStatistics(
        open(),
        sumLong(p -> p.counts().everOpened()),
        ended(),
        filters,
        Math.max(0, ring.head() - warm.value()),
        sumLong(p -> p.counts().deliveredFrames()),
        sumLong(p -> p.counts().writtenBytes()),
        pumps.stream().map(p -> p.counts().latency()).reduce(HistogramCounts::plus).orElseThrow(),
        resets(),
        sum(p -> p.counts().parkedNow()),
        ring.size(),
        ring.bytes());
  }

  private Map<FanOutStatistics.Kind, Integer> open() {
    Map<FanOutStatistics.Kind, Integer> open = new LinkedHashMap<>();
    for (FilterKind kind : FilterKind.values()) {
      for (boolean onSocket : new boolean[] {true, false}) {
        open.put(
            new FanOutStatistics.Kind(word(kind), onSocket ? "detached" : "async"),
            sum(p -> p.counts().open(kind, onSocket)));
      }
    }
    return open;
  }

  private Map<String, Long> ended() {
    Map<String, Long> ended = new LinkedHashMap<>();
    long all = sumLong(p -> p.counts().everEnded());
    for (CloseReason reason : CloseReason.values()) {
      ended.put(word(reason), sumLong(p -> p.counts().closed(reason)));
    }
    ended.put("client_gone", sumLong(p -> p.counts().gone()));
    // a connection may be closing: its reason is counted before its end
    long known = ended.values().stream().mapToLong(Long::longValue).sum();
    ended.put("other", Math.max(0, all - known));
    return ended;
  }

  private Map<String, Long> resets() {
    Map<String, Long> resets = new LinkedHashMap<>();
    for (ResetReason reason : ResetReason.values()) {
      resets.put(word(reason), sumLong(p -> p.counts().resets(reason)));
    }
    return resets;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private int sum(ToIntFunction<Pump> count) {
    return pumps.stream().mapToInt(count).sum();
  }

  private long sumLong(ToLongFunction<Pump> count) {
    return pumps.stream().mapToLong(count).sum();
  }

  /**
   * Tells all clients to reconnect, spread over some time, while the others are served on. The end
   * is {@link #shutdown}.
   */
  public void depart(Duration window) throws InterruptedException {
    new Departure(pumps, System::nanoTime, TimeUnit.NANOSECONDS::sleep).over(window);
  }

  /**
   * Delivers what is published, tells all clients to reconnect and closes all connections; clients
   * that do not take their last bytes in time are cut off.
   *
   * @param limit how long that may take
   */
  public void shutdown(Duration limit) {
    pumps.forEach(pump -> pump.shutdown(limit));
    try {
      for (Pump pump : pumps) {
        pump.awaitEnd(limit.plusSeconds(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      readers.stop();
    }
  }
}
