package io.flowfi.app;

import io.flowfi.config.DrainSettings;
import io.flowfi.health.Drain;
import io.flowfi.health.HealthCheck;
import io.flowfi.threads.DaemonThreads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An administrator takes the node out of the traffic, as before a stop, but it runs on. */
final class PlannedDrain implements Drain, HealthCheck, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PlannedDrain.class);

  /** If the settings have none, which is right for a node that stops without others beside it. */
  private static final Duration STANDARD_WINDOW = Duration.ofSeconds(30);

  private final DrainSettings settings;
  private final Departing clients;
  private final InstantSource clock;
  private final DaemonThreads threads = new DaemonThreads("flowfi-drain");
  private final ExecutorService executor = Executors.newSingleThreadExecutor(threads);

  /** Guarded by this. */
  private Optional<Future<?>> work = Optional.empty();

  /** Changed under the lock. */
  private volatile Status status = new Status(State.SERVING, Optional.empty());

  /** Tells all clients to reconnect. */
  @FunctionalInterface
  interface Departing {
    /** Until all were told, or the thread is interrupted; then it stays so. */
    void over(Duration window);
  }

  PlannedDrain(DrainSettings settings, Departing clients, InstantSource clock) {
    this.settings = settings;
    this.clients = clients;
    this.clock = clock;
  }

  @Override
  public Status status() {
    return status;
  }

  @Override
  public synchronized Status begin(Optional<Duration> window) {
    if (status.state() == State.SERVING) {
      Status leaving = new Status(State.LEAVING, Optional.of(now()));
      status = leaving;
      Duration over =
          window.orElse(settings.window().isZero() ? STANDARD_WINDOW : settings.window());
      work = Optional.of(executor.submit(() -> leave(leaving, over)));
      LOG.info("an administrator takes the node out of the traffic");
    }
    return status;
  }

  private Instant now() {
    return clock.instant();
  }

  private void leave(Status leaving, Duration window) {
    try {
      TimeUnit.NANOSECONDS.sleep(settings.delay().toNanos());
      clients.over(window);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    synchronized (this) {
      // not of an earlier drain that was ended, nor cut short by a stop
      if (status == leaving && !Thread.currentThread().isInterrupted()) {
        status = new Status(State.DRAINED, leaving.since());
        LOG.info("all clients of the node were told to reconnect");
      }
    }
  }

  @Override
  public synchronized Status end() {
    if (status.state() != State.SERVING) {
      status = new Status(State.SERVING, Optional.empty());
      work.ifPresent(leaving -> leaving.cancel(true));
      LOG.info("an administrator takes the node back into the traffic");
    }
    return status;
  }

  @Override
  public String name() {
    return "server";
  }

  @Override
  public Optional<String> trouble() {
    return HealthCheck.trouble(
        status.state() != State.SERVING, "an administrator has taken it out of the traffic");
  }

  @Override
  public void close() {
    executor.shutdownNow();
    threads.awaitEnd();
  }
}
