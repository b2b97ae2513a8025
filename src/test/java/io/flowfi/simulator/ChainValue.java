package io.flowfi.simulator;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.stellar.sdk.scval.Scv;
import org.stellar.sdk.xdr.SCVal;

/**
 * A value of the chain ({@code SCVal}) as bytes, and as what it means.
 *
 * <p>Simple values are encoded by the SDK. Vectors, maps and the addresses that came after the SDK
 * are put together here, as {@code Stellar-contract.x} has them.
 *
 * @param xdr its bytes; they need not be valid
 * @param plain a {@code BigInteger}, {@code Boolean}, {@code String}, {@code byte[]}, {@code List},
 *     {@code Map}, or null for void
 */
public record ChainValue(byte[] xdr, Object plain) {
  private static final int VEC = 16;
  private static final int MAP = 17;
  private static final int ADDRESS = 18;

  public static ChainValue u32(long value) {
    return of(Scv.toUint32(value), BigInteger.valueOf(value));
  }

  public static ChainValue u64(long value) {
    return u64(BigInteger.valueOf(value));
  }

  public static ChainValue u64(BigInteger value) {
    return of(Scv.toUint64(value), value);
  }

  public static ChainValue i128(long value) {
    return i128(BigInteger.valueOf(value));
  }

  public static ChainValue i128(BigInteger value) {
    return of(Scv.toInt128(value), value);
  }

  public static ChainValue bool(boolean value) {
    return of(Scv.toBoolean(value), value);
  }

  public static ChainValue symbol(String value) {
    return of(Scv.toSymbol(value), value);
  }

  public static ChainValue text(String value) {
    return of(Scv.toString(value), value);
  }

  public static ChainValue bytes(byte[] value) {
    return of(Scv.toBytes(value), value);
  }

  /** Void: an {@code Option} that is {@code None}. */
  public static ChainValue none() {
    return of(Scv.toVoid(), null);
  }

  /**
   * An address.
   *
   * @param address its StrKey: G, C, M, B, L or W
   */
  public static ChainValue address(String address) {
    return new ChainValue(
        written(
            out -> {
              out.writeInt(ADDRESS);
              out.write(ChainAddress.xdr(address));
            }),
        address);
  }

  public static ChainValue vec(ChainValue... values) {
    List<ChainValue> all = List.of(values);
    return new ChainValue(
        written(
            out -> {
              out.writeInt(VEC);
              out.writeInt(1); // there is one
              out.writeInt(all.size());
              for (ChainValue value : all) {
                out.write(value.xdr);
              }
            }),
        all.stream().map(ChainValue::plain).toList());
  }

  /** A struct of the contract: a map in the order of its keys, as the chain demands it. */
  public static ChainValue struct(Map<String, ChainValue> fields) {
    Map<ChainValue, ChainValue> entries = new LinkedHashMap<>();
    new TreeMap<>(fields).forEach((name, value) -> entries.put(symbol(name), value));
    return map(entries);
  }

  /** A map with any keys in any order, also one that the chain would not accept. */
  public static ChainValue map(Map<ChainValue, ChainValue> entries) {
    Map<Object, Object> plain = new LinkedHashMap<>();
    entries.forEach((key, value) -> plain.put(key.plain, value.plain));
    return new ChainValue(
        written(
            out -> {
              out.writeInt(MAP);
              out.writeInt(1); // there is one
              out.writeInt(entries.size());
              for (Map.Entry<ChainValue, ChainValue> entry : entries.entrySet()) {
                out.write(entry.getKey().xdr);
                out.write(entry.getValue().xdr);
              }
            }),
        plain);
  }

  public String base64() {
    return Base64.getEncoder().encodeToString(xdr);
  }

  @Override
  public boolean equals(Object other) {
    return this == other; // a map may then have one key twice
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return plain instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(plain);
  }

  private static ChainValue of(SCVal value, Object plain) {
    try {
      return new ChainValue(value.toXdrByteArray(), plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] written(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  interface Writing {
    void to(DataOutputStream out) throws IOException;
  }
}
