package io.flowfi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/** Reads pages of a server's history, one at a time over a connection that is kept. */
final class HistoryReader {
  private static final List<String> FILTERS =
      List.of(
          "",
          "&type=stream.withdrawn",
          "&type=stream.cancelled",
          "&type=stream.cancelled,stream.topped_up",
          "&stream=7",
          "&stream=7&type=stream.withdrawn",
          "&user=" + PreparedLog.PAYER,
          "&user=" + PreparedLog.PAYER + "&type=stream.cancelled");

  /** How many events a page holds. */
  private static final int LIMIT = 50;

  private static final Pattern EVENT = Pattern.compile("\"seq\":");

  private final int port;

  HistoryReader(int port) {
    this.port = port;
  }

  /** The first, a middle and the last page of every filter, of a log with this many events. */
  static List<String> pages(int events) {
    return FILTERS.stream()
        .flatMap(
            filter ->
                List.of("", "&before=" + events / 2, "&order=asc").stream()
                    .map(place -> "/v1/events?limit=" + LIMIT + filter + place))
        .toList();
  }

  /** The median time of this many reads of a page, in milliseconds. */
  double median(String path, int times) {
    return median(DoubleStream.generate(() -> millis(path)).limit(times).toArray());
  }

  /** The middle one. */
  static double median(double[] millis) {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** How many milliseconds one read of a page takes. */
  double millis(String path) {
    long begin = System.nanoTime();
    read(path);
    return (System.nanoTime() - begin) / 1e6;
  }

  /**
   * Reads a page that must be full: one with fewer events takes less time, whatever the log.
   *
   * @throws IllegalStateException if it is not
   */
  void readFull(String path) {
    long events = EVENT.matcher(ok(path)).results().count();
    if (events != LIMIT) {
      throw new IllegalStateException("%s has %d events".formatted(path, events));
    }
  }

  void read(String path) {
    ok(path);
  }

  private String ok(String path) {
    Answer answer = answer(path);
    if (answer.status != 200) {
      throw new IllegalStateException(path + ": " + answer.status);
    }
    return answer.body;
  }

  int status(String path) {
    return answer(path).status;
  }

  private record Answer(int status, String body) {}

  private Answer answer(String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      connection.setReadTimeout(60_000);
      int status = connection.getResponseCode();
      try (InputStream body =
          status == 200 ? connection.getInputStream() : connection.getErrorStream()) {
        byte[] bytes = body == null ? new byte[0] : body.readAllBytes();
        return new Answer(status, new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }
}
