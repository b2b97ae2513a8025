package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The contract collects the fee of a stream before it tells that it has created it. A subscriber
 * must hear of the stream first. Within an operation a creation comes before whatever else is of
 * its stream; everything else keeps the chain's order.
 */
final class CreationsFirst {
  private CreationsFirst() {}

  /**
   * @param facts of whole transactions, in the chain's order
   */
  static List<ChainFact> of(List<ChainFact> facts) {
    List<ChainFact> ordered = new ArrayList<>(facts.size());
    Map<StreamId, Integer> firstOfStream = new HashMap<>();
    ChainPosition operation = null;
    for (ChainFact fact : facts) {
      if (operation == null || !isSameOperation(operation, fact.position())) {
        operation = fact.position();
        firstOfStream.clear();
      }
      if (fact.fact() instanceof StreamFact ofStream) {
        Integer earlier = firstOfStream.get(ofStream.streamId());
        if (earlier != null && ofStream instanceof StreamFact.Created) {
          ordered.add(earlier, fact);
          firstOfStream.replaceAll((stream, place) -> place >= earlier ? place + 1 : place);
          firstOfStream.put(ofStream.streamId(), earlier);
          continue;
        }
        firstOfStream.putIfAbsent(ofStream.streamId(), ordered.size());
      }
      ordered.add(fact);
    }
    return ordered;
  }

  private static boolean isSameOperation(ChainPosition a, ChainPosition b) {
    return a.ledger() == b.ledger()
        && a.transaction() == b.transaction()
        && a.operation() == b.operation();
  }
}
