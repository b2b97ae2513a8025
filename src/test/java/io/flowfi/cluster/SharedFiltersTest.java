package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.Race;
import io.flowfi.it.TestAddresses;
import io.flowfi.log.EventFilter;
import io.flowfi.log.FilterText;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.SavedFilters;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TcpProxy;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.web.events.FiltersInMemory;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Saved filters of two nodes in their database. */
@Timeout(60)
class SharedFiltersTest {
  private static final Optional<Address> ALICE = owner(1);
  private static final Optional<Address> BOB = owner(2);

  private final String databaseUrl = TestStore.postgres().newDatabase();
  private SqlStore store;
  private SqlStore otherStore;
  private SharedFilters one;
  private SharedFilters other;

  private static Optional<Address> owner(int number) {
    return Optional.of(new Address(TestAddresses.account(number)));
  }

  private static EventFilter stream(int id) {
    return new EventFilter(
        false, Set.of(StreamId.parse("streams", Integer.toString(id))), Set.of(), Set.of());
  }

  @BeforeEach
  void open() {
    store = PostgresStore.open(PostgresSettings.parse(databaseUrl));
    otherStore = PostgresStore.open(PostgresSettings.parse(databaseUrl));
    one = node(store, System::nanoTime);
    other = node(otherStore, System::nanoTime);
  }

  @AfterEach
  void close() {
    store.close();
    otherStore.close();
  }

  private static SharedFilters node(SqlStore store, LongSupplier nanos) {
    return new SharedFilters(store.cluster().orElseThrow().filters(), Instant::now, nanos);
  }

  private FilterStore rows() {
    return store.cluster().orElseThrow().filters();
  }

  /** Without what the other node remembers. */
  private SharedFilters another() {
    return node(otherStore, System::nanoTime);
  }

  private void age(Duration by) throws SQLException {
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement()) {
      assertThat(
              statement.executeUpdate(
                  "UPDATE saved_filters SET used_at = used_at - INTERVAL '"
                      + by.toMillis()
                      + " ms'"))
          .isPositive();
    }
  }

  @Test
  void shouldFindOnEveryNodeWhatOneKeptForItsOwnerOnly() {
    EventFilter most =
        new EventFilter(
            false,
            Set.of(),
            IntStream.rangeClosed(1, EventFilter.MAX_VALUES)
                .mapToObj(i -> new Address(TestAddresses.account(i)))
                .collect(Collectors.toSet()),
            Set.of(EventType.STREAM_PAUSED, EventType.named("stream.later_than_this_version")));
    for (EventFilter filter :
        Set.of(
            most,
            EventFilter.EVERYTHING,
            stream(7),
            new EventFilter(
                false,
                Set.of(StreamId.parse("s", "1"), StreamId.parse("s", "18446744073709551615")),
                Set.of(ALICE.get()),
                Set.of()))) {
      String id = one.keep(ALICE, filter).id();
      assertThat(other.find(ALICE, id)).hasValue(filter);
      assertThat(other.find(BOB, id)).isEmpty();
      assertThat(other.find(Optional.empty(), id)).isEmpty();
      assertThat(other.keep(BOB, filter).id()).as("made from its content").isEqualTo(id);
    }
    String open = one.keep(Optional.empty(), stream(8)).id();
    assertThat(other.find(Optional.empty(), open)).hasValue(stream(8));
    assertThat(one.find(ALICE, "unknown")).isEmpty();
  }

  @Test
  void shouldKeepSoManyOfAnOwnerOnAllNodesTogether() {
    for (int i = 0; i < SavedFilters.MAX_PER_OWNER; i++) {
      assertThat((i % 2 == 0 ? one : other).keep(ALICE, stream(i)).refusal()).isNull();
    }
    for (SharedFilters node : new SharedFilters[] {one, other}) {
      assertThat(node.keep(ALICE, stream(1_000)).refusal())
          .isEqualTo(SavedFilters.Refusal.OWNERS_SHARE);
      assertThat(node.keep(ALICE, stream(0)).refusal()).as("kept already").isNull();
      assertThat(node.keep(BOB, stream(1_000)).refusal()).isNull();
    }
  }

  @Test
  void shouldKeepTheSameFilterOnceForManyWhoSaveItAtOnce() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    assertThat(
            Race.wins(
                16,
                () ->
                    (turn.incrementAndGet() % 2 == 0 ? one : other).keep(ALICE, stream(1)).refusal()
                        == null))
        .isEqualTo(16);
    assertThat(sizes()).isEqualTo(SavedFilters.size(stream(1)));
  }

  @Test
  void shouldRefuseNewOnesWhenThereIsNoRoom() throws SQLException {
    one.keep(ALICE, stream(1));
    leaveRoomFor(SavedFilters.size(stream(2)) - 1);
    assertThat(one.keep(ALICE, stream(2)).refusal()).isEqualTo(SavedFilters.Refusal.FULL);
    assertThat(one.keep(ALICE, stream(1)).refusal()).as("takes no room").isNull();
    leaveRoomFor(SavedFilters.size(stream(2)));
    assertThat(one.keep(ALICE, stream(2)).refusal()).isNull();
    assertThat(sizes()).isEqualTo(SavedFilters.MAX_VALUES);
  }

  /** What its owner can do something about is said first; in memory, too. */
  @Test
  void shouldNameTheOwnersShareWhenBothBoundsAreReached() throws SQLException {
    SavedFilters memory = new FiltersInMemory(System::nanoTime);
    for (int i = 0; i < SavedFilters.MAX_PER_OWNER; i++) {
      one.keep(ALICE, stream(i));
      memory.keep(ALICE, stream(i));
    }
    leaveRoomFor(0);
    fill(memory);
    for (SavedFilters filters : List.of(one, memory)) {
      assertThat(filters.keep(BOB, stream(1_000)).refusal())
          .as("of %s", filters)
          .isEqualTo(SavedFilters.Refusal.FULL);
      assertThat(filters.keep(ALICE, stream(1_000)).refusal())
          .as("of %s", filters)
          .isEqualTo(SavedFilters.Refusal.OWNERS_SHARE);
      assertThat(filters.keep(ALICE, stream(0)).refusal()).as("kept already").isNull();
    }
  }

  /** By filters of many others, first long ones, then those that still fit. */
  private static void fill(SavedFilters filters) {
    int next = 0;
    int values = EventFilter.MAX_VALUES;
    while (values > 0) {
      Set<StreamId> streams =
          IntStream.range(next, next + values)
              .mapToObj(id -> StreamId.parse("streams", Integer.toString(id)))
              .collect(Collectors.toSet());
      EventFilter filter = new EventFilter(false, streams, Set.of(), Set.of());
      if (filters.keep(owner(10 + next / 1000), filter).refusal() == null) {
        next += values;
      } else {
        values /= 2;
      }
    }
  }

  /** A node that stands still while it saves one must not keep others from anything else. */
  @Test
  void shouldNotRefuseAnythingElseWhileAnotherNodeHoldsTheLock() throws Exception {
    String saved = one.keep(ALICE, stream(1)).id();
    try (Connection standing = PostgresServer.connectTo(databaseUrl);
        Statement statement = standing.createStatement()) {
      standing.setAutoCommit(false);
      statement.execute(
          "SELECT pg_advisory_xact_lock("
              + "hashtextextended('flowfi saved filters ' || current_schema(), 0))");
      AtomicInteger next = new AtomicInteger(1);
      assertThat(
              Race.wins(
                  5,
                  () -> {
                    assertThatThrownBy(() -> other.keep(ALICE, stream(next.incrementAndGet())))
                        .isInstanceOf(LogUnavailableException.class);
                    return another().find(ALICE, saved).isPresent();
                  }))
          .as("those that were refused can read at once")
          .isEqualTo(5);
    }
    assertThat(other.keep(ALICE, stream(2)).refusal()).isNull();
  }

  /** By a filter of somebody else's. */
  private void leaveRoomFor(long left) throws SQLException {
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM saved_filters WHERE owner = 'somebody'");
      statement.execute(
          "INSERT INTO saved_filters SELECT 'somebody', 'long', '', %d - %d - COALESCE(sum(size), 0),"
                  .formatted(SavedFilters.MAX_VALUES, left)
              + " clock_timestamp() FROM saved_filters");
    }
  }

  /** So many that a look at them all takes long enough for others to come in between. */
  private void fillWithShortOnes() throws SQLException {
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO saved_filters SELECT 'many', id, '', 4, clock_timestamp()"
              + " FROM generate_series(1, 40000) id");
    }
  }

  private long sizes() throws SQLException {
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT COALESCE(sum(size), 0) FROM saved_filters")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Many at once, on two nodes: neither bound is exceeded by a single one. */
  @Test
  void shouldKeepBothBoundsForManyWhoSaveAtOnce() throws Exception {
    AtomicInteger next = new AtomicInteger();
    for (int i = 0; i < SavedFilters.MAX_PER_OWNER - 5; i++) {
      one.keep(ALICE, stream(next.incrementAndGet()));
    }
    assertThat(saved(ALICE, next)).isEqualTo(5);
    fillWithShortOnes();
    leaveRoomFor(7L * SavedFilters.size(stream(1)));
    assertThat(saved(BOB, next)).isEqualTo(7);
    assertThat(sizes()).isEqualTo(SavedFilters.MAX_VALUES);
  }

  /** How many of 24 different filters are saved that come at once. A node may be too busy. */
  private int saved(Optional<Address> owner, AtomicInteger next) throws Exception {
    return Race.wins(
        24,
        () -> {
          int id = next.incrementAndGet();
          SharedFilters node = id % 2 == 0 ? one : other;
          return await()
                  .atMost(Duration.ofSeconds(40))
                  .ignoreExceptionsInstanceOf(LogUnavailableException.class)
                  .until(() -> node.keep(owner, stream(id)), kept -> true)
                  .refusal()
              == null;
        });
  }

  @Test
  void shouldForgetWhatWasNotUsedForADayAndNotWhatWas() throws Exception {
    String used = one.keep(ALICE, stream(1)).id();
    String unused = one.keep(ALICE, stream(2)).id();
    age(SharedFilters.KEPT.minusMinutes(1));
    assertThat(another().find(ALICE, used)).as("nearly too late").isPresent();
    age(Duration.ofMinutes(1));
    assertThat(another().find(ALICE, unused)).as("not swept yet").isEmpty();
    assertThat(another().find(ALICE, used)).isPresent();
    assertThat(rows().sweep(SharedFilters.KEPT, Instant.now(), 1)).isTrue();
    assertThat(sizes()).isEqualTo(SavedFilters.size(stream(1)));
    assertThat(rows().sweep(SharedFilters.KEPT, Instant.now(), 1)).isFalse();
    assertThat(another().find(ALICE, used)).isPresent();

    // a use that was remembered, and one so soon after another that it was not noted
    age(SharedFilters.LIFETIME.plusHours(3).minusMinutes(2));
    assertThat(another().find(ALICE, used)).isPresent();
  }

  /** Saving one again is a use, also where there is no room for another. */
  @Test
  void shouldRenewWhatIsSavedAgainAtTheBound() throws Exception {
    for (int i = 0; i < SavedFilters.MAX_PER_OWNER; i++) {
      one.keep(ALICE, stream(i));
    }
    age(SharedFilters.KEPT.minusMinutes(1));
    String id = one.keep(ALICE, stream(0)).id();
    age(Duration.ofMinutes(1));
    assertThat(another().find(ALICE, id)).isPresent();
  }

  /** One node is asked for it so often that it remembers it all the time. */
  @Test
  void shouldNoteThatAFilterIsInSteadyUse() throws Exception {
    AtomicLong nanos = new AtomicLong();
    SharedFilters asked = node(store, nanos::get);
    String id = asked.keep(ALICE, stream(1)).id();
    Duration often = Duration.ofMinutes(30);
    for (long i = 0; i <= SharedFilters.KEPT.dividedBy(often); i++) {
      assertThat(asked.find(ALICE, id)).isPresent();
      nanos.addAndGet(often.toNanos());
      age(often);
    }
    assertThat(another().find(ALICE, id)).isPresent();
  }

  @Test
  void shouldWriteAUseOnlyOnceInAWhile() throws Exception {
    String id = one.keep(ALICE, stream(1)).id();
    age(SharedFilters.RENEWED.minusMinutes(1));
    String before = version();
    assertThat(another().find(ALICE, id)).isPresent();
    assertThat(version()).isEqualTo(before);
    age(Duration.ofMinutes(1));
    before = version();
    assertThat(another().find(ALICE, id)).isPresent();
    assertThat(version()).isNotEqualTo(before);
  }

  /** Of the row: every write makes another. */
  private String version() throws SQLException {
    try (Connection connection = PostgresServer.connectTo(databaseUrl);
        Statement statement = connection.createStatement();
        var row = statement.executeQuery("SELECT xmin, ctid FROM saved_filters")) {
      row.next();
      return row.getString(1) + " " + row.getString(2);
    }
  }

  @Test
  void shouldRememberWhileTheDatabaseIsAway() {
    int port = TestStore.postgres().port();
    try (TcpProxy proxy = new TcpProxy(port);
        SqlStore through =
            PostgresStore.open(
                PostgresSettings.parse(
                    databaseUrl.replace(":" + port + "/", ":" + proxy.port() + "/")))) {
      SharedFilters cut = node(through, System::nanoTime);
      String known = one.keep(ALICE, stream(1)).id();
      String unknown = one.keep(ALICE, stream(2)).id();
      assertThat(cut.find(ALICE, known)).hasValue(stream(1));
      proxy.refuse();
      assertThat(cut.find(ALICE, known)).hasValue(stream(1));
      assertThatThrownBy(() -> cut.find(ALICE, unknown))
          .isInstanceOf(LogUnavailableException.class);
      assertThatThrownBy(() -> cut.keep(ALICE, stream(3)))
          .isInstanceOf(LogUnavailableException.class);
    }
  }

  @Test
  void shouldReadOnlyWhatIsAFilter() {
    for (String text : new String[] {"", "true\n\n", "false\n1\n\n\n", "false\n-1\n\n"}) {
      assertThatThrownBy(() -> new FilterText(text).filter())
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
