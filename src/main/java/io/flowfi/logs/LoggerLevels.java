package io.flowfi.logs;

import io.flowfi.threads.DaemonThreads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * The levels of our loggers while the node runs. A change ends after its time, by {@link #reset},
 * or with the application; then the logger has the level again that the container gave it.
 *
 * <p>Any thread of the application; a container may keep the loggers of each application apart by
 * the thread's class loader.
 */
public final class LoggerLevels implements AutoCloseable {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LoggerLevels.class);

  private final InstantSource clock;
  private final DaemonThreads threads = new DaemonThreads("flowfi-log-levels");
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);

  /** Guarded by this. No more than there are loggers of ours. */
  private final Map<String, Change> changes = new HashMap<>();

  private static final class Change {
    /** Held, because a logger without a reference to it loses its level. */
    final Logger logger;

    final Level before;
    final Optional<Instant> until;
    Optional<Future<?>> end = Optional.empty();

    Change(Logger logger, Level before, Optional<Instant> until) {
      this.logger = logger;
      this.before = before;
      this.until = until;
    }
  }

  LoggerLevels(InstantSource clock) {
    this.clock = clock;
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * A logger.
   *
   * @param level what it lets through
   * @param changed whether an administrator has set its own level
   * @param until when that ends; empty if it has no end
   */
  public record State(String name, LogLevel level, boolean changed, Optional<Instant> until) {}

  /** All of ours by name: those that have logged or could, and what stands above them. */
  public synchronized List<State> all() {
    return names().stream().map(this::state).toList();
  }

  /**
   * One of them.
   *
   * @throws UnknownLoggerException if there is none of this name
   */
  public synchronized State get(String name) {
    if (!names().contains(name)) {
      throw new UnknownLoggerException();
    }
    return state(name);
  }

  /**
   * Sets the level of a logger and of those below it that have none of their own.
   *
   * @param lasting empty for as long as the application runs
   * @throws UnknownLoggerException if there is none of this name
   */
  public synchronized State set(String name, LogLevel level, Optional<Duration> lasting) {
    get(name);
    restore(name);
    Logger logger = Logger.getLogger(name);
    Change change = new Change(logger, logger.getLevel(), lasting.map(clock.instant()::plus));
    change.end =
        lasting.map(
            time ->
                timer.schedule(() -> expire(name, change), time.toMillis(), TimeUnit.MILLISECONDS));
    changes.put(name, change);
    logger.setLevel(level.level());
    return state(name);
  }

  /**
   * Takes a change back; nothing if there is none.
   *
   * @throws UnknownLoggerException if there is none of this name
   */
  public synchronized State reset(String name) {
    get(name);
    restore(name);
    return state(name);
  }

  private synchronized void expire(String name, Change change) {
    if (changes.get(name) == change) { // not one that came in its place meanwhile
      restore(name);
      LOG.info("the level of logger {} is again as it was before it was changed for a time", name);
    }
  }

  private void restore(String name) {
    Change change = changes.remove(name);
    if (change != null) {
      change.end.ifPresent(end -> end.cancel(false));
      change.logger.setLevel(change.before);
    }
  }

  private State state(String name) {
    Change change = changes.get(name);
    Logger logger = Logger.getLogger(name);
    while (logger.getLevel() == null && logger.getParent() != null) {
      logger = logger.getParent();
    }
    return new State(
        name,
        logger.getLevel() == null ? LogLevel.INFO : LogLevel.of(logger.getLevel()),
        change != null,
        change == null ? Optional.empty() : change.until);
  }

  private static TreeSet<String> names() {
    TreeSet<String> names = new TreeSet<>();
    for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
      for (String part = name;
          part.equals(OwnLog.ROOT) || part.startsWith(OwnLog.ROOT + ".");
          part = part.substring(0, Math.max(0, part.lastIndexOf('.')))) {
        names.add(part);
      }
    }
    return names;
  }

  /** Gives every logger its own level back. */
  @Override
  public void close() {
    timer.shutdownNow();
    synchronized (this) {
      List.copyOf(changes.keySet()).forEach(this::restore);
    }
    threads.awaitEnd();
  }
}
