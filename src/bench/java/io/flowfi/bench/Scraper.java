package io.flowfi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Reads the figures of a server as Prometheus does, at a fixed rate over connections that are kept.
 * A read that takes long delays no other.
 */
final class Scraper implements AutoCloseable {
  /** Of reads that go on at the same time. */
  private static final int THREADS = 4;

  private static final int TIMEOUT_MILLIS = 5000;

  /** In every answer with figures; an error has none. */
  private static final String FIGURE = "\nflowfi_";

  private final URI metrics;
  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "scraper");
            thread.setDaemon(true);
            return thread;
          });

  // Guarded by this.
  private long scrapes;
  private long failed;
  private Histogram times = Latency.histogram();
  private long windowBegan = System.nanoTime();

  /**
   * What was read since the last call.
   *
   * @param failed answers that were no figures, or none
   * @param seconds length of this window
   * @param times from request to the end of the answer, microseconds
   */
  record Window(long scrapes, long failed, double seconds, Histogram times) {}

  /**
   * Begins at once.
   *
   * @param perSecond reads a second; 0 for none
   */
  Scraper(int port, int perSecond) {
    metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
    for (int i = 0; i < perSecond && i < THREADS; i++) {
      long period = TimeUnit.SECONDS.toNanos(1) * THREADS / perSecond;
      threads.scheduleAtFixedRate(this::scrape, period * i / THREADS, period, TimeUnit.NANOSECONDS);
    }
  }

  private void scrape() {
    long begin = System.nanoTime();
    boolean read = read();
    long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begin);
    synchronized (this) {
      scrapes += read ? 1 : 0;
      failed += read ? 0 : 1;
      times.recordValue(Math.max(1, Math.min(micros, times.getHighestTrackableValue())));
    }
  }

  private boolean read() {
    try {
      HttpURLConnection connection = (HttpURLConnection) metrics.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      if (connection.getResponseCode() != 200) {
        return false;
      }
      try (InputStream body = connection.getInputStream()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8).contains(FIGURE);
      }
    } catch (IOException e) {
      return false;
    }
  }

  synchronized Window window() {
    long now = System.nanoTime();
    Window window = new Window(scrapes, failed, (now - windowBegan) / 1e9, times);
    scrapes = 0;
    failed = 0;
    times = Latency.histogram();
    windowBegan = now;
    return window;
  }

  /** A read that has begun may end later. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
