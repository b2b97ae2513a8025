package io.flowfi.cluster;

import io.flowfi.auth.AuthException;
import io.flowfi.auth.Caller;
import io.flowfi.auth.Fingerprint;
import io.flowfi.auth.TicketStore;
import io.flowfi.auth.Tickets;
import java.util.Optional;

/** Tickets in the nodes' database: valid on every node, once in all. */
final class SharedTickets implements TicketStore {
  private final OneTimeStore store;

  /** How many there were lately. */
  private volatile long known;

  SharedTickets(OneTimeStore store) {
    this.store = store;
  }

  void setKnown(long tickets) {
    known = tickets;
  }

  @Override
  public void keep(Fingerprint ticket, Caller caller) {
    if (caller.account().isEmpty()) {
      throw new IllegalArgumentException("the caller has no account");
    }
    if (known >= MAX_TOTAL) {
      throw new AuthException.Unavailable("the server has no more tickets at the moment", null);
    }
    boolean kept;
    try {
      kept = store.keepTicket(ticket, caller, Tickets.LIFETIME, MAX_PER_CALLER);
    } catch (SharedStoreException e) {
      throw new AuthException.Unavailable("no ticket can be issued at the moment", e);
    }
    if (!kept) {
      throw new AuthException.TooMany(
          "this account has " + MAX_PER_CALLER + " unused tickets; use them or let them expire");
    }
  }

  @Override
  public Optional<Caller> take(Fingerprint ticket) {
    try {
      return store.takeTicket(ticket, Tickets.LIFETIME);
    } catch (SharedStoreException e) {
      // it may have been taken out: it is refused from now on, and never accepted twice
      throw new AuthException.Unavailable(
          "the ticket cannot be checked at the moment; get a new one", e);
    }
  }
}
