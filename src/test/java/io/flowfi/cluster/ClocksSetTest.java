package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.auth.Caller;
import io.flowfi.auth.Fingerprint;
import io.flowfi.auth.NodeProof;
import io.flowfi.auth.Sep10Login;
import io.flowfi.it.TestAddresses;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.SettableClock;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What nodes share while somebody sets the database's clock, or a node's: nothing is forgotten that
 * is still needed, and nothing is good for longer.
 */
@Timeout(60)
class ClocksSetTest {
  private static final Optional<Address> ALICE = Optional.of(new Address(TestAddresses.account(1)));
  private static final Caller CALLER = new Caller(ALICE, Set.of(), Optional.empty());

  private static final EventFilter FILTER =
      new EventFilter(false, Set.of(StreamId.parse("streams", "7")), Set.of(), Set.of());

  private static final Duration HOUR = Duration.ofHours(1);

  /** More than anything is kept for. */
  private static final Duration FAR = Duration.ofDays(400);

  private final AtomicInteger number = new AtomicInteger();
  private final AtomicReference<Duration> nodeAhead = new AtomicReference<>(Duration.ZERO);
  private SettableClock database;
  private SqlStore store;
  private Cluster node;

  @BeforeEach
  void open() {
    String url = TestStore.postgres().newDatabase();
    database = new SettableClock(url);
    store = PostgresStore.open(PostgresSettings.parse(url));
    node = node();
  }

  @AfterEach
  void close() {
    node.close();
    store.close();
  }

  /** Nothing of it runs by itself. */
  private Cluster node() {
    return new Cluster(
        store.cluster().orElseThrow(),
        store.secret(),
        "node",
        () ->
            new NodeStore.Report(
                "node", Optional.empty(), Optional.empty(), "1", 0, 10, LogPosition.BEGINNING),
        new ClusterSlots(Optional.empty(), store.log().identity(), "node"),
        ClockDoubt.NONE,
        new Clocks(() -> Instant.now().plus(nodeAhead.get()), System::nanoTime));
  }

  /** Whose clocks are set. */
  private enum Whose {
    DATABASE,
    NODE,
    /** One machine has both, or one server tells them the time. */
    BOTH
  }

  private void setAhead(Whose whose, Duration by) {
    if (whose != Whose.NODE) {
      database.setAhead(by);
    }
    if (whose != Whose.DATABASE) {
      nodeAhead.set(by);
    }
  }

  private Fingerprint ticket() {
    Fingerprint ticket = new Fingerprint(number.incrementAndGet(), 1, 2, 3);
    node.tickets().keep(ticket, CALLER);
    return ticket;
  }

  /** As a node that does not remember it. */
  private boolean findsFilter(String id) {
    try (Cluster fresh = node()) {
      return fresh.filters().find(ALICE, id).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(Whose.class)
  void shouldForgetNothingByAClockThatIsAhead(Whose whose) {
    String id = node.filters().keep(ALICE, FILTER).id();
    assertThat(node.challenges().spend("spent")).isTrue();
    setAhead(whose, FAR);
    node.sweep();
    assertThat(node.filters().find(ALICE, id)).hasValue(FILTER);
    assertThat(node.challenges().spend("spent")).isFalse();
    setAhead(whose, Duration.ZERO);
    node.sweep();
    assertThat(node.challenges().spend("spent")).as("put right").isFalse();
    assertThat(findsFilter(id)).as("put right").isTrue();
  }

  /** What was used while it was behind must not be old as soon as it is put right. */
  @ParameterizedTest
  @EnumSource(
      value = Whose.class,
      names = {"DATABASE", "NODE"})
  void shouldForgetNothingByAClockThatWasBehind(Whose whose) {
    setAhead(whose, FAR.negated());
    node.sweep();
    String id = node.filters().keep(ALICE, FILTER).id();
    assertThat(node.challenges().spend("spent")).isTrue();
    setAhead(whose, Duration.ZERO);
    node.sweep();
    assertThat(node.challenges().spend("spent")).isFalse();
    assertThat(findsFilter(id)).isTrue();
  }

  /** A use that comes long after the last one is noted, whatever the database's clock says. */
  @Test
  void shouldNoteAUseByTheLaterClock() {
    String id = node.filters().keep(ALICE, FILTER).id();
    Duration later = SharedFilters.KEPT.minusHours(1);
    nodeAhead.set(later);
    try (Cluster fresh = node()) { // its clock is right from the start; the database's stands
      assertThat(fresh.filters().find(ALICE, id)).isPresent();
    }
    database.setAhead(later.plusHours(2));
    nodeAhead.set(later.plusHours(2));
    try (Cluster fresh = node()) {
      assertThat(fresh.filters().find(ALICE, id)).isPresent();
    }
  }

  /** It would be remembered until that time has come. */
  @Test
  void shouldDateNothingByAClockThatNothingConfirms() {
    setAhead(Whose.NODE, FAR);
    node.sweep();
    assertThat(node.challenges().spend("spent")).isTrue();
    setAhead(Whose.BOTH, Cluster.CHALLENGES_KEPT.plusMinutes(1));
    try (Cluster fresh = node()) { // that time has passed before it started
      assertThat(fresh.challenges().spend("spent")).isTrue();
    }
  }

  @Test
  void shouldForgetWhatIsOldByBothClocks() {
    String id = node.filters().keep(ALICE, FILTER).id();
    assertThat(node.challenges().spend("spent")).isTrue();
    setAhead(Whose.BOTH, Cluster.CHALLENGES_KEPT.plusMinutes(1));
    try (Cluster fresh = node()) { // that time has passed before it started
      assertThat(fresh.challenges().spend("spent")).isTrue();
    }
    setAhead(Whose.BOTH, SharedFilters.KEPT.plusMinutes(1));
    assertThat(findsFilter(id)).isFalse();
  }

  /** Whatever the node's clock says. */
  @Test
  void shouldDateChallengesAndRequestsToOtherNodesByTheDatabasesClock() {
    setAhead(Whose.NODE, FAR);
    node.sweep();
    long before = node.seal().nanos().getAsLong();
    database.setAhead(Duration.ofHours(1));
    node.sweep();
    long after = node.seal().nanos().getAsLong();
    assertThat(Duration.ofNanos(after - before)).isBetween(HOUR, HOUR.plusMinutes(5));
    NodeProof.Request request = new NodeProof.Request("GET", "/", new byte[0]);
    long millis = Long.parseLong(node.proof().of(request, "other", ALICE).split("[.]")[1]);
    assertThat(Duration.ofMillis(millis).minusNanos(after))
        .isBetween(Duration.ofMillis(-1), Duration.ofMinutes(5));
  }

  @Test
  void shouldRefuseTicketsFromBeforeTheDatabasesClockWasSetBack() {
    Fingerprint before = ticket();
    database.setAhead(Duration.ofMinutes(-10));
    assertThat(node.tickets().take(before)).isEmpty();
    assertThat(node.tickets().take(ticket())).as("one of now").hasValue(CALLER);
  }

  /** It would be good again when the clock has come so far. */
  @Test
  void shouldRemoveTicketsFromBeforeTheDatabasesClockWasSetBack() {
    Fingerprint before = ticket();
    database.setAhead(Duration.ofMinutes(-10));
    Fingerprint after = ticket();
    node.sweep();
    database.setAhead(Duration.ZERO);
    assertThat(node.tickets().take(before)).isEmpty();
    database.setAhead(Duration.ofMinutes(-10));
    assertThat(node.tickets().take(after)).hasValue(CALLER);
  }

  @Test
  void shouldRefuseTicketsWhenTheDatabasesClockIsAhead() {
    Fingerprint before = ticket();
    database.setAhead(Duration.ofSeconds(31));
    assertThat(node.tickets().take(before)).isEmpty();
  }

  /** The longest that a challenge is good must be less than the time for which it is remembered. */
  @Test
  void shouldRememberChallengesForLongerThanTheyAreGood() {
    assertThat(node.challenges().spend("spent")).isTrue();
    setAhead(Whose.BOTH, Sep10Login.LIFETIME.plusHours(1));
    try (Cluster fresh = node()) {
      assertThat(fresh.challenges().spend("spent")).isFalse();
    }
  }
}
