package io.flowfi.app;

import io.flowfi.auth.LocalSpentChallenges;
import io.flowfi.auth.LocalTickets;
import io.flowfi.auth.SpentChallenges;
import io.flowfi.auth.TicketStore;
import io.flowfi.config.ServerSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.Rates;
import io.flowfi.limit.Slots;
import java.time.InstantSource;

/**
 * What nodes would have to share to be one server: what a client has used up with one of them is
 * used up with all. Idempotency keys are not among it: they are in the store.
 */
record Shared(Rates rates, Slots slots, TicketStore tickets, SpentChallenges challenges) {
  /** Of a node that is the only one. */
  static Shared local(ServerSettings settings, InstantSource clock) {
    return new Shared(
        Rates.local(settings.rates()),
        new LocalSlots(settings.limits()),
        new LocalTickets(clock),
        new LocalSpentChallenges());
  }
}
