package io.flowfi.cluster;

import io.flowfi.auth.Caller;
import io.flowfi.auth.Fingerprint;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What nodes must accept only once, in their database. A ticket is over when the database's clock
 * says so, or has been set back since it was issued. A challenge is forgotten when that clock and
 * the node's both say so. Any thread may call; every call returns within three seconds.
 *
 * <p>Every method throws {@link SharedStoreException} if the database does not answer.
 */
public interface OneTimeStore {
  /**
   * Keeps a ticket.
   *
   * @param mostOfAccount how many the caller's account may have. It is never exceeded; of calls at
   *     the same moment that reach it, more are refused than would have to be
   * @return false if the account has so many already
   */
  boolean keepTicket(Fingerprint ticket, Caller caller, Duration lifetime, int mostOfAccount);

  /**
   * Takes a ticket out for good; empty if there is none, or it has expired.
   *
   * @param lifetime a ticket that has more left than that is from before the clock was set back
   */
  Optional<Caller> takeTicket(Fingerprint ticket, Duration lifetime);

  /**
   * Whether a challenge is new; remembers it.
   *
   * @param believed the node's time of day, as far as it is borne out
   */
  boolean spend(String challenge, Instant believed);

  /**
   * Removes what is over.
   *
   * @param ticketsLast the lifetime of a ticket
   * @param challengesKept how long a spent challenge is remembered
   * @param believed the node's time of day, as far as it is borne out
   * @param most how many rows of each kind are removed
   */
  Swept sweep(Duration ticketsLast, Duration challengesKept, Instant believed, int most);

  /**
   * What is left.
   *
   * @param now the database's time
   * @param more whether there is more to remove
   */
  record Swept(Instant now, long tickets, long challenges, boolean more) {}
}
