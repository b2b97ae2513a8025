package io.flowfi.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Status line and headers of an answer as they were sent.
 *
 * @param status 100 to 599
 * @param lines the header lines
 */
record Head(int status, List<String> lines) {
  private static final int MOST_BYTES = 64 << 10;

  /** Reads byte by byte, so that nothing of the body is taken with it. */
  static Head read(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.length() < 4 || text.indexOf("\r\n\r\n", text.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended before the answer: \"" + text + "\"");
      }
      if (text.length() > MOST_BYTES) {
        throw new IOException("headers of more than " + MOST_BYTES + " bytes");
      }
      text.append((char) next);
    }
    List<String> lines = text.substring(0, text.length() - 4).lines().toList();
    String[] parts = lines.get(0).split(" ", 3);
    if (!parts[0].startsWith("HTTP/1.") || parts.length < 2 || !parts[1].matches("[1-5]\\d\\d")) {
      throw new IOException("not HTTP/1.1: \"" + lines.get(0) + "\"");
    }
    return new Head(Integer.parseInt(parts[1]), List.copyOf(lines.subList(1, lines.size())));
  }

  /** The value of a header, several ones joined by commas; the name in any case. */
  Optional<String> header(String name) {
    String value =
        String.join(
            ", ",
            lines.stream()
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).trim())
                .toList());
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /** Whether a header has this element in its list, in any case. */
  boolean has(String name, String element) {
    return List.of(header(name).orElse("").split("\\s*,\\s*")).stream()
        .anyMatch(element::equalsIgnoreCase);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
