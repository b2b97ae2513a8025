package io.flowfi.auth;

import io.flowfi.payment.Address;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tickets: each good for one request within {@link #LIFETIME}, for clients that cannot send a
 * header. A ticket in a URL ends up in histories and logs of proxies, where it is worth nothing any
 * more.
 *
 * <p>Any thread may call; a ticket is redeemed by exactly one of those that try. Bounded: a caller
 * who has too many unused ones, or a server that has, gives no more until some expire.
 */
public final class Tickets {
  public static final Duration LIFETIME = Duration.ofSeconds(30);

  static final int MAX_PER_CALLER = 100;
  static final int MAX_TOTAL = 100_000;

  private static final int RANDOM_BYTES = 32;
  private static final int TEXT_LENGTH = 43;

  /**
   * Over when either clock says so: the one that people set may step back, the other stands still
   * while the machine sleeps.
   */
  private record Issued(Caller caller, Instant expires, long issuedNanos) {
    boolean isOver(Instant now, long nanos) {
      return !now.isBefore(expires) || nanos - issuedNanos >= LIFETIME.toNanos();
    }
  }

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final int maxTotal;
  private final SecureRandom random = new SecureRandom();

  // In the order of issue, which is the order of expiry: all live equally long.
  private final Map<Fingerprint, Issued> outstanding = new LinkedHashMap<>();
  private final Map<Address, Integer> perCaller = new HashMap<>();

  public Tickets(InstantSource clock) {
    this(clock, System::nanoTime, MAX_TOTAL);
  }

  /**
   * @param nanos of a clock that nobody sets
   */
  Tickets(InstantSource clock, LongSupplier nanos, int maxTotal) {
    this.clock = clock;
    this.nanos = nanos;
    this.maxTotal = maxTotal;
  }

  /**
   * Makes a ticket that stands for the caller.
   *
   * @throws AuthException.TooMany if the caller has too many unused ones
   * @throws AuthException.Unavailable if the server has
   */
  public String issue(Caller caller) {
    Address account =
        caller.account().orElseThrow(() -> new IllegalArgumentException("the caller is nobody"));
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    Fingerprint fingerprint = Fingerprint.of(ticket);
    Instant now = clock.instant();
    long issuedNanos = nanos.getAsLong();
    synchronized (this) {
      forgetExpired(now, issuedNanos);
      if (perCaller.getOrDefault(account, 0) >= MAX_PER_CALLER) {
        throw new AuthException.TooMany(
            "this account has " + MAX_PER_CALLER + " unused tickets; use them or let them expire");
      }
      if (outstanding.size() >= maxTotal) {
        throw new AuthException.Unavailable("the server has no more tickets at the moment", null);
      }
      outstanding.put(fingerprint, new Issued(caller, now.plus(LIFETIME), issuedNanos));
      perCaller.merge(account, 1, Integer::sum);
    }
    return ticket;
  }

  /**
   * Takes a ticket, for good.
   *
   * @return whom it stands for
   * @throws AuthException.Invalid if it was never issued, was redeemed before, or has expired
   */
  public Caller redeem(String ticket) {
    if (ticket.length() == TEXT_LENGTH) {
      Fingerprint fingerprint = Fingerprint.of(ticket);
      Instant now = clock.instant();
      synchronized (this) {
        Issued issued = outstanding.remove(fingerprint);
        if (issued != null) {
          release(issued);
          if (!issued.isOver(now, nanos.getAsLong())) {
            return issued.caller();
          }
        }
      }
    }
    throw new AuthException.Invalid(
        "the ticket has been used, has expired or never was; get a new one for every request");
  }

  private void forgetExpired(Instant now, long nowNanos) {
    Iterator<Issued> oldest = outstanding.values().iterator();
    while (oldest.hasNext()) {
      Issued issued = oldest.next();
      if (!issued.isOver(now, nowNanos)) {
        return;
      }
      oldest.remove();
      release(issued);
    }
  }

  private void release(Issued issued) {
    perCaller.computeIfPresent(
        issued.caller().account().orElseThrow(), (key, count) -> count == 1 ? null : count - 1);
  }

  /** How many are unused, expired ones included until the next is issued. */
  synchronized int outstanding() {
    return outstanding.size();
  }
}
