package io.flowfi.auth;

import io.flowfi.payment.Address;
import io.flowfi.time.Clocks;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tickets in the memory of this node. Bounded: a caller with too many unused tickets, or a server
 * with too many, gets no more until some expire.
 */
public final class LocalTickets implements TicketStore {
  /**
   * Expired when either clock says so: the time of day may step back, the other clock stands still
   * while the machine sleeps.
   */
  private record Issued(Caller caller, Instant expires, long issuedNanos) {
    boolean isOver(Instant now, long nanos) {
      return !now.isBefore(expires) || nanos - issuedNanos >= Tickets.LIFETIME.toNanos();
    }
  }

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final int maxTotal;

  // In the order of issue, which is the order of expiry, because all live equally long.
  private final Map<Fingerprint, Issued> outstanding = new LinkedHashMap<>();
  private final Map<Address, Integer> perCaller = new HashMap<>();

  public LocalTickets(Clocks clock) {
    this(clock, clock::nanos, MAX_TOTAL);
  }

  /**
   * @param nanos a clock that nobody sets, in nanoseconds
   */
  LocalTickets(InstantSource clock, LongSupplier nanos, int maxTotal) {
    this.clock = clock;
    this.nanos = nanos;
    this.maxTotal = maxTotal;
  }

  @Override
  public void keep(Fingerprint ticket, Caller caller) {
    Address account = account(caller);
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
      outstanding.put(ticket, new Issued(caller, now.plus(Tickets.LIFETIME), issuedNanos));
      perCaller.merge(account, 1, Integer::sum);
    }
  }

  @Override
  public Optional<Caller> take(Fingerprint ticket) {
    Instant now = clock.instant();
    synchronized (this) {
      Issued issued = outstanding.remove(ticket);
      if (issued == null) {
        return Optional.empty();
      }
      release(issued);
      return issued.isOver(now, nanos.getAsLong())
          ? Optional.empty()
          : Optional.of(issued.caller());
    }
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
        account(issued.caller()), (key, count) -> count == 1 ? null : count - 1);
  }

  private static Address account(Caller caller) {
    return caller
        .account()
        .orElseThrow(() -> new IllegalArgumentException("the caller has no account"));
  }

  /** How many are unused, expired ones included until the next is issued. */
  synchronized int outstanding() {
    return outstanding.size();
  }
}
