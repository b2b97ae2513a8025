package io.flowfi.limit;

import java.util.Optional;

/**
 * Slots for event streams, limited in total, by address and by user. Any thread may call.
 *
 * <p>Fails only at a limit. An implementation shared between nodes waits for tens of milliseconds
 * at most, and uses this node's own counts while it gets no answer: a missing answer must not keep
 * a client from its events. Returning a slot never waits. When a node ends, for whatever reason,
 * its slots become free.
 */
public interface Slots {
  /** Which limit is reached. */
  enum Limit {
    TOTAL,
    ADDRESS,
    USER
  }

  /**
   * Takes a slot.
   *
   * @param network the client's, an IPv4 address or an IPv6 /64
   * @param user the authenticated account of the caller
   * @return returns the slot; only the first run has an effect
   * @throws NoSlotException if a limit is reached; nothing is taken then
   */
  Runnable take(String network, Optional<String> user);

  /** The slots in use on this node. */
  SlotCounts counts();
}
