package io.flowfi.indexer.xdr;

import io.flowfi.indexer.xdr.Value.Whole.Kind;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The topics of an event: its name, and whose it is.
 *
 * @param name the first topic; if the second is a symbol too, both with a dot between. {@code
 *     unnamed} if the first is no symbol
 * @param stream the second topic, if it is a u64
 * @param others all behind those, in order
 */
record Topics(String name, Optional<StreamId> stream, List<Value> others) {
  private static final String UNNAMED = "unnamed";

  static Topics of(List<byte[]> xdr) {
    List<Value> topics = new ArrayList<>(xdr.size());
    for (byte[] topic : xdr) {
      topics.add(XdrReader.read("topic " + topics.size(), topic));
    }
    if (topics.isEmpty() || !(topics.get(0) instanceof Value.Symbol first)) {
      return new Topics(UNNAMED, Optional.empty(), topics);
    }
    String name = first.value();
    int used = 1;
    Optional<StreamId> stream = Optional.empty();
    if (topics.size() > 1) {
      stream = streamId(topics.get(1));
      boolean named = topics.get(1) instanceof Value.Symbol;
      name = named ? name + "." + ((Value.Symbol) topics.get(1)).value() : name;
      used += stream.isPresent() || named ? 1 : 0;
    }
    return new Topics(name, stream, topics.subList(used, topics.size()));
  }

  /** The stream of that id, if it is one: a u64. */
  static Optional<StreamId> streamId(Value value) {
    return value instanceof Value.Whole whole && whole.kind() == Kind.U64
        ? Optional.of(new StreamId(whole.value().longValue()))
        : Optional.empty();
  }
}
