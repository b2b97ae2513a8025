package io.flowfi.feed;

import io.flowfi.health.HealthCheck;
import io.flowfi.log.CommitListener;
import io.flowfi.log.Doorbell;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns announcements of commits, which may come twice, late, wrong or never, into one gap-free
 * sequence of events.
 *
 * <p>There are two entrances. Anybody may ring the {@link #bell()}: it only wakes the feed, which
 * then reads the log up to its end. The other is for {@link #commits()} of trusted ledgers, whose
 * batches bring the events along. A batch that is next in order is passed on as it is; one that is
 * early waits a moment for those before it; any other is only a ring. Batches wait in a bounded
 * queue: when it is full a batch is dropped, and the log is read instead. So a slow sink never
 * holds back the log's writer, and nothing is lost.
 *
 * <p>Retention may remove events before they are read. The server's log file then says so once, the
 * sink is told, and the feed goes on after them. If an event is missing that should be there, the
 * feed waits for it; likewise if the log ends before what was passed on already, or has another
 * event there, until it holds that again: an earlier state of the database has taken its place.
 * What the log or the sink throws, an {@link Error} too, is tried again: nothing else would wake
 * the feed when memory is back.
 *
 * <p>The feed's own thread calls the sink. Any thread may use both entrances.
 */
public final class EventFeed implements HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
  private static final int QUEUED_BATCHES = 256;
  private static final List<LoggedEvent> NOTHING = List.of();
  private static final int PAGE = 512;
  private static final long IDLE = Duration.ofSeconds(1).toNanos();
  private static final Duration RETRY = Duration.ofMillis(500);

  /** An interrupted thread needs no longer than its sink takes for one batch. */
  private static final long STOP_MILLIS = 1000;

  /** What the feed is doing. Only STOPPED is final. */
  public enum State {
    RUNNING,
    /** The next events cannot be read or processed; tried again until they can. */
    FAILING,
    STOPPED
  }

  private final EventLog log;
  private final FeedSink sink;
  private final BlockingQueue<List<LoggedEvent>> queue = new ArrayBlockingQueue<>(QUEUED_BATCHES);
  private final EarlyBatches early = new EarlyBatches();
  private final CommitListener commits = new Commits();
  private final Thread thread;
  private volatile long position;

  /** The log may hold more than was passed on. */
  private volatile boolean rung = true;

  /** How far the log is said to reach; nothing to do once that was passed on. */
  private final AtomicLong announced = new AtomicLong();

  /** The event at the position; null if it was left out. Used by the thread only. */
  private LoggedEvent last;

  private volatile boolean closing;
  private volatile State state = State.RUNNING;

  /**
   * @param start everything after this position is passed on, starting with what the log already
   *     holds
   */
  public EventFeed(EventLog log, FeedSink sink, LogPosition start) {
    this.log = log;
    this.sink = sink;
    this.position = start.value();
    this.thread = new Thread(this::run, "event-feed");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  /** For anybody who has heard of a commit, true or not. */
  public Doorbell bell() {
    return commits;
  }

  private void ring() {
    if (!rung) {
      rung = true;
      queue.offer(NOTHING); // only wakes the thread; if the queue is full it is awake
    }
  }

  /**
   * For the ledger of this process, and for batches of which it is certain that another node's
   * ledger has committed them: they are passed on without a look at the log.
   */
  public CommitListener commits() {
    return commits;
  }

  private final class Commits implements CommitListener {
    @Override
    public void committed(List<LoggedEvent> batch) {
      if (!batch.isEmpty() && !queue.offer(batch)) {
        rung = true; // the thread is awake and will read it from the log
      }
    }

    @Override
    public void ring() {
      EventFeed.this.ring();
    }

    @Override
    public void ring(LogPosition head) {
      if (head.value() > position
          && announced.getAndAccumulate(head.value(), Math::max) < head.value()) {
        queue.offer(NOTHING); // the batches before it may bring what it announces
      }
    }
  }

  /** Position of the last event passed on. */
  public LogPosition position() {
    return new LogPosition(position);
  }

  public State state() {
    return state;
  }

  @Override
  public String name() {
    return "feed";
  }

  @Override
  public Optional<String> trouble() {
    return HealthCheck.trouble(state != State.RUNNING, "has stopped at " + position);
  }

  /** Whether its thread has ended. */
  @Override
  public boolean isBroken() {
    return state == State.STOPPED;
  }

  private void run() {
    try {
      while (!closing || !queue.isEmpty() || isBehind() || !early.isEmpty()) {
        List<LoggedEvent> batch =
            isBehind() && queue.isEmpty() ? null : queue.poll(patience(), TimeUnit.NANOSECONDS);
        if (batch != null && !batch.isEmpty()) {
          take(batch);
        }
        if (queue.isEmpty() && (isBehind() || !early.isEmpty() && early.nanosLeft() < 1)) {
          look();
        }
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      LOG.error(
          "the event feed has ended at {}: nothing is delivered before a restart", position, e);
    } finally {
      state = State.STOPPED;
    }
  }

  private boolean isBehind() {
    return rung || announced.get() > position;
  }

  private long patience() {
    return early.isEmpty() ? IDLE : early.nanosLeft();
  }

  private void take(List<LoggedEvent> batch) throws InterruptedException {
    long first = batch.get(0).position().value();
    long last = batch.get(batch.size() - 1).position().value();
    if (last - first + 1 != batch.size() || first > position + 1 && !early.keep(batch)) {
      look();
      return;
    }
    if (first <= position + 1) {
      passUnknown(batch);
      for (List<LoggedEvent> next = early.takeAfter(position);
          next != null;
          next = early.takeAfter(position)) {
        passUnknown(next);
      }
    }
  }

  /** What of a batch was not passed on yet; it has no gap before it. */
  private void passUnknown(List<LoggedEvent> batch) throws InterruptedException {
    long known = position + 1 - batch.get(0).position().value();
    if (known > 0 && known <= batch.size() && isAnother(batch.get((int) known - 1))) {
      awaitLast();
      look();
    } else if (known < batch.size()) {
      pass(known == 0 ? batch : batch.subList((int) known, batch.size()));
    }
  }

  /** Reads and passes on what the log holds now, whatever was announced. */
  private void look() throws InterruptedException {
    // before the look: what is committed after it rings again
    rung = false;
    announced.set(0);
    LogBounds bounds = read(log::bounds);
    if (bounds.head().value() < position) {
      bounds = awaitLast();
    }
    while (position < bounds.head().value()) {
      if (position + 1 < bounds.oldest().value()) {
        skipTo(bounds.oldest().value() - 1);
      } else {
        bounds = passPage(bounds);
      }
    }
    early.clear(); // what is committed was read
    works();
  }

  /** Its own positions are those of other events, once somebody writes to it. */
  private LogBounds awaitLast() throws InterruptedException {
    while (true) {
      LogBounds bounds = read(log::bounds);
      boolean removed = bounds.oldest().value() > position; // then nobody can tell
      if (bounds.head().value() >= position && (removed || read(this::holdsLast))) {
        return bounds;
      }
      failing(
          "the log was set back to "
              + bounds.head()
              + ", or holds other events since: see \"Back up and restore\" in docs/scaling.md",
          null);
      pause();
    }
  }

  /** Whether an event stands where another one was passed on. */
  private boolean isAnother(LoggedEvent atPosition) {
    return last != null && !last.equals(atPosition);
  }

  private boolean holdsLast() {
    return last == null
        || log.read(new LogPosition(position - 1), EventFilter.EVERYTHING, 1)
            .events()
            .contains(last);
  }

  /**
   * One page of the log.
   *
   * @return the log's bounds: read again only if the page was not the expected one
   */
  private LogBounds passPage(LogBounds bounds) throws InterruptedException {
    LogPosition after = new LogPosition(position);
    List<LoggedEvent> events =
        withoutGap(read(() -> log.read(after, EventFilter.EVERYTHING, PAGE)).events());
    if (!events.isEmpty()) {
      pass(events);
      return bounds;
    }
    LogBounds now = read(log::bounds);
    if (position + 1 >= now.oldest().value() && position < now.head().value()) {
      failing(
          "the log does not hold event " + (position + 1) + " though it reaches " + now.head(),
          null);
      pause();
    }
    return now;
  }

  /** The events next in order. Events after a gap wait until the log holds the missing ones. */
  private List<LoggedEvent> withoutGap(List<LoggedEvent> events) {
    int count = 0;
    while (count < events.size() && events.get(count).position().value() == position + 1 + count) {
      count++;
    }
    return events.subList(0, count);
  }

  private <T> T read(Supplier<T> read) throws InterruptedException {
    while (true) {
      try {
        return read.get();
      } catch (RuntimeException | Error e) {
        failing("the log cannot be read after " + position, e);
        pause();
      }
    }
  }

  private void skipTo(long to) throws InterruptedException {
    long from = position + 1;
    while (true) {
      try {
        sink.skipTo(new LogPosition(to));
        position = to;
        last = null;
        LOG.error(
            "the log no longer keeps events {} to {}, which this node has not passed on; subscribers that wait for them are told to start over",
            from,
            to);
        return;
      } catch (RuntimeException | Error e) {
        failing("events " + from + " to " + to + " cannot be left out", e);
        pause();
      }
    }
  }

  private void pass(List<LoggedEvent> events) throws InterruptedException {
    while (true) {
      try {
        sink.accept(events);
        last = events.get(events.size() - 1);
        position = last.position().value();
        works();
        return;
      } catch (RuntimeException | Error e) {
        if (events.size() > 1) {
          // one by one, so that those before the bad one are not held back by it
          for (LoggedEvent event : events) {
            pass(List.of(event));
          }
          return;
        }
        failing("event " + events.get(0).position() + " cannot be processed", e);
        pause();
      }
    }
  }

  private void works() {
    if (state == State.FAILING) {
      state = State.RUNNING;
      LOG.info("the event feed works again, at {}", position);
    }
  }

  private void failing(String what, Throwable cause) {
    if (state == State.RUNNING) {
      state = State.FAILING;
      LOG.error("the event feed has stopped and will try again: {}", what, cause);
    }
  }

  private void pause() throws InterruptedException {
    if (closing) {
      throw new InterruptedException("closing while the feed cannot go on");
    }
    TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
  }

  /**
   * Passes on everything that was announced before, then stops.
   *
   * @param limit how long this may take; after that the thread is interrupted and the rest stays in
   *     the log
   */
  public void close(Duration limit) {
    closing = true;
    queue.offer(NOTHING);
    try {
      thread.join(Math.max(1, limit.toMillis()));
      thread.interrupt();
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ofSeconds(2));
  }
}
