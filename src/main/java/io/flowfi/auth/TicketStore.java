package io.flowfi.auth;

import java.util.Optional;

/**
 * Stores tickets until they are used. It knows only their fingerprints. Any thread may call.
 *
 * <p>An implementation shared between nodes may wait for three seconds at most. When it gets no
 * answer, no ticket is issued or accepted ({@link AuthException.Unavailable}, a 503): a ticket must
 * work only once, whatever has failed.
 */
public interface TicketStore {
  /** How many unused ones a caller may have. */
  int MAX_PER_CALLER = 100;

  /** How many unused ones there may be. */
  int MAX_TOTAL = 100_000;

  /**
   * Keeps a ticket for {@link Tickets#LIFETIME}, and not longer even if the time of day is changed.
   *
   * @throws AuthException.TooMany if the caller has too many unused ones
   * @throws AuthException.Unavailable if there is no room, or the shared store does not answer
   */
  void keep(Fingerprint ticket, Caller caller);

  /**
   * Takes a ticket out; of several callers at once only one gets it.
   *
   * @return its caller; empty if it was never kept, was taken before, or has expired
   * @throws AuthException.Unavailable if the shared store does not answer
   */
  Optional<Caller> take(Fingerprint ticket);
}
