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
 *     unnamed} if the first is no symbol, or an empty one
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
    Optional<String> first = symbol(topics, 0);
    Optional<String> second = first.flatMap(any -> symbol(topics, 1));
    Optional<StreamId> stream = topics.size() > 1 ? streamId(topics.get(1)) : Optional.empty();
    List<Value> others = new ArrayList<>(topics);
    if (stream.isPresent() || second.isPresent()) {
      others.remove(1);
    }
    if (first.isPresent()) {
      others.remove(0);
    }
    String name = first.map(one -> second.map(two -> one + "." + two).orElse(one)).orElse(UNNAMED);
    return new Topics(name, stream, others);
  }

  /** A topic that can be a name. */
  private static Optional<String> symbol(List<Value> topics, int index) {
    return index < topics.size()
            && topics.get(index) instanceof Value.Symbol symbol
            && !symbol.value().isEmpty()
        ? Optional.of(symbol.value())
        : Optional.empty();
  }

  /** The stream of that id, if it is one: a u64. */
  static Optional<StreamId> streamId(Value value) {
    return value instanceof Value.Whole whole && whole.kind() == Kind.U64
        ? Optional.of(new StreamId(whole.value().longValue()))
        : Optional.empty();
  }
}
