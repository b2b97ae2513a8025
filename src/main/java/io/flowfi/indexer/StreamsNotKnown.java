package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what the contract stores of streams whose creation was never seen. Remembers the streams
 * that it has met, so that most facts need no look into the log. For one thread.
 */
final class StreamsNotKnown {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsNotKnown.class);
  private static final int MOST_REMEMBERED = 50_000;

  /** The RPC's own limit of keys in a call. */
  private static final int MOST_KEYS = 200;

  private final ChainLog log;
  private final EventDecoder decoder;
  private final Set<StreamId> known =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<StreamId, Boolean> eldest) {
              return size() > MOST_REMEMBERED;
            }
          });

  StreamsNotKnown(ChainLog log, EventDecoder decoder) {
    this.log = log;
    this.decoder = decoder;
  }

  void forget() {
    known.clear();
  }

  /** Streams that are neither in the log nor created by the facts before their first other one. */
  Set<StreamId> in(List<ChainFact> facts) {
    Set<StreamId> created = new HashSet<>();
    Set<StreamId> sought = new LinkedHashSet<>();
    for (ChainFact fact : facts) {
      if (fact.fact() instanceof StreamFact.Created creation) {
        created.add(creation.streamId());
      } else if (fact.fact() instanceof StreamFact ofStream
          && !created.contains(ofStream.streamId())
          && !known.contains(ofStream.streamId())) {
        sought.add(ofStream.streamId());
      }
    }
    if (!sought.isEmpty()) {
      Set<StreamId> stored = log.streams(sought).keySet();
      known.addAll(stored);
      sought.removeAll(stored);
    }
    known.addAll(created);
    return sought;
  }

  /**
   * What the contract stores of these streams.
   *
   * @throws ChainSourceException if the node does not tell
   */
  List<StreamEntry> entries(Set<StreamId> ids, ChainSource source) {
    List<StreamEntry> found = new ArrayList<>();
    Map<String, StreamId> keys = new HashMap<>();
    for (StreamId id : ids) {
      keys.put(decoder.keyOf(id), id);
      if (keys.size() == MOST_KEYS) {
        ask(keys, source, found);
        keys.clear();
      }
    }
    if (!keys.isEmpty()) {
      ask(keys, source, found);
    }
    known.addAll(ids);
    return found;
  }

  private void ask(Map<String, StreamId> keys, ChainSource source, List<StreamEntry> found) {
    for (EntryState entry : source.entries(List.copyOf(keys.keySet())).entries()) {
      StreamId id = keys.get(entry.keyXdr());
      if (id == null) {
        continue; // not asked for
      }
      try {
        found.add(decoder.entry(id, entry));
      } catch (UndecodableEventException e) {
        // its events tell what there is to know, and its row stays unverified
        LOG.warn("what the contract stores of stream {} cannot be decoded: {}", id, e.getMessage());
      }
    }
  }
}
