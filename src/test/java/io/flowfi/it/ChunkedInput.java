package io.flowfi.it;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Decodes the chunks of HTTP/1.1's transfer encoding (RFC 9112, section 7.1). */
final class ChunkedInput extends InputStream {
  private final InputStream in;
  private int left;
  private boolean first = true;
  private boolean last;

  ChunkedInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (left == 0 && !nextChunk()) {
      return -1;
    }
    int count = in.read(buffer, offset, Math.min(length, left));
    if (count < 0) {
      throw new EOFException("The connection ended inside a chunk");
    }
    left -= count;
    return count;
  }

  private boolean nextChunk() throws IOException {
    if (last) {
      return false;
    }
    if (!first && !line().isEmpty()) {
      throw new IOException("A chunk is longer than its size");
    }
    first = false;
    String size = line();
    left = Integer.parseInt(size, 16);
    last = left == 0;
    return !last;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("The connection ended before its last chunk");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
