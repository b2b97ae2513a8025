package io.flowfi.bench;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A POST that is built once; only the digits of its marker change. Belongs to one connection of a
 * publisher.
 */
final class PreparedRequest {
  /** Stands for the marker in a body. */
  static final String MARKER = "tmk0000000000000000";

  private final byte[] bytes;
  private final ByteBuffer buffer;
  private final int digits;

  /**
   * @param body JSON or text, with {@link #MARKER} where the marker belongs; without it the request
   *     has no marker
   */
  PreparedRequest(int port, String path, String contentType, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost:"
            + port
            + "\r\nContent-Type: "
            + contentType
            + "\r\nContent-Length: "
            + content.length
            + "\r\n\r\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(content);
    bytes = all.toByteArray();
    buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    int marker = body.indexOf(MARKER);
    digits =
        marker < 0
            ? -1
            : head.length() + body.substring(0, marker).getBytes(StandardCharsets.UTF_8).length + 3;
  }

  /**
   * The request with this time in its marker, ready to be written; invalidates the previous one.
   */
  ByteBuffer at(long micros) {
    if (digits >= 0) {
      long rest = micros;
      for (int i = digits + 15; i >= digits; i--) {
        buffer.put(i, (byte) ('0' + rest % 10));
        rest /= 10;
      }
    }
    return buffer.clear();
  }
}
