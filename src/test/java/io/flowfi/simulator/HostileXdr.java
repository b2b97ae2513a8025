package io.flowfi.simulator;

import static io.flowfi.simulator.ChainValue.symbol;
import static io.flowfi.simulator.ChainValue.u64;
import static io.flowfi.simulator.ChainValue.written;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes that are not exactly one well-formed value, made from one that is. A decoder that accepts
 * any of them is wrong. It walks over the value by itself, so that it knows which of the bytes are
 * lengths and kinds: other bytes may change into another good value.
 *
 * @param what is wrong with it, for the name of a test
 */
public record HostileXdr(String what, byte[] xdr) {
  private static final int VOID = 1;
  private static final int VEC = 16;
  private static final int MAP = 17;
  private static final int ADDRESS = 18;
  private static final int[] TOO_LONG = {Integer.MAX_VALUE, -1, 0x1000_0000, 100_000};

  /** All that can be made of a good value. */
  public static List<HostileXdr> of(byte[] valid) {
    List<HostileXdr> all = new ArrayList<>(prefixes(valid));
    all.addAll(appended(valid));
    all.addAll(changed(valid));
    return all;
  }

  /** Every proper prefix, also the empty one. */
  public static List<HostileXdr> prefixes(byte[] valid) {
    List<HostileXdr> all = new ArrayList<>();
    for (int length = 0; length < valid.length; length++) {
      all.add(new HostileXdr("the first " + length + " bytes", Arrays.copyOf(valid, length)));
    }
    return all;
  }

  /** With something behind it. */
  public static List<HostileXdr> appended(byte[] valid) {
    List<HostileXdr> all = new ArrayList<>();
    for (int count : new int[] {1, 4, 8}) {
      byte[] longer = Arrays.copyOf(valid, valid.length + count);
      all.add(new HostileXdr("and " + count + " more of 0", longer));
      byte[] other = longer.clone();
      Arrays.fill(other, valid.length, other.length, (byte) 0xff);
      all.add(new HostileXdr("and " + count + " more of 255", other));
    }
    all.add(
        new HostileXdr(
            "twice",
            written(
                out -> {
                  out.write(valid);
                  out.write(valid);
                })));
    return all;
  }

  /** Kinds that do not exist, lengths that go beyond its end, and padding that is not 0. */
  public static List<HostileXdr> changed(byte[] valid) {
    List<HostileXdr> all = new ArrayList<>();
    Walk walk = new Walk(valid);
    walk.value();
    if (walk.in.hasRemaining()) {
      throw new IllegalArgumentException("more than one value");
    }
    for (int at : walk.kinds) {
      for (int kind : new int[] {99, -1, Integer.MIN_VALUE}) {
        all.add(with(valid, at, kind, "kind"));
      }
    }
    for (int at : walk.counts) {
      all.add(with(valid, at, ByteBuffer.wrap(valid).getInt(at) + 1, "count"));
    }
    for (List<Integer> lengths : List.of(walk.counts, walk.lengths)) {
      for (int at : lengths) {
        for (int length : TOO_LONG) {
          all.add(with(valid, at, length, "length"));
        }
      }
    }
    for (int at : walk.flags) {
      all.add(with(valid, at, 2, "flag"));
      all.add(with(valid, at, -1, "flag"));
    }
    for (int at : walk.padding) {
      byte[] padded = valid.clone();
      padded[at] = 1;
      all.add(new HostileXdr("padding at " + at + " is 1", padded));
    }
    return all;
  }

  /** Values that were never good: nested or large beyond all need, or with a key twice. */
  public static List<HostileXdr> monsters() {
    return List.of(
        new HostileXdr("vectors 1,000 deep", deep(VEC, 1_000)),
        new HostileXdr("vectors 100,000 deep", deep(VEC, 100_000)),
        new HostileXdr("maps 100,000 deep", deep(MAP, 100_000)),
        new HostileXdr("vectors 100,000 deep without an end", unended(100_000)),
        new HostileXdr("a vector that says to have 2^31-1", count(VEC, Integer.MAX_VALUE)),
        new HostileXdr("a map that says to have 2^31-1", count(MAP, Integer.MAX_VALUE)),
        new HostileXdr("a map that says to have 2^32-1", count(MAP, -1)),
        new HostileXdr("a map that is not there", written(out -> out.writeLong((long) MAP << 32))),
        new HostileXdr("a key twice", keyTwice(1, 1)),
        new HostileXdr("a key with two values", keyTwice(1, 2)));
  }

  @Override
  public String toString() {
    return what;
  }

  private static HostileXdr with(byte[] valid, int at, int value, String role) {
    byte[] changed = valid.clone();
    ByteBuffer.wrap(changed).putInt(at, value);
    return new HostileXdr("a " + role + " at " + at + " is " + value, changed);
  }

  private static byte[] keyTwice(long one, long other) {
    Map<ChainValue, ChainValue> entries = new LinkedHashMap<>();
    entries.put(symbol("stream_id"), u64(one));
    entries.put(symbol("stream_id"), u64(other));
    return ChainValue.map(entries).xdr();
  }

  private static byte[] deep(int kind, int depth) {
    return written(
        out -> {
          for (int i = 0; i < depth; i++) {
            out.writeInt(kind);
            out.writeInt(1);
            out.writeInt(1);
            if (kind == MAP) {
              out.writeInt(VOID);
            }
          }
          out.writeInt(VOID);
        });
  }

  private static byte[] unended(int depth) {
    byte[] whole = deep(VEC, depth);
    return Arrays.copyOf(whole, whole.length - Integer.BYTES);
  }

  private static byte[] count(int kind, int count) {
    return written(
        out -> {
          out.writeInt(kind);
          out.writeInt(1);
          out.writeInt(count);
          out.writeInt(VOID);
        });
  }

  /** Where in a good value is what. Knows the kinds that the contract uses. */
  private static final class Walk {
    final List<Integer> kinds = new ArrayList<>();
    final List<Integer> counts = new ArrayList<>();
    final List<Integer> lengths = new ArrayList<>();
    final List<Integer> flags = new ArrayList<>();
    final List<Integer> padding = new ArrayList<>();
    final ByteBuffer in;

    Walk(byte[] valid) {
      in = ByteBuffer.wrap(valid);
    }

    void value() {
      switch (noted(kinds)) {
        case 0 -> noted(flags); // a boolean
        case VOID -> {
          // nothing follows
        }
        case 3, 4 -> skip(4);
        case 5, 6, 7, 8 -> skip(8);
        case 9, 10 -> skip(16);
        case 11, 12 -> skip(32);
        case 13, 14, 15 -> {
          int length = noted(lengths);
          skip(length);
          for (int i = length; i % 4 != 0; i++) {
            padding.add(in.position());
            skip(1);
          }
        }
        case VEC -> values(1);
        case MAP -> values(2);
        case ADDRESS -> address();
        default -> throw new IllegalArgumentException("a kind that is not walked over");
      }
    }

    private void values(int each) {
      noted(flags);
      for (int left = noted(counts) * each; left > 0; left--) {
        value();
      }
    }

    private void address() {
      switch (noted(kinds)) {
        case 0, 3 -> {
          noted(kinds);
          skip(32);
        }
        case 1, 4 -> skip(32);
        case 2, 5 -> skip(40);
        default -> throw new IllegalArgumentException("an address that is not walked over");
      }
    }

    private int noted(List<Integer> places) {
      places.add(in.position());
      return in.getInt();
    }

    private void skip(int bytes) {
      in.position(in.position() + bytes);
    }
  }
}
