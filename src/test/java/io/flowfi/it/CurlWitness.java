package io.flowfi.it;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real {@code curl -N} that follows everything, and how long each event took to it: from before
 * its command was sent to when curl had printed the line that ends it. Events are told apart by
 * their {@code reference}.
 */
final class CurlWitness implements AutoCloseable {
  private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"event-([0-9]+)\"");

  private final BackgroundCommand curl;
  private final Map<Integer, Long> sentNanos = new ConcurrentHashMap<>();
  private final Map<Integer, Long> shownNanos = new ConcurrentHashMap<>();
  private final List<Long> positions = new CopyOnWriteArrayList<>();
  private volatile boolean connected;

  // The current frame; used by the thread that reads curl's output.
  private long position;
  private int event = -1;

  CurlWitness(int port) {
    curl =
        BackgroundCommand.start(
            "exec curl --silent --no-buffer 'http://127.0.0.1:"
                + port
                + "/v1/events/subscribe?all=true'",
            this::line);
  }

  /** Call this right before the command of an event is sent. */
  String sends(int number) {
    sentNanos.put(number, System.nanoTime());
    return "event-" + number;
  }

  private void line(String line) {
    if (line.isEmpty()) {
      if (event >= 0) {
        shownNanos.put(event, System.nanoTime());
        positions.add(position);
        event = -1;
      }
    } else if (line.startsWith("id: ")) {
      position = Long.parseLong(line.substring("id: ".length(), line.indexOf('.')));
    } else if (line.startsWith("data: {\"type\":\"connected\"")) {
      connected = true;
    } else if (line.startsWith("data: ")) {
      Matcher reference = REFERENCE.matcher(line);
      event = reference.find() ? Integer.parseInt(reference.group(1)) : -1;
    }
  }

  boolean isConnected() {
    return connected;
  }

  /** The positions of the events, in the order in which curl printed them. */
  List<Long> positions() {
    return List.copyOf(positions);
  }

  /** How long the events of these numbers took, those that have come. */
  Latencies latencies(int from, int to) {
    return new Latencies(
        shownNanos.entrySet().stream()
            .filter(shown -> shown.getKey() >= from && shown.getKey() < to)
            .mapToLong(shown -> shown.getValue() - sentNanos.get(shown.getKey()))
            .sorted()
            .toArray());
  }

  /** When the command of this event was sent, on the clock of {@link System#nanoTime()}. */
  long sentNanos(int number) {
    return sentNanos.get(number);
  }

  @Override
  public void close() {
    curl.close();
  }

  /** How long events took. */
  static final class Latencies {
    private final long[] sortedNanos;

    private Latencies(long[] sortedNanos) {
      this.sortedNanos = sortedNanos;
    }

    int count() {
      return sortedNanos.length;
    }

    double maxMillis() {
      return millis(1);
    }

    private double millis(double quantile) {
      int index = (int) Math.ceil(quantile * sortedNanos.length) - 1;
      return sortedNanos[index] / (double) TimeUnit.MILLISECONDS.toNanos(1);
    }

    @Override
    public String toString() {
      return String.format(
          "p50 %.1f, p90 %.1f, p99 %.1f, max %.1f ms of %d events",
          millis(0.5), millis(0.9), millis(0.99), maxMillis(), count());
    }
  }
}
