package io.flowfi.retention;

import io.flowfi.health.HealthCheck;
import io.flowfi.ledger.Cut;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.time.BelievedTime;
import io.flowfi.time.ClockDoubt;
import io.flowfi.time.Clocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes events that are past a limit, on a thread of its own. Each step removes a few hundred, in
 * one transaction of the ledger, together with the commands that wait just then; a rest follows
 * that is three times as long. So commands keep at least three quarters of the writer.
 *
 * <p>With an archive, events are removed only when the file that holds them is on the disk. A disk
 * that is full stops the removal, and nothing else.
 *
 * <p>Ages are by the time that the ledger believes: a clock set ahead by mistake removes nothing
 * for a day.
 */
public final class Retention implements HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** What a step removes: its rows and their places in the indexes are a few milliseconds' work. */
  static final int STEP = 500;

  /** What a file of the archive holds at most. */
  private static final int EVENTS_A_FILE = 50_000;

  /** Events wait for the archive until they fill a file, or for this long. */
  private static final Duration BETWEEN_FILES = Duration.ofHours(1);

  /** After this many other nodes may go on. */
  private static final int MOST_STEPS = 100;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(20);
  private static final Duration BETWEEN_REPORTS = Duration.ofHours(1);
  private static final long SHORTEST_REST_MILLIS = 10;
  private static final long STEP_SECONDS = 60;
  private static final long STOP_MILLIS = 400;

  private final RetentionSettings settings;
  private final EventLog log;
  private final StreamLedger ledger;
  private final Exclusive exclusive;
  private final Supplier<ClockDoubt> doubt;
  private final Optional<Archive> archive;
  private final Clocks clock;
  private final BelievedTime time;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /** Why nothing is removed; null while all is well. */
  private volatile String trouble;

  // Used by the thread only.
  private long lastFile = System.nanoTime() - BETWEEN_FILES.toNanos();
  private long removed;
  private long reported = System.nanoTime() - BETWEEN_REPORTS.toNanos();

  /**
   * @param log a reader of its own, or that of single requests
   * @param doubt what is stored of a clock that was ahead
   * @param exclusive keeps two nodes from archiving the same events
   * @throws java.io.UncheckedIOException if the archive cannot be used; the message is a line for
   *     the operator
   */
  public Retention(
      RetentionSettings settings,
      EventLog log,
      StreamLedger ledger,
      Exclusive exclusive,
      Supplier<ClockDoubt> doubt,
      Clocks clock) {
    this.settings = settings;
    this.log = log;
    this.ledger = ledger;
    this.exclusive = exclusive;
    this.doubt = doubt;
    this.clock = clock;
    this.time = new BelievedTime(clock::nanos);
    this.archive = settings.archive().map(folder -> Archive.open(folder, log.identity()));
    this.thread = new Thread(this::run, "event-retention");
    thread.setDaemon(true);
  }

  public void start() {
    thread.start();
  }

  @Override
  public String name() {
    return "retention";
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public Optional<String> degraded() {
    return Optional.ofNullable(trouble);
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** Removes what is due now, unless another node does. */
  void look() throws InterruptedException {
    try {
      boolean more = true;
      while (more && isWorthIt(log.bounds())) {
        boolean[] rest = {false};
        exclusive.alone(() -> rest[0] = removeSome());
        if (Thread.interrupted()) {
          throw new InterruptedException("stopped between two steps");
        }
        more = rest[0];
      }
      works();
    } catch (UncheckedIOException e) {
      fails("old events cannot be archived, so they stay in the log", e);
    } catch (RuntimeException | Error e) {
      // an error, too: the thread must not end, or nothing would be removed any more
      fails("old events cannot be removed for now", e);
    }
  }

  private boolean isWorthIt(LogBounds bounds) {
    boolean aFew = archive.isEmpty() || System.nanoTime() - lastFile > BETWEEN_FILES.toNanos();
    long last = bounds.oldest().value() + (aFew ? 0 : EVENTS_A_FILE - 1);
    return last <= bounds.head().value() && !due(read(new LogPosition(last), 1), bounds).isEmpty();
  }

  private List<LoggedEvent> read(LogPosition first, int most) {
    return log.read(new LogPosition(first.value() - 1), EventFilter.EVERYTHING, most).events();
  }

  /** Those at the beginning that are past a limit. */
  private List<LoggedEvent> due(List<LoggedEvent> events, LogBounds bounds) {
    long head = bounds.head().value();
    long byCount = settings.events().isPresent() ? head - settings.events().getAsLong() : 0;
    long byAge =
        settings.age().isPresent() && !events.isEmpty()
            ? now(bounds) - settings.age().get().toSeconds()
            : Long.MIN_VALUE;
    int count = 0;
    while (count < events.size()
        && events.get(count).position().value() < head
        && (events.get(count).position().value() <= byCount
            || events.get(count).timestamp() <= byAge)) {
      count++;
    }
    return events.subList(0, count);
  }

  private long now(LogBounds bounds) {
    long latest =
        read(bounds.head(), 1).stream().mapToLong(LoggedEvent::timestamp).findFirst().orElse(0);
    return time.seconds(latest, doubt.get(), clock.instant().getEpochSecond());
  }

  /** Whether there may be more. */
  private boolean removeSome() {
    try {
      long most = archive.isPresent() ? archived().value() : Long.MAX_VALUE;
      for (int step = 0; step < MOST_STEPS; step++) {
        LogBounds bounds = log.bounds();
        List<LoggedEvent> due = due(read(bounds.oldest(), STEP), bounds);
        if (due.isEmpty() || bounds.oldest().value() > most) {
          lastFile = System.nanoTime();
          return !due.isEmpty();
        }
        long last = Math.min(most, due.get(due.size() - 1).position().value());
        remove(bounds.oldest(), new LogPosition(last));
      }
      return true;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Archives what is due and not archived yet, and says up to where the archive holds it. */
  private LogPosition archived() {
    LogBounds bounds = log.bounds();
    LogPosition oldest = bounds.oldest();
    if (due(read(oldest, 1), bounds).isEmpty()) {
      return oldest; // another node was faster
    }
    try {
      // a crash may have come between a file and the removal
      Optional<LogPosition> known = archive.get().archivedThrough(oldest);
      if (known.isPresent()) {
        return known.get();
      }
      return archive
          .get()
          .write(
              oldest,
              next ->
                  closing.getCount() == 0 || next.value() - oldest.value() >= EVENTS_A_FILE
                      ? List.of()
                      : due(read(next, STEP), bounds));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void remove(LogPosition from, LogPosition through) throws InterruptedException {
    long begin = System.nanoTime();
    try {
      ledger
          .submit(new Cut(from, through))
          .toCompletableFuture()
          .get(STEP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("events up to " + through + " were not removed", e);
    }
    removed += through.value() - from.value() + 1;
    report(through);
    long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    if (closing.await(Math.max(SHORTEST_REST_MILLIS, 3 * tookMillis), TimeUnit.MILLISECONDS)) {
      throw new InterruptedException("closing");
    }
  }

  private void report(LogPosition through) {
    if (System.nanoTime() - reported > BETWEEN_REPORTS.toNanos()) {
      reported = System.nanoTime();
      LOG.info(
          "events up to {} have been kept long enough and are removed; {} since the start",
          through,
          removed);
    }
  }

  private void works() {
    if (trouble != null) {
      trouble = null;
      LOG.info("old events can be removed again");
    }
  }

  private void fails(String what, Throwable cause) {
    if (closing.getCount() > 0 && !what.equals(trouble)) {
      trouble = what;
      LOG.error("{}; nothing is lost, and it is tried again", what, cause);
    }
  }

  /** Ends after the step that is under way, or leaves it to the ledger. */
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(STOP_MILLIS);
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
