package io.flowfi.indexer.xdr;

import io.flowfi.indexer.xdr.Value.Whole.Kind;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The fields of a struct of the contract, by name: the order says nothing. Each is taken once; what
 * is left are fields that we do not know. A field that is wanted and is missing or of another type
 * is an {@link OtherShapeException}. For one thread.
 */
final class Fields {
  private static final BigInteger MAX_TIME = BigInteger.valueOf(PaymentStream.MAX_TIME);

  private final Map<String, Value> left = new HashMap<>();
  private int unnamed;

  /**
   * The fields of a map.
   *
   * @throws OtherShapeException if it is none
   */
  static Fields of(Value value) {
    if (value instanceof Value.Table table) {
      return new Fields(table);
    }
    throw new OtherShapeException("the map of fields");
  }

  private Fields(Value.Table table) {
    for (Value.Entry entry : table.entries()) {
      if (entry.key() instanceof Value.Symbol name) {
        left.put(name.value(), entry.value());
      } else {
        unnamed++;
      }
    }
  }

  /** How many fields nobody has taken. */
  int unknown() {
    return left.size() + unnamed;
  }

  /** Takes a field that is known and not needed. */
  void ignore(String name) {
    left.remove(name);
  }

  /** A field that may be missing, or an {@code Option} that may be {@code None}. */
  Optional<Value> optional(String name) {
    Value value = left.remove(name);
    return value == Value.Nothing.VOID ? Optional.empty() : Optional.ofNullable(value);
  }

  Address address(String name) {
    return optionalAddress(name).orElseThrow(() -> new OtherShapeException(name));
  }

  Optional<Address> optionalAddress(String name) {
    return optional(name)
        .map(
            value -> {
              if (value instanceof Value.Party party) {
                return new Address(party.strKey());
              }
              throw new OtherShapeException(name);
            });
  }

  /** What is said of the parties, as far as it is. */
  Parties parties() {
    return new Parties(optionalAddress("sender"), optionalAddress("recipient"));
  }

  /** An i128 that is not negative. */
  Amount amount(String name) {
    BigInteger value = whole(name, Kind.I128);
    if (value.signum() < 0) {
      throw new OtherShapeException(name);
    }
    return new Amount(value);
  }

  /** A u64 of Unix seconds, at most {@link PaymentStream#MAX_TIME}. */
  long time(String name) {
    return saturated(whole(name, Kind.U64));
  }

  OptionalLong optionalTime(String name) {
    Optional<Value> value = optional(name);
    return value.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(saturated(whole(name, value.get(), Kind.U64)));
  }

  long u32(String name) {
    return whole(name, Kind.U32).longValue();
  }

  /** The name of an enumeration's value: a vector that begins with a symbol. */
  static Optional<String> variant(Value value) {
    return value instanceof Value.Vector vector
            && !vector.values().isEmpty()
            && vector.values().get(0) instanceof Value.Symbol name
        ? Optional.of(name.value())
        : Optional.empty();
  }

  private BigInteger whole(String name, Kind kind) {
    return whole(name, left.remove(name), kind);
  }

  private static BigInteger whole(String name, Value value, Kind kind) {
    if (value instanceof Value.Whole whole && whole.kind() == kind) {
      return whole.value();
    }
    throw new OtherShapeException(name);
  }

  private static long saturated(BigInteger time) {
    return time.min(MAX_TIME).longValue();
  }
}
