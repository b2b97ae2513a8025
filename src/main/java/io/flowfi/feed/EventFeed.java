package io.flowfi.feed;

import io.flowfi.log.CommitListener;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns word of commits, which may come twice, late or never, into one gap-free sequence of events.
 *
 * <p>Batches next in order are passed on; known ones are dropped; a gap is read from the log first.
 * The batches wait in a bounded queue: when it is full a batch is not kept but only its position
 * noted, and the log is read instead. So a slow sink never holds back the log's writer and nothing
 * is lost.
 *
 * <p>One thread of its own calls the sink. {@link #committed} and {@link #headAt} may be called
 * from any thread and return at once.
 */
public final class EventFeed implements CommitListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
  private static final int QUEUED_BATCHES = 256;
  private static final int PAGE = 512;
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
  private final AtomicLong announced;
  private final Thread thread;
  private volatile long position;
  private volatile boolean closing;
  private volatile State state = State.RUNNING;

  /**
   * @param start everything after this position will be passed on
   * @param head how far the log is known to reach; read from the log before anything else
   */
  public EventFeed(EventLog log, FeedSink sink, LogPosition start, LogPosition head) {
    this.log = log;
    this.sink = sink;
    this.position = start.value();
    this.announced = new AtomicLong(head.value());
    this.thread = new Thread(this::run, "event-feed");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  @Override
  public void committed(List<LoggedEvent> batch) {
    if (!batch.isEmpty()) {
      announce(batch.get(batch.size() - 1).position().value());
      if (!queue.offer(batch)) {
        return; // its position is announced: it will be read from the log
      }
    }
  }

  @Override
  public void headAt(LogPosition head) {
    announce(head.value());
    queue.offer(List.of()); // only wakes the thread; if the queue is full it is awake
  }

  private void announce(long head) {
    announced.accumulateAndGet(head, Math::max);
  }

  /** Position of the last event passed on. */
  public LogPosition position() {
    return new LogPosition(position);
  }

  public State state() {
    return state;
  }

  private void run() {
    try {
      catchUp(announced.get());
      while (!closing || !queue.isEmpty() || position < announced.get()) {
        List<LoggedEvent> batch = queue.poll(1, TimeUnit.SECONDS);
        if (batch != null && !batch.isEmpty()) {
          take(batch);
        }
        if (queue.isEmpty()) {
          catchUp(announced.get());
        }
      }
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    } finally {
      state = State.STOPPED;
    }
  }

  private void take(List<LoggedEvent> batch) throws InterruptedException {
    long first = batch.get(0).position().value();
    long last = batch.get(batch.size() - 1).position().value();
    if (first > position + 1) {
      catchUp(first - 1);
    }
    if (last > position) {
      int known = (int) (position + 1 - first);
      pass(known == 0 ? batch : batch.subList(known, batch.size()));
    }
  }

  /** Reads and passes on everything up to a position that is known to be committed. */
  private void catchUp(long to) throws InterruptedException {
    while (position < to) {
      List<LoggedEvent> events = withoutGap(readAfter(position));
      if (events.isEmpty()) {
        failing("the log does not hold event " + (position + 1) + " though it reaches " + to, null);
        pause();
      } else {
        pass(events);
      }
    }
  }

  /** The events next in order. What is behind a gap waits until the log holds what is missing. */
  private List<LoggedEvent> withoutGap(List<LoggedEvent> events) {
    int count = 0;
    while (count < events.size() && events.get(count).position().value() == position + 1 + count) {
      count++;
    }
    return events.subList(0, count);
  }

  private List<LoggedEvent> readAfter(long after) throws InterruptedException {
    while (true) {
      try {
        EventPage page = log.read(new LogPosition(after), EventFilter.EVERYTHING, PAGE);
        return new ArrayList<>(page.events());
      } catch (RuntimeException e) {
        failing("the log cannot be read after " + after, e);
        pause();
      }
    }
  }

  private void pass(List<LoggedEvent> events) throws InterruptedException {
    while (true) {
      try {
        sink.accept(events);
        position = events.get(events.size() - 1).position().value();
        if (state == State.FAILING) {
          state = State.RUNNING;
          LOG.info("the event feed works again, at {}", position);
        }
        return;
      } catch (RuntimeException e) {
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

  private void failing(String what, RuntimeException cause) {
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
   * Passes on what was announced, then stops.
   *
   * @param limit how long that may take; after it the thread is interrupted and the rest is left to
   *     the log
   */
  public void close(Duration limit) {
    closing = true;
    queue.offer(List.of());
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
