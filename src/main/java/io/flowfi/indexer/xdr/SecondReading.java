package io.flowfi.indexer.xdr;

import java.io.IOException;
import java.util.Arrays;
import org.stellar.sdk.xdr.LedgerEntry;
import org.stellar.sdk.xdr.SCVal;

/**
 * The SDK reads what our own walk has accepted, and writes it again: the bytes must be the same. So
 * no reader alone decides about money. It must not read first: version 0.44.0 takes a value that is
 * cut off for another valid one, ignores bytes behind it, and reserves what a length declares.
 */
final class SecondReading {
  private SecondReading() {}

  static void ofValue(byte[] xdr) {
    same(xdr, bytes -> SCVal.fromXdrByteArray(bytes).toXdrByteArray());
  }

  static void ofEntry(byte[] xdr) {
    same(xdr, bytes -> LedgerEntry.LedgerEntryData.fromXdrByteArray(bytes).toXdrByteArray());
  }

  private static void same(byte[] xdr, Rewriting rewriting) {
    // it takes an empty string for a broken one if the bytes end there, and ignores what follows
    byte[] longer = Arrays.copyOf(xdr, xdr.length + 4);
    byte[] again;
    try {
      again = rewriting.of(longer);
    } catch (IOException e) {
      throw new MalformedXdrException("the SDK cannot read it: " + e.getMessage(), e);
    }
    if (!Arrays.equals(xdr, again)) {
      throw new MalformedXdrException("the SDK reads another value", null);
    }
  }

  private interface Rewriting {
    byte[] of(byte[] xdr) throws IOException;
  }
}
