package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.AuthException;
import io.flowfi.auth.Caller;
import io.flowfi.auth.Fingerprint;
import io.flowfi.auth.SpentChallenges;
import io.flowfi.auth.TicketStore;
import io.flowfi.it.TestAddresses;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.time.ClockDoubt;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node does regularly, whatever has happened to it. */
@Timeout(60)
class PulseTest {
  private static final NodeStore.Report REPORT =
      new NodeStore.Report(
          "node", Optional.empty(), Optional.empty(), "1", 0, 10, LogPosition.BEGINNING);

  private static final Fingerprint TICKET = new Fingerprint(1, 2, 3, 4);
  private static final Caller CALLER =
      new Caller(Optional.of(new Address(TestAddresses.account(1))), Set.of(), Optional.empty());

  @Test
  void shouldReportOnAfterAnError() {
    AtomicInteger reports = new AtomicInteger();
    try (SqlStore store =
            PostgresStore.open(PostgresSettings.parse(TestStore.postgres().newDatabase()));
        Cluster cluster =
            new Cluster(
                store.cluster().orElseThrow(),
                store.secret(),
                "node",
                () -> {
                  if (reports.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("for a moment");
                  }
                  return REPORT;
                },
                slots(store),
                ClockDoubt.NONE,
                Clocks.system())) {
      cluster.start();
      await().atMost(Duration.ofSeconds(20)).until(() -> cluster.live().size() == 1);
      assertThat(cluster.live().get(0).report()).isEqualTo(REPORT);
    }
  }

  /** How many there are is only known from the sweeps. */
  @Test
  void shouldGiveNoMoreTicketsAndTakeNoMoreChallengesThanThereIsRoomFor() {
    AtomicReference<OneTimeStore.Swept> next = new AtomicReference<>(swept(0, 0, false));
    try (SqlStore store = open();
        Cluster cluster = sweeping(store, next::get)) {
      SpentChallenges challenges = cluster.challenges();
      next.set(swept(TicketStore.MAX_TOTAL, 0, false));
      cluster.sweep();
      assertThatThrownBy(() -> cluster.tickets().keep(TICKET, CALLER))
          .isInstanceOf(AuthException.Unavailable.class);
      assertThat(challenges.spend("one")).isTrue();
      next.set(swept(TicketStore.MAX_TOTAL - 1, SpentChallenges.MAX, false));
      cluster.sweep();
      cluster.tickets().keep(TICKET, CALLER);
      assertThatThrownBy(() -> challenges.spend("two"))
          .isInstanceOf(AuthException.Unavailable.class);
    }
  }

  /** A crowd is over all at once: it must not take hours, nor hold up the report. */
  @Test
  void shouldSweepAsOftenAsThereIsMoreWithinABound() {
    AtomicInteger more = new AtomicInteger();
    try (SqlStore store = open();
        Cluster cluster = sweeping(store, () -> swept(0, 0, more.getAndDecrement() > 0))) {
      more.set(3);
      cluster.sweep();
      assertThat(more).hasValue(-1);
      more.set(Integer.MAX_VALUE);
      cluster.sweep();
      assertThat(Integer.MAX_VALUE - more.get()).isBetween(5, 100);
    }
  }

  private static OneTimeStore.Swept swept(long tickets, long challenges, boolean more) {
    return new OneTimeStore.Swept(Instant.now(), tickets, challenges, more);
  }

  private static ClusterSlots slots(SqlStore store) {
    return new ClusterSlots(Optional.empty(), store.log().identity(), "node");
  }

  private static SqlStore open() {
    return PostgresStore.open(PostgresSettings.parse(TestStore.postgres().newDatabase()));
  }

  /** A node that does not run, and sees these. */
  private static Cluster sweeping(SqlStore store, Supplier<OneTimeStore.Swept> sweeps) {
    ClusterStore real = store.cluster().orElseThrow();
    OneTimeStore seen =
        new OneTimeStore() {
          @Override
          public boolean keepTicket(
              Fingerprint ticket, Caller caller, Duration lifetime, int most) {
            return real.oneTime().keepTicket(ticket, caller, lifetime, most);
          }

          @Override
          public Optional<Caller> takeTicket(Fingerprint ticket, Duration lifetime) {
            return real.oneTime().takeTicket(ticket, lifetime);
          }

          @Override
          public boolean spend(String challenge, Instant believed) {
            return real.oneTime().spend(challenge, believed);
          }

          @Override
          public Swept sweep(Duration last, Duration kept, Instant believed, int most) {
            return sweeps.get();
          }
        };
    return new Cluster(
        new ClusterStore(seen, real.filters(), real.nodes(), real.leases()),
        store.secret(),
        "node",
        () -> REPORT,
        slots(store),
        ClockDoubt.NONE,
        Clocks.system());
  }
}
