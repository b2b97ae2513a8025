package io.flowfi.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A request as the practice server reads it; null stands for what was not sent. */
record PracticeRequest(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    String body) {

  /** Returns null at the end of the connection. */
  static PracticeRequest read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return null;
      }
      head.write(next);
      while (next != '\n') {
        next = in.read();
        head.write(next);
      }
    }
    List<String> lines = head.toString(StandardCharsets.ISO_8859_1).lines().toList();
    String[] first = lines.get(0).split(" ");
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String line : lines.subList(1, lines.size() - 1)) {
      headers.put(
          line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).trim());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
    URI uri = URI.create(first[1]);
    return new PracticeRequest(
        first[0],
        uri.getPath(),
        query(uri.getRawQuery()),
        headers,
        new String(body, StandardCharsets.UTF_8));
  }

  private static Map<String, List<String>> query(String text) {
    Map<String, List<String>> query = new TreeMap<>();
    for (String pair : text == null ? new String[0] : text.split("&")) {
      String[] parts = pair.split("=", 2);
      query.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(parts[1]);
    }
    return query;
  }

  String one(String name) {
    return query.containsKey(name) ? query.get(name).get(0) : null;
  }

  /** All values of a parameter, lists taken apart. */
  List<String> values(String name) {
    return query.getOrDefault(name, List.of()).stream()
        .flatMap(list -> Arrays.stream(list.split(",", -1)))
        .toList();
  }
}
