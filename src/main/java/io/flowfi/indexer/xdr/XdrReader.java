package io.flowfi.indexer.xdr;

import io.flowfi.indexer.xdr.Value.Whole.Kind;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Our own walk over the XDR of values (RFC 4506, {@code Stellar-contract.x}). It accepts each value
 * in one form only, and what it allocates is bounded by the bytes that are really there, never by a
 * length that they declare: a declared length is compared with what is left before it is used. All
 * methods throw {@link MalformedXdrException}, which says at which byte. For one thread.
 */
final class XdrReader {
  /** 16 times what the network lets the events of one transaction have together (16 KiB). */
  static final int MAX_BYTES = 256 * 1024;

  /** As deep as the host of contracts lets values be. */
  static final int MAX_DEPTH = 100;

  private static final int FIRST_WHOLE = 3;
  private static final int LAST_WHOLE = FIRST_WHOLE + Kind.values().length - 1;
  private static final Kind[] KINDS = Kind.values();
  private static final int MAX_SYMBOL = 32;
  private static final int LAST_ERROR_TYPE = 9;
  private static final int LAST_ERROR_CODE = 9;
  private static final byte[] VERSION_0 = {0};

  private final ByteBuffer in;
  private int depth;
  private boolean newerThanSdk;

  /**
   * One whole value, read by us and by the SDK too, if that knows its kinds.
   *
   * @param what for the error
   */
  static Value read(String what, byte[] xdr) {
    try {
      XdrReader reader = new XdrReader(xdr);
      Value value = reader.value();
      reader.end();
      if (!reader.isNewerThanSdk()) {
        SecondReading.ofValue(xdr);
      }
      return value;
    } catch (MalformedXdrException e) {
      throw new MalformedXdrException(what + ", " + e.getMessage(), e);
    }
  }

  XdrReader(byte[] xdr) {
    if (xdr.length > MAX_BYTES) {
      throw new MalformedXdrException(
          MAX_BYTES, "there are " + xdr.length + " bytes, more than " + MAX_BYTES);
    }
    in = ByteBuffer.wrap(xdr);
  }

  /** Whether a kind was met that the SDK does not know. */
  boolean isNewerThanSdk() {
    return newerThanSdk;
  }

  void end() {
    if (in.hasRemaining()) {
      throw fault(in.remaining() + " bytes are left behind the value");
    }
  }

  /** A number of a union or an enumeration. */
  int word() {
    need(4);
    return in.getInt();
  }

  /** A number of a union of which only one form is known. */
  void word(int expected, String what) {
    int word = word();
    if (word != expected) {
      throw before(4, what + " is " + word + ", not " + expected);
    }
  }

  /** Bytes that must be these. */
  void same(byte[] expected, String what) {
    int from = in.position();
    if (!Arrays.equals(fixed(expected.length), expected)) {
      throw new MalformedXdrException(from, what + " is another one");
    }
  }

  Value value() {
    int kind = word();
    if (kind >= FIRST_WHOLE && kind <= LAST_WHOLE) {
      return whole(KINDS[kind - FIRST_WHOLE]);
    }
    return switch (kind) {
      case 0 -> new Value.Bool(bool());
      case 1 -> Value.Nothing.VOID;
      case 2 -> failure();
      case 13 -> new Value.Bytes(opaque());
      case 14 -> new Value.Text(opaque());
      case 15 -> new Value.Symbol(symbol());
      case 16 -> vector();
      case 17 -> table();
      case 18 -> new Value.Party(address());
      case 22 -> {
        newerThanSdk = true;
        yield new Value.Tag(opaque());
      }
      default -> throw before(4, "there is no value of kind " + kind);
    };
  }

  /** The text of an address. */
  String address() {
    int kind = word();
    newerThanSdk |= kind > 1;
    return switch (kind) {
      case 0 -> {
        word(0, "the kind of an account's key");
        yield StrKeys.ACCOUNT.text(fixed(32));
      }
      case 1 -> StrKeys.CONTRACT.text(fixed(32));
      case 2 -> muxed(StrKeys.MUXED_ACCOUNT);
      case 3 -> {
        word(0, "the version of a claimable balance's id");
        yield StrKeys.CLAIMABLE_BALANCE.text(VERSION_0, fixed(32));
      }
      case 4 -> StrKeys.LIQUIDITY_POOL.text(fixed(32));
      case 5 -> muxed(StrKeys.MUXED_CONTRACT);
      default -> throw before(4, "there is no address of kind " + kind);
    };
  }

  /** In the bytes the id comes first, in the text last. */
  private String muxed(StrKeys kind) {
    byte[] id = fixed(8);
    return kind.text(fixed(32), id);
  }

  private Value whole(Kind kind) {
    need(kind.bytes);
    if (kind.bytes == 4) {
      int word = in.getInt();
      return whole(kind, kind.signed ? word : Integer.toUnsignedLong(word));
    }
    long first = in.getLong(in.position());
    if (kind.bytes == 8 && (kind.signed || first >= 0)) {
      return whole(kind, in.getLong());
    }
    byte[] bytes = fixed(kind.bytes);
    return new Value.Whole(kind, kind.signed ? new BigInteger(bytes) : new BigInteger(1, bytes));
  }

  private static Value whole(Kind kind, long value) {
    return new Value.Whole(kind, BigInteger.valueOf(value));
  }

  private Value failure() {
    int type = word();
    if (type < 0 || type > LAST_ERROR_TYPE) {
      throw before(4, "there is no error of type " + type);
    }
    long code = Integer.toUnsignedLong(word());
    // those of type 0 are the contract's own
    if (type > 0 && code > LAST_ERROR_CODE) {
      throw before(4, "there is no error of code " + code);
    }
    return new Value.Failure(type, code);
  }

  private Value vector() {
    enter();
    int count = count(4);
    List<Value> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(value());
    }
    depth--;
    return new Value.Vector(values);
  }

  private Value table() {
    enter();
    int count = count(8);
    List<Value.Entry> entries = new ArrayList<>(count);
    Set<ByteBuffer> keys = new HashSet<>(count * 2);
    for (int i = 0; i < count; i++) {
      int from = in.position();
      Value key = value();
      if (!keys.add(in.slice(from, in.position() - from))) {
        throw new MalformedXdrException(from, "a map has the same key twice");
      }
      entries.add(new Value.Entry(key, value()));
    }
    depth--;
    return new Value.Table(entries);
  }

  private void enter() {
    if (++depth > MAX_DEPTH) {
      throw fault("values are nested more than " + MAX_DEPTH + " deep");
    }
    // XDR lets a vector or a map be absent, the host of contracts does not
    word(1, "the mark that a vector or a map is there");
  }

  /** How many elements follow. */
  private int count(int fewestBytesEach) {
    int count = word();
    if (count < 0 || count > in.remaining() / fewestBytesEach) {
      throw before(4, Integer.toUnsignedString(count) + " elements do not fit into what is left");
    }
    return count;
  }

  private boolean bool() {
    int word = word();
    if (word != 0 && word != 1) {
      throw before(4, "a boolean is " + word);
    }
    return word == 1;
  }

  private String symbol() {
    byte[] bytes = opaque();
    if (bytes.length > MAX_SYMBOL) {
      throw fault("a symbol is longer than " + MAX_SYMBOL + " characters");
    }
    for (byte c : bytes) {
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!letter && (c < '0' || c > '9') && c != '_') {
        throw fault("a symbol has a character that is no letter, digit or underscore");
      }
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** Bytes of any number, with zeros up to a multiple of 4. */
  private byte[] opaque() {
    int length = word();
    if (length < 0 || length > in.remaining()) {
      throw before(4, Integer.toUnsignedString(length) + " bytes are declared, more than are left");
    }
    byte[] bytes = fixed(length);
    for (int padding = -length & 3; padding > 0; padding--) {
      need(1);
      if (in.get() != 0) {
        throw before(1, "the padding is not zero");
      }
    }
    return bytes;
  }

  private byte[] fixed(int length) {
    need(length);
    int from = in.position();
    in.position(from + length);
    return Arrays.copyOfRange(in.array(), from, from + length);
  }

  private void need(int bytes) {
    if (in.remaining() < bytes) {
      throw fault(bytes + " bytes are missing from here, there are " + in.remaining());
    }
  }

  private MalformedXdrException fault(String reason) {
    return new MalformedXdrException(in.position(), reason);
  }

  private MalformedXdrException before(int bytes, String reason) {
    return new MalformedXdrException(in.position() - bytes, reason);
  }
}
