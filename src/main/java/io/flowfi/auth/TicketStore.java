package io.flowfi.auth;

import java.util.Optional;

/**
 * Where tickets are until they are used. Knows their fingerprints only. Any thread may call.
 *
 * <p>A form that asks others waits for a second or two at most. When nobody answers, no ticket is
 * given and none is taken ({@link AuthException.Unavailable}, a 503): a ticket must let in no more
 * than once, whatever is away.
 */
public interface TicketStore {
  /**
   * Keeps a ticket for {@link Tickets#LIFETIME}, and not longer whatever the time of day is set to.
   *
   * @throws AuthException.TooMany if the caller has too many unused ones
   * @throws AuthException.Unavailable if there is no room, or nobody answers
   */
  void keep(Fingerprint ticket, Caller caller);

  /**
   * Takes a ticket, for good; one of those who try at once gets it.
   *
   * @return whom it stands for; empty if it was never kept, was taken before, or has expired
   * @throws AuthException.Unavailable if nobody answers
   */
  Optional<Caller> take(Fingerprint ticket);
}
