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
 * @param resumeAfter the last position the client has seen; empty starts with what is published
 *     from now on
 * @param snapshot whether the state of the matching streams comes first
 * @param lifetime how long it may last; then the client is told {@code token_expired} and the
 *     connection ends. Empty lasts as long as the client wishes
 * @param account as whom the client has been let in, told to it; none if nobody was asked
 * @param address where the client is, for who looks after the connections; empty if unknown
 */
public record Subscription(
    String clientId,
    EventFilter filter,
    Optional<LogPosition> resumeAfter,
    boolean snapshot,
    Optional<Duration> lifetime,
    Optional<Address> account,
    String address) {

  /**
   * What was asked for, as it has been granted.
   *
   * @param granted what of the filter the client may see
   */
  public Subscription admit(
      EventFilter granted,
      Optional<Duration> limit,
      Optional<Address> provenAccount,
      String clientAddress) {
    return new Subscription(
        clientId, granted, resumeAfter, snapshot, limit, provenAccount, clientAddress);
  }

  /** One that may last as long as the client wishes, whoever that is. */
  public Subscription(
      String clientId, EventFilter filter, Optional<LogPosition> resumeAfter, boolean snapshot) {
    this(clientId, filter, resumeAfter, snapshot, Optional.empty(), Optional.empty(), "");
  }
}
