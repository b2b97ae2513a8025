package io.flowfi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

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
                    .map(place -> "/v1/events?limit=50" + filter + place))
        .toList();
  }

  /** The median time of this many reads of a page, in milliseconds. */
  double median(String path, int times) {
    double[] millis = new double[times];
    for (int i = 0; i < times; i++) {
      long begin = System.nanoTime();
      read(path);
      millis[i] = (System.nanoTime() - begin) / 1e6;
    }
    Arrays.sort(millis);
    return millis[times / 2];
  }

  void read(String path) {
    int status = status(path);
    if (status != 200) {
      throw new IllegalStateException(path + ": " + status);
    }
  }

  int status(String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
      connection.setReadTimeout(60_000);
      int status = connection.getResponseCode();
      try (InputStream body =
          status == 200 ? connection.getInputStream() : connection.getErrorStream()) {
        if (body != null) {
          body.readAllBytes();
        }
      }
      return status;
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }
}
