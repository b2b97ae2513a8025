package io.flowfi.bench;

import java.util.concurrent.TimeUnit;

/** Waits while a server works. */
final class Pause {
  private Pause() {}

  static void millis(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static void seconds(double seconds) {
    millis((long) (seconds * 1000));
  }
}
