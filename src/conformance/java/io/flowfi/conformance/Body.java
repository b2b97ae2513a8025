package io.flowfi.conformance;

import java.io.IOException;
import java.io.InputStream;

/** The body of an answer without its transfer coding, which is read strictly. */
final class Body extends InputStream {
  private final InputStream in;
  private final boolean chunked;

  /** Bytes to come of the chunk or of the whole; negative: up to the end of the connection. */
  private long left;

  private boolean ended;
  private boolean inChunks;

  private Body(InputStream in, boolean chunked, long left) {
    this.in = in;
    this.chunked = chunked;
    this.left = left;
  }

  static Body of(Head head, InputStream in) throws IOException {
    if (head.status() == 204 || head.status() == 304) {
      return new Body(in, false, 0);
    }
    if (head.has("Transfer-Encoding", "chunked")) {
      return new Body(in, true, 0);
    }
    String length = head.header("Content-Length").orElse("-1");
    if (!length.matches("-1|\\d{1,15}")) {
      throw new IOException("Content-Length: " + length);
    }
    return new Body(in, false, Long.parseLong(length));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (chunked && left == 0 && !ended) {
      nextChunk();
    }
    if (ended || left == 0) {
      return -1;
    }
    int most = left < 0 ? length : (int) Math.min(left, length);
    int count = in.read(buffer, offset, most);
    if (count < 0) {
      if (left > 0) {
        throw new IOException("the connection ended " + left + " bytes before the body did");
      }
      return -1;
    }
    left = left < 0 ? left : left - count;
    return count;
  }

  private void nextChunk() throws IOException {
    if (inChunks && !line().isEmpty()) {
      throw new IOException("no line end after a chunk");
    }
    inChunks = true;
    String size = line();
    if (!size.matches("[0-9a-fA-F]{1,8}(;.*)?")) {
      throw new IOException("not the size of a chunk: \"" + size + "\"");
    }
    left = Long.parseLong(size.replaceFirst(";.*", ""), 16);
    if (left == 0) {
      while (!line().isEmpty()) {
        // trailers are of no interest
      }
      ended = true;
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended between chunks, without the last one");
      }
      if (next == '\n' && line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
        return line.substring(0, line.length() - 1);
      }
      if (line.length() > 4096) {
        throw new IOException("a line of more than 4096 bytes between chunks");
      }
      line.append((char) next);
    }
  }
}
