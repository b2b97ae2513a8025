package io.flowfi.auth;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * Tickets: each good for one request within {@link #LIFETIME}, for clients that cannot send a
 * header. A ticket in a URL ends up in histories and logs of proxies, but by then it is worthless.
 *
 * <p>Any thread may call; of several callers only one redeems a ticket.
 */
public final class Tickets {
  public static final Duration LIFETIME = Duration.ofSeconds(30);

  private static final int RANDOM_BYTES = 32;
  private static final int TEXT_LENGTH = 43;

  private final TicketStore unused;
  private final SecureRandom random = new SecureRandom();

  Tickets(TicketStore unused) {
    this.unused = unused;
  }

  /**
   * Makes a ticket that stands for the caller.
   *
   * @throws AuthException.TooMany if the caller has too many unused ones
   * @throws AuthException.Unavailable if the server has too many, or cannot store one
   */
  public String issue(Caller caller) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    unused.keep(Fingerprint.of(ticket), caller);
    return ticket;
  }

  /**
   * Redeems a ticket; it cannot be used again.
   *
   * @return its caller
   * @throws AuthException.Invalid if it was never issued, was redeemed before, or has expired
   * @throws AuthException.Unavailable if that cannot be found out at the moment
   */
  public Caller redeem(String ticket) {
    Optional<Caller> caller =
        ticket.length() == TEXT_LENGTH ? unused.take(Fingerprint.of(ticket)) : Optional.empty();
    return caller.orElseThrow(
        () ->
            new AuthException.Invalid(
                "the ticket has been used, has expired or never existed; get a new one for every request"));
  }
}
