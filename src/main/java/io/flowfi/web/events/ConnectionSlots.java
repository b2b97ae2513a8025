package io.flowfi.web.events;

import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.SlotCounts;
import io.flowfi.limit.Slots;
import io.flowfi.web.wire.ProblemException;
import java.util.Optional;

/**
 * Takes slots for event streams, and makes the error for a client above its limits. Any thread may
 * call.
 */
public final class ConnectionSlots {
  private static final int RETRY_SECONDS = 60;

  private final ConnectionSettings limits;
  private final Slots slots;
  private final RateLimiter connects;

  /**
   * @param limits of the slots, for the error messages
   * @param connects how fast an address may open event streams
   */
  public ConnectionSlots(ConnectionSettings limits, Slots slots, RateLimiter connects) {
    this.limits = limits;
    this.slots = slots;
    this.connects = connects;
  }

  /**
   * Takes a slot.
   *
   * @param network the client's, see {@code ClientAddress.network()}
   * @param user the authenticated account of the caller
   * @return returns the slot; only the first run has an effect
   * @throws ProblemException 503 if the server is full, 429 if the address or the user has reached
   *     its limit
   */
  public Runnable take(String network, Optional<String> user) {
    int wait = connects.take(network);
    if (wait > 0) {
      throw ProblemException.later(
          429, "this address opens event streams faster than it may", wait);
    }
    try {
      return slots.take(network, user);
    } catch (NoSlotException full) {
      throw problem(full.limit());
    }
  }

  private ProblemException problem(Slots.Limit reached) {
    return switch (reached) {
      case TOTAL ->
          ProblemException.later(
              503, "the server has all the event streams it can carry", RETRY_SECONDS);
      case ADDRESS ->
          ProblemException.later(
              429,
              "this address has "
                  + limits.perAddress()
                  + " event streams open, the most it may have",
              RETRY_SECONDS);
      case USER ->
          ProblemException.later(
              429,
              "this user has " + limits.perUser() + " event streams open, the most one may have",
              RETRY_SECONDS);
    };
  }

  public SlotCounts counts() {
    return slots.counts();
  }

  /** How many may be open at once in total. */
  public int limit() {
    return limits.total();
  }
}
