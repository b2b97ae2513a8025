package io.flowfi.indexer.xdr;

import io.flowfi.simulator.ChainValue;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes values as bytes, by hand. */
final class ValueXdr {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static byte[] of(Value value) {
    ValueXdr xdr = new ValueXdr();
    xdr.write(value);
    return xdr.out.toByteArray();
  }

  /** Words of four bytes each. */
  static byte[] words(int... words) {
    ValueXdr xdr = new ValueXdr();
    for (int word : words) {
      xdr.word(word);
    }
    return xdr.out.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private void write(Value value) {
    if (value == Value.Nothing.VOID) {
      word(1);
    } else if (value instanceof Value.Bool bool) {
      word(0);
      word(bool.value() ? 1 : 0);
    } else if (value instanceof Value.Failure failure) {
      word(2);
      word(failure.type());
      word((int) failure.code());
    } else if (value instanceof Value.Whole whole) {
      word(3 + whole.kind().ordinal());
      whole(whole.value(), whole.kind().bytes);
    } else if (value instanceof Value.Bytes bytes) {
      opaque(13, bytes.value());
    } else if (value instanceof Value.Text text) {
      opaque(14, text.value());
    } else if (value instanceof Value.Symbol symbol) {
      opaque(15, symbol.value().getBytes(StandardCharsets.US_ASCII));
    } else if (value instanceof Value.Vector vector) {
      word(16);
      word(1);
      word(vector.values().size());
      vector.values().forEach(this::write);
    } else if (value instanceof Value.Table table) {
      word(17);
      word(1);
      word(table.entries().size());
      for (Value.Entry entry : table.entries()) {
        write(entry.key());
        write(entry.value());
      }
    } else if (value instanceof Value.Party party) {
      out.writeBytes(ChainValue.address(party.strKey()).xdr());
    } else if (value instanceof Value.Tag tag) {
      opaque(22, tag.value());
    } else {
      throw new IllegalArgumentException(value.toString());
    }
  }

  private void word(int word) {
    whole(BigInteger.valueOf(word), 4);
  }

  private void whole(BigInteger value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write(value.shiftRight(shift).intValue());
    }
  }

  private void opaque(int kind, byte[] bytes) {
    word(kind);
    word(bytes.length);
    out.writeBytes(bytes);
    out.writeBytes(new byte[-bytes.length & 3]);
  }
}
