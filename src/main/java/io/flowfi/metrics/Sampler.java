package io.flowfi.metrics;

import io.flowfi.threads.DaemonThreads;
import io.flowfi.threads.RepeatedTask;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes samples of the node: one every five seconds, of which the last hour is kept, and one every
 * second while somebody listens. So the node's own thread reads the counters, however many look at
 * them. Any thread may ask and listen.
 */
public final class Sampler implements AutoCloseable {
  /** An hour, five seconds apart. */
  public static final int KEPT = 720;

  /** Between two samples that are kept. */
  public static final Duration INTERVAL = Duration.ofSeconds(5);

  /** A console of an administrator is one. */
  public static final int MOST_LISTENERS = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
  private static final long TICKS = INTERVAL.toSeconds();

  private final Supplier<NodeReading> source;
  private final DaemonThreads readerThreads = new DaemonThreads("stats-reader");
  private final ExecutorService readers = Executors.newCachedThreadPool(readerThreads);
  private final DaemonThreads threads = new DaemonThreads("stats");
  private final ScheduledExecutorService ticking =
      Executors.newSingleThreadScheduledExecutor(threads);
  private final Set<Consumer<NodeSample>> listeners = ConcurrentHashMap.newKeySet();

  // Guarded by this.
  private final Deque<KeptSample> kept = new ArrayDeque<>(KEPT);
  private NodeReading lastKept;
  private NodeSample latest;
  private long latestTick;
  private long ticks;

  /**
   * @param source makes the reading of all parts; called by one thread at a time
   */
  public Sampler(Function<Exposition.Readings, Supplier<NodeReading>> source) {
    this.source =
        source.apply(
            new Exposition.Readings() {
              @Override
              public <T> LatestReading<T> of(Supplier<T> slow) {
                return new LatestReading<>(slow, readers);
              }
            });
  }

  public void start() {
    ticking.scheduleAtFixedRate(
        new RepeatedTask("the sampling of the statistics", this::tick), 0, 1, TimeUnit.SECONDS);
  }

  /** A second has passed. */
  void tick() {
    NodeSample sample = null;
    synchronized (this) {
      boolean keep = ticks++ % TICKS == 0;
      if (keep || !listeners.isEmpty()) {
        sample = sample();
        if (keep) {
          keep(sample.reading());
        }
      }
    }
    if (sample != null) {
      tell(sample);
    }
  }

  private NodeSample sample() {
    latestTick = ticks;
    NodeReading now = source.get();
    latest = latest == null ? NodeSample.first(now) : NodeSample.after(latest.reading(), now);
    return latest;
  }

  private void keep(NodeReading now) {
    if (lastKept != null) {
      if (kept.size() == KEPT) {
        kept.removeFirst();
      }
      kept.addLast(KeptSample.of(NodeSample.after(lastKept, now), kept.peekLast()));
    }
    lastKept = now;
  }

  private void tell(NodeSample sample) {
    for (Consumer<NodeSample> listener : listeners) {
      try {
        listener.accept(sample);
      } catch (RuntimeException gone) {
        LOG.debug("a listener of the statistics has failed", gone);
        listeners.remove(listener);
      }
    }
  }

  /**
   * The latest sample, a second old at most: taken now if there is none in this second, because
   * while nobody listens there is one only every five seconds.
   */
  public synchronized NodeSample latest() {
    return latest == null || latestTick < ticks ? sample() : latest;
  }

  /** The samples of the last hour, oldest first. */
  public synchronized List<KeptSample> history() {
    return List.copyOf(kept);
  }

  /**
   * Calls the listener with every sample, once a second, from the sampler's thread: it must return
   * at once. One that throws is removed.
   *
   * @return ends it; empty if {@link #MOST_LISTENERS} listen
   */
  public Optional<Runnable> listen(Consumer<NodeSample> listener) {
    synchronized (listeners) {
      if (listeners.size() >= MOST_LISTENERS) {
        return Optional.empty();
      }
      listeners.add(listener);
    }
    return Optional.of(() -> listeners.remove(listener));
  }

  @Override
  public void close() {
    ticking.shutdownNow();
    readers.shutdownNow();
    threads.awaitEnd();
    readerThreads.awaitEnd();
  }
}
