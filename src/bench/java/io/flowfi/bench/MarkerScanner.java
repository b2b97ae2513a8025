package io.flowfi.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds markers, {@code tmk} and 16 digits of microseconds, in what a connection receives. Every
 * marker is one delivery. Allocates nothing: the first part of a divided marker waits in the
 * connection's own {@link Tail}.
 *
 * <p>Looks for the {@code k}, eight bytes at a time: it is rarer in the events than {@code t} and
 * {@code m}. Otherwise, at a million deliveries a second, this loop and not the server would be
 * measured.
 */
final class MarkerScanner {
  /** Bytes of a whole marker. */
  static final int MARKER = 19;

  /** The room that a buffer needs in front of the read bytes, for the tail of the previous read. */
  static final int HEADROOM = 32;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long KS = ONES * 'k';

  /** Gets each marker. */
  interface Sink {
    void marker(long micros);
  }

  /** The last bytes of a connection's previous read, which may be the first of a marker. */
  static final class Tail {
    private final byte[] bytes = new byte[MARKER - 1];
    private int length;
  }

  private final ByteBuffer buffer;

  /** A scanner of a buffer in which every read starts at {@link #HEADROOM}. */
  MarkerScanner(ByteBuffer buffer) {
    this.buffer = buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Scans what was read into {@code [HEADROOM, end)} after the connection's tail, and keeps the new
   * tail.
   */
  void scan(int end, Tail tail, Sink sink) {
    int start = HEADROOM - tail.length;
    buffer.clear();
    buffer.put(start, tail.bytes, 0, tail.length);
    int done = start; // everything before this is part of a reported marker
    int i = start + 2;
    while (i < end) {
      int k = nextK(i, end);
      if (k < 0 || k + MARKER - 2 > end) {
        break;
      }
      i = k + 1;
      if (buffer.get(k - 1) == 'm' && buffer.get(k - 2) == 't') {
        long micros = digits(k + 1);
        if (micros >= 0) {
          sink.marker(micros);
          i = k + MARKER - 2;
          done = i;
          i += 2;
        }
      }
    }
    int from = Math.max(done, end - (MARKER - 1));
    tail.length = end - from;
    buffer.get(from, tail.bytes, 0, tail.length);
  }

  private int nextK(int from, int end) {
    int i = from;
    for (; i + 8 <= end; i += 8) {
      long x = buffer.getLong(i) ^ KS;
      long hit = (x - ONES) & ~x & HIGHS;
      if (hit != 0) {
        return i + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
    }
    for (; i < end; i++) {
      if (buffer.get(i) == 'k') {
        return i;
      }
    }
    return -1;
  }

  private long digits(int from) {
    long value = 0;
    for (int i = from; i < from + 16; i++) {
      int digit = buffer.get(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
