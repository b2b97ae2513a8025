package io.flowfi.indexer.xdr;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.stellar.sdk.xdr.LedgerEntry;
import org.stellar.sdk.xdr.SCVal;
import org.stellar.sdk.xdr.XdrDataInputStream;
import org.stellar.sdk.xdr.XdrDataOutputStream;

/**
 * The SDK reads what our own walk has accepted, and writes it again: the bytes must be the same. So
 * no reader alone decides about money. It must not read first: version 0.44.0 takes a value that is
 * cut off for another valid one, ignores bytes behind it, and reserves what a length declares.
 *
 * <p>It reads and writes byte by byte, so the streams are ours: those of the JDK take a lock for
 * each, which was a tenth of the time of reading the chain.
 */
final class SecondReading {
  private SecondReading() {}

  static void ofValue(byte[] xdr) {
    same(xdr, (in, out) -> SCVal.decode(in).encode(out));
  }

  static void ofEntry(byte[] xdr) {
    same(xdr, (in, out) -> LedgerEntry.LedgerEntryData.decode(in).encode(out));
  }

  private static void same(byte[] xdr, Rewriting rewriting) {
    Comparison again = new Comparison(xdr);
    try {
      rewriting.of(new XdrDataInputStream(new Source(xdr)), new XdrDataOutputStream(again));
    } catch (IOException e) {
      throw new MalformedXdrException("the SDK cannot read it: " + e.getMessage(), e);
    }
    if (!again.isSame()) {
      throw new MalformedXdrException("the SDK reads another value", null);
    }
  }

  private interface Rewriting {
    void of(XdrDataInputStream in, XdrDataOutputStream out) throws IOException;
  }

  private static final class Source extends InputStream {
    private final byte[] bytes;
    private int next;

    Source(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return next < bytes.length ? bytes[next++] & 0xff : -1;
    }

    /** The SDK takes an empty string at the end for a broken one, unless it is told 0. */
    @Override
    public int read(byte[] into, int from, int length) {
      int left = Math.min(length, bytes.length - next);
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      System.arraycopy(bytes, next, into, from, left);
      next += left;
      return left;
    }
  }

  /** Takes bytes that must be those that are known. */
  private static final class Comparison extends OutputStream {
    private final byte[] expected;
    private int next;
    private boolean different;

    Comparison(byte[] expected) {
      this.expected = expected;
    }

    boolean isSame() {
      return !different && next == expected.length;
    }

    @Override
    public void write(int b) {
      different |= next >= expected.length || expected[next] != (byte) b;
      next++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
      different |=
          length > expected.length - next
              || !Arrays.equals(bytes, from, from + length, expected, next, next + length);
      next += length;
    }
  }
}
