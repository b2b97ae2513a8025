package io.flowfi.web.events;

import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.Slots;
import io.flowfi.web.wire.ProblemException;
import java.util.Optional;

/**
 * Slots for long requests of one kind, and the error for a client above their limits. Any thread
 * may call.
 */
final class RequestSlots {
  private final String requests;
  private final int retrySeconds;
  private final Slots slots;

  /**
   * @param requests what they are, for the error messages: {@code "waiting requests"}
   */
  RequestSlots(String requests, int retrySeconds, Slots slots) {
    this.requests = requests;
    this.retrySeconds = retrySeconds;
    this.slots = slots;
  }

  /**
   * Takes a slot.
   *
   * @param network the client's, see {@code ClientAddress.network()}
   * @param user the authenticated account of the caller
   * @return returns the slot; only the first run has an effect
   * @throws ProblemException 503 if there are too many in total, 429 if there are for this address
   *     or user
   */
  Runnable take(String network, Optional<String> user) {
    try {
      return slots.take(network, user);
    } catch (NoSlotException full) {
      throw ProblemException.later(
          full.limit() == Slots.Limit.TOTAL ? 503 : 429,
          switch (full.limit()) {
            case TOTAL -> "the server has as many " + requests + " as it can hold";
            case ADDRESS -> "this address has as many " + requests + " as it may have";
            case USER -> "this user has as many " + requests + " as one may have";
          },
          retrySeconds);
    }
  }

  /** How many are taken now. */
  int count() {
    return slots.counts().open();
  }
}
