package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.payment.StreamId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The streams that the writer has recently written or read, as they are in the store. So a stream
 * that changes often is not read each time. This is correct because nobody else can write while the
 * writer's connection lives: it holds the database's write lock all the time. So this cache lives
 * as long as the connection. Belongs to the writer thread.
 */
final class KnownStreams {
  /** About a kilobyte each. */
  private static final int MOST = 16_384;

  private final Map<StreamId, StoredStream> streams =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<StreamId, StoredStream> eldest) {
          return size() > MOST;
        }
      };

  /** Null if it is not among them. */
  StoredStream get(StreamId id) {
    return streams.get(id);
  }

  /** Forgets everything, because another writer may have written. */
  void clear() {
    streams.clear();
  }

  /** As it was committed. */
  void put(StoredStream stream) {
    streams.put(stream.stream().id(), stream);
  }
}
