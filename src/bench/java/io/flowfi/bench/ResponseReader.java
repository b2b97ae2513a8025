package io.flowfi.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Reads the answers on one keep-alive connection: head, and a body of known length or of chunks.
 * Allocates nothing.
 */
final class ResponseReader {
  private static final int CAPACITY = 32 * 1024;
  private static final byte[] LENGTH = bytes("\r\ncontent-length:");
  private static final byte[] CHUNKED = bytes("\r\ntransfer-encoding: chunked");
  private static final byte[] CLOSE = bytes("\r\nconnection: close");
  private static final byte[] HEAD_END = bytes("\r\n\r\n");
  private static final byte[] LAST_CHUNK = bytes("0\r\n\r\n");

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY);
  private int headEnd;
  private boolean closing;

  private static byte[] bytes(String text) {
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) text.charAt(i);
    }
    return bytes;
  }

  void reset() {
    buffer.clear();
    headEnd = -1;
    closing = false;
  }

  /**
   * Reads the available bytes.
   *
   * @return the status once the answer is complete, 0 before
   * @throws IOException if the connection broke, ended, or has unreadable content
   */
  int read(SocketChannel channel) throws IOException {
    if (channel.read(buffer) < 0) {
      throw new IOException("the server closed the connection before it had answered");
    }
    int end = buffer.position();
    if (headEnd < 0) {
      int at = find(HEAD_END, 0, end);
      if (at < 0) {
        return full();
      }
      headEnd = at + 4;
      closing = find(CLOSE, 0, headEnd) >= 0;
    }
    int length = find(LENGTH, 0, headEnd);
    boolean whole;
    if (length >= 0) {
      whole = end - headEnd >= number(length + LENGTH.length);
    } else if (find(CHUNKED, 0, headEnd) >= 0) {
      whole =
          end - headEnd >= LAST_CHUNK.length && find(LAST_CHUNK, end - LAST_CHUNK.length, end) >= 0;
    } else {
      whole = true;
    }
    return whole ? number(9) : full();
  }

  /** Whether the server ends the connection after this answer. */
  boolean isClosing() {
    return closing;
  }

  /** The answer so far, to show the reason for an error. */
  String text() {
    byte[] text = new byte[Math.min(buffer.position(), 600)];
    buffer.get(0, text);
    return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private int full() throws IOException {
    if (!buffer.hasRemaining()) {
      throw new IOException("an answer of more than " + CAPACITY + " bytes");
    }
    return 0;
  }

  private int find(byte[] what, int from, int to) {
    for (int i = from; i + what.length <= to; i++) {
      int n = 0;
      while (n < what.length && lower(buffer.get(i + n)) == what[n]) {
        n++;
      }
      if (n == what.length) {
        return i;
      }
    }
    return -1;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }

  private int number(int from) {
    int i = from;
    while (buffer.get(i) == ' ') {
      i++;
    }
    int value = 0;
    for (byte b = buffer.get(i); b >= '0' && b <= '9'; b = buffer.get(++i)) {
      value = value * 10 + b - '0';
    }
    return value;
  }
}
