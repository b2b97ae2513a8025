package io.flowfi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/**
 * A subscriber to everything that counts the events of the chain as they arrive, and knows when the
 * last one did. One thread.
 */
final class ChainFrames implements AutoCloseable {
  private static final byte[] ORIGIN = "\"origin\":\"chain\"".getBytes(StandardCharsets.US_ASCII);
  private static final int BUFFER = 64 * 1024;

  private final HttpURLConnection connection;
  private final Thread thread;
  private long count;
  private long lastNanos;

  /** Subscribes, and returns when the server has answered. */
  ChainFrames(FlowFiServer server) {
    try {
      connection =
          (HttpURLConnection)
              new URL("http://127.0.0.1:" + server.port() + server.subscribeToAll())
                  .openConnection();
      InputStream in = connection.getInputStream();
      thread = new Thread(() -> read(in), "chain-frames");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread.setDaemon(true);
    thread.start();
  }

  private void read(InputStream in) {
    byte[] buffer = new byte[BUFFER];
    int matched = 0;
    try {
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        int found = 0;
        for (int i = 0; i < length; i++) {
          if (buffer[i] == ORIGIN[matched]) {
            matched++;
          } else {
            matched = buffer[i] == ORIGIN[0] ? 1 : 0;
          }
          if (matched == ORIGIN.length) {
            found++;
            matched = 0;
          }
        }
        arrived(found);
      }
    } catch (IOException e) {
      // it was closed; if not, whoever awaits more says how many are missing
    }
  }

  private synchronized void arrived(int found) {
    if (found > 0) {
      count += found;
      lastNanos = System.nanoTime();
      notifyAll();
    }
  }

  synchronized long count() {
    return count;
  }

  /**
   * Waits until so many have arrived.
   *
   * @return the {@link System#nanoTime} at which the last one did
   */
  synchronized long await(long wanted, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (count < wanted) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new IllegalStateException(
            "only %,d of %,d events of the chain in %.0f s".formatted(count, wanted, seconds));
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }
    return lastNanos;
  }

  @Override
  public void close() {
    connection.disconnect();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
