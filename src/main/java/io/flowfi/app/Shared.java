package io.flowfi.app;

import io.flowfi.auth.ChallengeSeal;
import io.flowfi.auth.LocalSpentChallenges;
import io.flowfi.auth.LocalTickets;
import io.flowfi.auth.SpentChallenges;
import io.flowfi.auth.TicketStore;
import io.flowfi.cluster.Cluster;
import io.flowfi.cluster.ClusterRates;
import io.flowfi.config.ServerSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.Rates;
import io.flowfi.limit.Rejections;
import io.flowfi.limit.Slots;
import io.flowfi.log.SavedFilters;
import io.flowfi.time.Clocks;
import io.flowfi.web.events.FiltersInMemory;
import java.util.Optional;

/**
 * What several nodes share to be one server: what a client has used up on one node is then used up
 * on all. Idempotency keys are not here, because they are in the store.
 *
 * @param guesses the limiter of failed logins as it is, without the count of {@code rejections}
 */
record Shared(
    Rates rates,
    RateLimiter guesses,
    Slots slots,
    Rejections rejections,
    SavedFilters filters,
    TicketStore tickets,
    ChallengeSeal seal,
    SpentChallenges challenges) {
  /**
   * For a node of several.
   *
   * @param together counts rates over all nodes; empty if each allows its share
   */
  static Shared among(
      Cluster cluster, Slots slots, Optional<ClusterRates> together, ServerSettings settings) {
    Rejections rejections = new Rejections();
    Rates rates =
        together
            .map(with -> Rates.together(settings.rates(), cluster::size, with::of))
            .orElseGet(() -> Rates.local(settings.rates(), cluster::size));
    return new Shared(
        rejections.counting(rates),
        rates.authFailures(),
        rejections.counting(slots),
        rejections,
        cluster.filters(),
        cluster.tickets(),
        cluster.seal(),
        cluster.challenges());
  }

  /**
   * The same, but logins are those of another: who may log in does not depend on the ledger. What
   * is kept away is counted here all the same.
   */
  Shared withLoginsOf(Shared other) {
    return new Shared(
        new Rates(
            rates.requests(),
            rates.connects(),
            rates.commands(),
            rejections.countingGuesses(other.guesses)),
        other.guesses,
        slots,
        rejections,
        filters,
        other.tickets,
        other.seal,
        other.challenges);
  }

  /** For a single node. */
  static Shared local(ServerSettings settings, Clocks clock) {
    Rejections rejections = new Rejections();
    Rates rates = Rates.local(settings.rates(), () -> 1);
    return new Shared(
        rejections.counting(rates),
        rates.authFailures(),
        rejections.counting(new LocalSlots(settings.limits())),
        rejections,
        new FiltersInMemory(clock::nanos),
        new LocalTickets(clock),
        ChallengeSeal.ofThisProcess(clock::nanos),
        new LocalSpentChallenges(clock::nanos));
  }
}
