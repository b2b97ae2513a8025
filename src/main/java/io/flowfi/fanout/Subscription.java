package io.flowfi.fanout;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import java.time.Duration;
import java.util.Optional;

/**
 * What a subscriber asked for.
 *
 * @param clientId the connection's name, told to the client
 * @param filter which events
 * @param resumeAfter the last position the client has seen; empty starts with the next published
 *     event
 * @param snapshot whether the state of the matching streams comes first
 * @param lifetime how long it may last; then the client is told {@code token_expired} and the
 *     connection ends. Empty means no limit
 * @param account the account the client authenticated as, which is told to it; empty without
 *     authentication
 * @param limit whose streams alone it may follow; empty may follow all
 * @param address the client's address, shown to administrators; empty if unknown
 * @param heartbeat how long its connection may be idle before it gets a heartbeat; empty leaves
 *     that to the server
 */
public record Subscription(
    String clientId,
    EventFilter filter,
    Optional<LogPosition> resumeAfter,
    boolean snapshot,
    Optional<Duration> lifetime,
    Optional<Address> account,
    Optional<Limit> limit,
    String address,
    Optional<Duration> heartbeat) {

  /**
   * Whose streams alone a client may follow: its connection ends when one of the streams that its
   * filter names is given to others.
   *
   * @param checkedAt everything up to here was published when it was checked whose they are
   */
  public record Limit(Address account, LogPosition checkedAt) {}

  public Subscription {
    if (heartbeat.isPresent() && (heartbeat.get().isNegative() || heartbeat.get().isZero())) {
      throw new IllegalArgumentException("heartbeat must be positive");
    }
  }

  /**
   * The request as it was granted.
   *
   * @param granted the part of the filter that the client may see
   * @param limitedTo see {@link #limit}
   */
  public Subscription admit(
      EventFilter granted,
      Optional<Duration> longest,
      Optional<Address> provenAccount,
      Optional<Limit> limitedTo,
      String clientAddress) {
    return new Subscription(
        clientId,
        granted,
        resumeAfter,
        snapshot,
        longest,
        provenAccount,
        limitedTo,
        clientAddress,
        heartbeat);
  }

  /** One without a time limit, for a client without an account. */
  public Subscription(
      String clientId, EventFilter filter, Optional<LogPosition> resumeAfter, boolean snapshot) {
    this(clientId, filter, resumeAfter, snapshot, Optional.empty());
  }

  /** The same with a heartbeat of its own. */
  public Subscription(
      String clientId,
      EventFilter filter,
      Optional<LogPosition> resumeAfter,
      boolean snapshot,
      Optional<Duration> heartbeat) {
    this(
        clientId,
        filter,
        resumeAfter,
        snapshot,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        heartbeat);
  }
}
