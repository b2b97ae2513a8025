package io.flowfi.limit;

import java.util.Optional;

/**
 * Places for event streams: so many in all, from one address, of one user. Any thread may call.
 *
 * <p>Never fails but by a limit. A form that asks others waits for tens of milliseconds at most,
 * and goes by what this node has counted alone as long as nobody answers: a client is not kept from
 * its events for want of an answer. Giving back never waits. What a node has taken is given back
 * when that node is no more, however it ended.
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
   * @param user the account the caller has proved to be
   * @return gives it back; once, however often it is run
   * @throws NoSlotException if a limit is reached; nothing is taken then
   */
  Runnable take(String network, Optional<String> user);

  /** What this node has taken. */
  SlotCounts counts();
}
