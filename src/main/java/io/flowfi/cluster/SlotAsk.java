package io.flowfi.cluster;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A slot to be taken or returned in Redis.
 *
 * @param places what it counts for: the address first, then the user if there is one
 * @param answer one of {@link RedisSlots}, or {@link #NONE}; null for a return, which nobody waits
 *     for
 */
record SlotAsk(List<Place> places, CompletableFuture<Integer> answer) {
  /** Redis did not answer: the node decides by itself. */
  static final int NONE = -1;

  /**
   * What is counted.
   *
   * @param field of a node's hash
   * @param limit over all nodes
   */
  record Place(String field, int limit) {}

  boolean isRelease() {
    return answer == null;
  }

  void complete(int verdict) {
    if (answer != null) {
      answer.complete(verdict);
    }
  }
}
