package io.flowfi.simulator;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An event that a contract emits.
 *
 * @param system whether it is one of the system: the contract's code was replaced
 * @param topics up to four
 */
public record SimulatedEvent(boolean system, List<ChainValue> topics, ChainValue value) {
  public SimulatedEvent {
    topics = List.copyOf(topics);
  }

  /** An event of the contract, as it makes them: a name, a stream or none, and fields. */
  public static SimulatedEvent of(
      String name, Optional<BigInteger> stream, Map<String, ChainValue> fields) {
    ChainValue topic = ChainValue.symbol(name);
    return new SimulatedEvent(
        false,
        stream.map(id -> List.of(topic, ChainValue.u64(id))).orElse(List.of(topic)),
        ChainValue.struct(fields));
  }

  /** The same event with other bytes as its value. */
  public SimulatedEvent withValue(byte[] xdr) {
    return new SimulatedEvent(system, topics, new ChainValue(xdr, null));
  }

  /** The first topic's text; empty if it is none. */
  public String name() {
    return !topics.isEmpty() && topics.get(0).plain() instanceof String name ? name : "";
  }

  /** The stream of the second topic. */
  public Optional<BigInteger> stream() {
    return topics.size() == 2 && topics.get(1).plain() instanceof BigInteger id
        ? Optional.of(id)
        : Optional.empty();
  }

  @Override
  public String toString() {
    return name() + stream().map(id -> " " + id).orElse("");
  }

  /** A field of the value; null if there is none. */
  Object field(String name) {
    return value.plain() instanceof Map<?, ?> fields ? fields.get(name) : null;
  }
}
