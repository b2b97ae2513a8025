package io.flowfi.cluster;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A slot to be taken or returned in Redis.
 *
 * @param answer one of {@link RedisSlots}, or {@link #NONE}; null for a return, which nobody waits
 *     for
 */
record SlotAsk(String network, Optional<String> user, CompletableFuture<Integer> answer) {
  /** Redis did not answer: the node decides by itself. */
  static final int NONE = -1;

  boolean isRelease() {
    return answer == null;
  }

  void complete(int verdict) {
    if (answer != null) {
      answer.complete(verdict);
    }
  }
}
