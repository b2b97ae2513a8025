package io.flowfi.bench;

/** Microseconds since 1970 that never step back while a benchmark runs. Any thread. */
final class WallClock {
  private static final long START_NANOS = System.nanoTime();
  private static final long START_MICROS = System.currentTimeMillis() * 1000;

  private WallClock() {}

  static long micros() {
    return START_MICROS + (System.nanoTime() - START_NANOS) / 1000;
  }
}
