package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.AuthException;
import io.flowfi.auth.Caller;
import io.flowfi.auth.Fingerprint;
import io.flowfi.auth.LocalSpentChallenges;
import io.flowfi.auth.LocalTickets;
import io.flowfi.auth.Race;
import io.flowfi.auth.SpentChallenges;
import io.flowfi.auth.TicketStore;
import io.flowfi.auth.Tickets;
import io.flowfi.it.TestAddresses;
import io.flowfi.payment.Address;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TcpProxy;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.time.Clocks;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tickets and spent challenges, in memory and in the nodes' database: what holds for both. */
@Timeout(60)
class OneTimeTest {
  private static final Caller ALICE = caller(1, Set.of(Caller.Role.SERVICE));
  private static final Caller BOB = caller(2, Set.of());

  private final AtomicInteger number = new AtomicInteger();
  private String databaseUrl;
  private SqlStore one;
  private SqlStore other;

  private enum Form {
    LOCAL,
    SHARED
  }

  /** Of two nodes; in memory they are one. */
  private record Nodes(List<TicketStore> tickets, List<SpentChallenges> challenges) {}

  private static Caller caller(int index, Set<Caller.Role> roles) {
    return new Caller(
        Optional.of(new Address(TestAddresses.account(index))),
        roles,
        Optional.of(Instant.ofEpochSecond(1_800_000_000L, 123_456_000)));
  }

  private Fingerprint ticket() {
    return new Fingerprint(number.incrementAndGet(), -1, 0, Long.MIN_VALUE);
  }

  private Nodes nodes(Form form) {
    if (form == Form.LOCAL) {
      TicketStore tickets = new LocalTickets(Clocks.system());
      SpentChallenges challenges = new LocalSpentChallenges(System::nanoTime);
      return new Nodes(List.of(tickets, tickets), List.of(challenges, challenges));
    }
    databaseUrl = TestStore.postgres().newDatabase();
    one = PostgresStore.open(PostgresSettings.parse(databaseUrl));
    other = PostgresStore.open(PostgresSettings.parse(databaseUrl));
    return new Nodes(
        List.of(new SharedTickets(oneTime(one)), new SharedTickets(oneTime(other))),
        List.of(
            new SharedSpentChallenges(oneTime(one), Instant::now),
            new SharedSpentChallenges(oneTime(other), Instant::now)));
  }

  private static OneTimeStore oneTime(SqlStore store) {
    return store.cluster().orElseThrow().oneTime();
  }

  private static OneTimeStore.Swept sweep(SqlStore store, Duration challengesKept, int most) {
    return oneTime(store).sweep(Tickets.LIFETIME, challengesKept, Instant.now(), most);
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isPositive();
    }
  }

  @AfterEach
  void close() {
    for (SqlStore store : new SqlStore[] {one, other}) {
      if (store != null) {
        store.close();
      }
    }
  }

  /** Of one whose rights do not end by themselves. */
  @ParameterizedTest
  @EnumSource
  void shouldGiveBackTheCallerOfATicketWithoutAnEnd(Form form) {
    TicketStore tickets = nodes(form).tickets().get(0);
    Caller endless = new Caller(ALICE.account(), ALICE.roles(), Optional.empty());
    Fingerprint ticket = ticket();
    tickets.keep(ticket, endless);
    assertThat(tickets.take(ticket)).hasValue(endless);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void shouldGiveATicketToOneOfManyWhoTry(Form form) throws Exception {
    Nodes nodes = nodes(form);
    for (int round = 0; round < 10; round++) {
      Fingerprint ticket = ticket();
      nodes.tickets().get(0).keep(ticket, ALICE);
      AtomicInteger turn = new AtomicInteger();
      assertThat(
              Race.wins(
                  16,
                  () -> nodes.tickets().get(turn.incrementAndGet() % 2).take(ticket).isPresent()))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void shouldTakeAChallengeFromOneOfManyWhoTry(Form form) throws Exception {
    Nodes nodes = nodes(form);
    for (int round = 0; round < 10; round++) {
      String challenge = "challenge" + round;
      AtomicInteger turn = new AtomicInteger();
      assertThat(
              Race.wins(
                  16, () -> nodes.challenges().get(turn.incrementAndGet() % 2).spend(challenge)))
          .isEqualTo(1);
      assertThat(nodes.challenges().get(0).spend(challenge)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void shouldStandForTheWholeCaller(Form form) {
    Nodes nodes = nodes(form);
    for (Caller caller : List.of(ALICE, BOB)) {
      Fingerprint ticket = ticket();
      nodes.tickets().get(0).keep(ticket, caller);
      assertThat(nodes.tickets().get(1).take(ticket)).hasValue(caller);
      assertThat(nodes.tickets().get(1).take(ticket)).isEmpty();
    }
    assertThat(nodes.tickets().get(0).take(ticket())).isEmpty();
    assertThatThrownBy(() -> nodes.tickets().get(0).keep(ticket(), Caller.OPEN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void shouldNotLetOneCallerHoardTickets(Form form) {
    Nodes nodes = nodes(form);
    Fingerprint first = ticket();
    nodes.tickets().get(0).keep(first, ALICE);
    for (int i = 1; i < SharedTickets.MAX_PER_CALLER; i++) {
      nodes.tickets().get(i % 2).keep(ticket(), ALICE);
    }
    for (TicketStore node : nodes.tickets()) {
      assertThatThrownBy(() -> node.keep(ticket(), ALICE))
          .isInstanceOf(AuthException.TooMany.class);
    }
    nodes.tickets().get(1).keep(ticket(), BOB);
    nodes.tickets().get(1).take(first);
    nodes.tickets().get(0).keep(ticket(), ALICE);
  }

  /** They are removed a moment later, with the next report of a node. */
  @Test
  void shouldNotCountTicketsThatHaveExpired() throws SQLException {
    Nodes nodes = nodes(Form.SHARED);
    for (int i = 0; i < SharedTickets.MAX_PER_CALLER; i++) {
      nodes.tickets().get(i % 2).keep(ticket(), ALICE);
    }
    execute("UPDATE tickets SET expires_at = expires_at - INTERVAL '30 s'");
    Fingerprint ticket = ticket();
    nodes.tickets().get(0).keep(ticket, ALICE);
    assertThat(nodes.tickets().get(1).take(ticket)).hasValue(ALICE);
  }

  /** Those who ask at the same moment do not see each other's tickets. */
  @ParameterizedTest
  @EnumSource(Form.class)
  void shouldNotLetOneCallerHoardTicketsByAskingAllNodesAtOnce(Form form) throws Exception {
    Nodes nodes = nodes(form);
    for (int i = 0; i < SharedTickets.MAX_PER_CALLER - 2; i++) {
      nodes.tickets().get(i % 2).keep(ticket(), ALICE);
    }
    AtomicInteger turn = new AtomicInteger();
    for (int round = 0; round < 10; round++) {
      Queue<Fingerprint> kept = new ConcurrentLinkedQueue<>();
      Race.wins(16, () -> isKept(nodes.tickets().get(turn.incrementAndGet() % 2), kept));
      assertThat(kept).hasSizeLessThanOrEqualTo(2);
      // what was refused is not in the way
      while (kept.size() < 2) {
        assertThat(isKept(nodes.tickets().get(0), kept)).isTrue();
      }
      assertThat(isKept(nodes.tickets().get(1), kept)).isFalse();
      kept.forEach(ticket -> assertThat(nodes.tickets().get(1).take(ticket)).hasValue(ALICE));
    }
  }

  /** None of them sees the others' when it counts: their inserts take longer than that. */
  @Test
  void shouldNotLetOneCallerHoardTicketsByInsertsThatOverlap() throws Exception {
    Nodes nodes = nodes(Form.SHARED);
    for (int i = 0; i < SharedTickets.MAX_PER_CALLER - 1; i++) {
      nodes.tickets().get(i % 2).keep(ticket(), ALICE);
    }
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE FUNCTION rest() RETURNS TRIGGER AS"
              + " $$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$ LANGUAGE plpgsql");
      statement.execute(
          "CREATE TRIGGER slow BEFORE INSERT ON tickets FOR EACH ROW EXECUTE FUNCTION rest()");
    }
    AtomicInteger turn = new AtomicInteger();
    Queue<Fingerprint> kept = new ConcurrentLinkedQueue<>();
    Race.wins(2, () -> isKept(nodes.tickets().get(turn.incrementAndGet() % 2), kept));
    assertThat(kept).hasSizeLessThanOrEqualTo(1);
  }

  private boolean isKept(TicketStore node, Queue<Fingerprint> kept) {
    Fingerprint ticket = ticket();
    try {
      node.keep(ticket, ALICE);
    } catch (AuthException.TooMany refused) {
      return false;
    }
    return kept.add(ticket);
  }

  @Test
  void shouldEndTicketsByTheDatabasesClock() throws SQLException {
    Nodes nodes = nodes(Form.SHARED);
    Fingerprint ticket = ticket();
    Fingerprint swept = ticket();
    nodes.tickets().get(0).keep(ticket, ALICE);
    nodes.tickets().get(0).keep(swept, ALICE);
    execute("UPDATE tickets SET expires_at = expires_at - INTERVAL '29 s'");
    assertThat(sweep(one, Duration.ofHours(1), 10).tickets()).isEqualTo(2);
    execute("UPDATE tickets SET expires_at = expires_at - INTERVAL '1 s'");
    assertThat(nodes.tickets().get(1).take(ticket)).isEmpty();
    OneTimeStore.Swept after = sweep(one, Duration.ofHours(1), 10);
    assertThat(after.tickets()).isZero();
    assertThat(after.more()).isFalse();
    assertThat(nodes.tickets().get(1).take(swept)).isEmpty();
  }

  /** Those that have expired, and those from before the clock was set back. */
  @ParameterizedTest
  @ValueSource(strings = {"-31 s", "+1 h"})
  void shouldForgetTicketsInSmallSteps(String moved) throws SQLException {
    Nodes nodes = nodes(Form.SHARED);
    for (int i = 0; i < 3; i++) {
      nodes.tickets().get(0).keep(ticket(), ALICE);
    }
    execute("UPDATE tickets SET expires_at = expires_at + INTERVAL '" + moved + "'");
    OneTimeStore.Swept swept = sweep(one, Duration.ofHours(1), 2);
    assertThat(swept.tickets()).isEqualTo(1);
    assertThat(swept.more()).isTrue();
    swept = sweep(other, Duration.ofHours(1), 2);
    assertThat(swept.tickets()).isZero();
    assertThat(swept.more()).isFalse();
  }

  @Test
  void shouldForgetChallengesInSmallSteps() throws SQLException {
    Nodes nodes = nodes(Form.SHARED);
    for (int i = 0; i < 5; i++) {
      nodes.challenges().get(0).spend("c" + i);
    }
    execute("UPDATE spent_challenges SET spent_at = spent_at - INTERVAL '16 min'");
    nodes.challenges().get(0).spend("new");
    assertThat(sweep(one, Duration.ofMinutes(20), 2).challenges()).isEqualTo(6);
    OneTimeStore.Swept swept = sweep(one, Duration.ofMinutes(15), 2);
    assertThat(swept.challenges()).isEqualTo(4);
    assertThat(swept.more()).isTrue();
    sweep(other, Duration.ofMinutes(15), 2);
    assertThat(sweep(one, Duration.ofMinutes(15), 2).challenges()).isEqualTo(1);
    assertThat(nodes.challenges().get(1).spend("new")).isFalse();
    assertThat(nodes.challenges().get(1).spend("c0")).isTrue();
  }

  @Test
  void shouldRefuseWhenThereIsNoRoom() {
    Nodes nodes = nodes(Form.SHARED);
    ((SharedTickets) nodes.tickets().get(0)).setKnown(SharedTickets.MAX_TOTAL);
    ((SharedSpentChallenges) nodes.challenges().get(0)).setKnown(SharedSpentChallenges.MAX);
    assertThatThrownBy(() -> nodes.tickets().get(0).keep(ticket(), ALICE))
        .isInstanceOf(AuthException.Unavailable.class);
    assertThatThrownBy(() -> nodes.challenges().get(0).spend("one"))
        .isInstanceOf(AuthException.Unavailable.class);
  }

  /** A database that refuses connections, and one that takes them and says nothing. */
  @ParameterizedTest
  @EnumSource(Away.class)
  void shouldAcceptNothingWhileTheDatabaseIsAway(Away away) {
    databaseUrl = TestStore.postgres().newDatabase();
    int port = TestStore.postgres().port();
    try (TcpProxy proxy = new TcpProxy(port);
        SqlStore through =
            PostgresStore.open(
                PostgresSettings.parse(
                    databaseUrl.replace(":" + port + "/", ":" + proxy.port() + "/")))) {
      SharedTickets tickets = new SharedTickets(oneTime(through));
      SharedSpentChallenges challenges = new SharedSpentChallenges(oneTime(through), Instant::now);
      Fingerprint ticket = ticket();
      tickets.keep(ticket, ALICE);
      challenges.spend("spent");
      away.begin(proxy);
      assertThatThrownBy(() -> tickets.take(ticket()))
          .isInstanceOf(AuthException.Unavailable.class);
      assertThatThrownBy(() -> tickets.keep(ticket(), ALICE))
          .isInstanceOf(AuthException.Unavailable.class);
      assertThatThrownBy(() -> challenges.spend("spent"))
          .isInstanceOf(AuthException.Unavailable.class);
      assertThatThrownBy(() -> challenges.spend("new"))
          .isInstanceOf(AuthException.Unavailable.class);
      proxy.cut();
      proxy.mend();
      await()
          .ignoreExceptionsInstanceOf(AuthException.Unavailable.class)
          .untilAsserted(() -> assertThat(challenges.spend("spent")).isFalse());
      assertThat(tickets.take(ticket)).hasValue(ALICE);
    }
  }

  private enum Away {
    REFUSING {
      @Override
      void begin(TcpProxy proxy) {
        proxy.refuse();
      }
    },
    SILENT {
      @Override
      void begin(TcpProxy proxy) {
        proxy.silence();
      }
    };

    abstract void begin(TcpProxy proxy);
  }
}
