package io.flowfi.indexer.xdr;

import java.math.BigInteger;
import java.util.List;

/**
 * A value of a contract ({@code SCVal}), as it stands in its events and in its storage. Values that
 * only the host makes (a contract's instance, keys of ledger entries) are not among them: no
 * contract can emit or store one.
 */
sealed interface Value {

  /** The contract's unit, and an {@code Option} that is {@code None}. */
  enum Nothing implements Value {
    VOID
  }

  record Bool(boolean value) implements Value {}

  /** An integer, in the range of its kind. */
  record Whole(Kind kind, BigInteger value) implements Value {
    /** In the order of their numbers in {@code SCValType}. */
    enum Kind {
      U32(4, false),
      I32(4, true),
      U64(8, false),
      I64(8, true),
      TIMEPOINT(8, false),
      DURATION(8, false),
      U128(16, false),
      I128(16, true),
      U256(32, false),
      I256(32, true);

      final int bytes;
      final boolean signed;

      Kind(int bytes, boolean signed) {
        this.bytes = bytes;
        this.signed = signed;
      }
    }
  }

  record Bytes(byte[] value) implements Value {}

  /**
   * A string of the contract.
   *
   * @param value any bytes: the host does not check that they are UTF-8
   */
  record Text(byte[] value) implements Value {}

  /** The name of code that another contract keeps (CAP-85). As a string, under its own kind. */
  record Tag(byte[] value) implements Value {}

  /**
   * @param value up to 32 of {@code a-zA-Z0-9_}
   */
  record Symbol(String value) implements Value {}

  record Failure(int type, long code) implements Value {}

  /**
   * @param strKey the address as text (SEP-23)
   */
  record Party(String strKey) implements Value {}

  record Vector(List<Value> values) implements Value {}

  /**
   * A map. Its keys differ.
   *
   * @param entries in the order of the bytes
   */
  record Table(List<Entry> entries) implements Value {}

  record Entry(Value key, Value value) {}
}
