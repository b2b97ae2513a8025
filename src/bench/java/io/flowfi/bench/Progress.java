package io.flowfi.bench;

import java.io.PrintStream;
import java.util.Locale;

/** Shows on the console what runs, its progress, and the results. */
final class Progress {
  private final PrintStream out;
  private final int steps;
  private final double estimate;
  private final long start = System.nanoTime();
  private int step;

  Progress(PrintStream out, int steps, double estimateSeconds) {
    this.out = out;
    this.steps = steps;
    this.estimate = estimateSeconds;
    out.printf("%d measurements, about %s%n", steps, clock(estimateSeconds));
  }

  void begin(String server, String title) {
    step++;
    double elapsed = (System.nanoTime() - start) / 1e9;
    out.printf(
        "[%2d/%d] %s of about %s  %s: %s%n",
        step, steps, clock(elapsed), clock(estimate), server, title);
  }

  void result(Measurement m) {
    StringBuilder line = new StringBuilder("        ");
    line.append("%s, %,d: ".formatted(m.server(), m.connections()));
    if (!m.variant().isEmpty()) {
      line.append(m.variant()).append(' ');
    }
    m.figures()
        .forEach((name, value) -> line.append(name).append('=').append(number(value)).append(' '));
    if (m.latency().count() > 0) {
      line.append(
          "p50=%.2f ms p99=%.2f ms max=%.1f ms"
              .formatted(m.latency().p50(), m.latency().p99(), m.latency().max()));
    }
    out.println(line);
  }

  void say(String text) {
    out.println(text);
  }

  private static String clock(double seconds) {
    return "%d:%02d".formatted((int) seconds / 60, (int) seconds % 60);
  }

  /** A figure for a person: thousands apart, few digits. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    return String.format(
        Locale.ROOT,
        size >= 100 || value == Math.rint(value)
            ? "%,.0f"
            : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f",
        value);
  }
}
