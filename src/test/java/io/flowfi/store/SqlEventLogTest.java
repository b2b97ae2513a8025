package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.ChainChanges;
import io.flowfi.ledger.LedgerChanges;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client that resumes reads the log, a live one is matched in memory: both must agree about
 * filters, so {@link EventFilter#matches} is the model here.
 */
@ParameterizedClass
@EnumSource(TestStore.class)
class SqlEventLogTest {
  @Parameter TestStore kind;

  private static final int SEED = 20_261;

  @TempDir static Path shared;
  private static LedgerFixture fixture;
  private static RandomHistory history;
  private static List<LoggedEvent> log;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void play(TestStore kind) {
    fixture = new LedgerFixture(kind, shared);
    history = new RandomHistory(fixture, SEED);
    history.play(3_000);
    log = history.log();
    assertThat(log.size()).isGreaterThan(1_000);
    assertThat(log.stream().map(LoggedEvent::type).collect(Collectors.toSet())).hasSize(7);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    fixture.close();
  }

  private static List<LoggedEvent> matching(EventFilter filter, long after) {
    return log.stream()
        .filter(event -> event.position().value() > after && filter.matches(event))
        .toList();
  }

  private static <T> Set<T> some(Random random, List<T> values, int atMost) {
    return random
        .ints(random.nextInt(atMost + 1), 0, values.size())
        .mapToObj(values::get)
        .collect(Collectors.toSet());
  }

  private static EventFilter filter(Random random) {
    List<StreamId> ids = history.streams().stream().map(row -> row.stream().id()).toList();
    Set<StreamId> streams = some(random, ids, random.nextInt(8) == 0 ? 150 : 3);
    Set<Address> users = some(random, RandomHistory.USERS, 3);
    Set<EventType> types = random.nextBoolean() ? Set.of() : some(random, EventType.known(), 4);
    boolean all = random.nextInt(5) == 0 || (streams.isEmpty() && users.isEmpty());
    return new EventFilter(all, streams, users, types);
  }

  @Test
  void shouldReadAnyPageOfAnyFilter() {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      EventFilter filter = filter(random);
      int after = random.nextInt(log.size() + 1);
      int most = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 1 + random.nextInt(log.size());

      EventPage page = fixture.store.log().read(new LogPosition(after), filter, most);

      List<LoggedEvent> expected = matching(filter, after);
      List<LoggedEvent> first = expected.subList(0, Math.min(most, expected.size()));
      int through =
          expected.size() < most ? log.size() : (int) first.get(most - 1).position().value();
      assertThat(page)
          .as("%d events after %d of %s", most, after, filter)
          .isEqualTo(new EventPage(first, new LogPosition(through)));
    }
  }

  @Test
  void shouldBringEveryEventOnceFromPageToPage() {
    Random random = new Random(SEED);
    for (int i = 0; i < 20; i++) {
      EventFilter filter = filter(random);
      assertThat(readOn(fixture.store.log(), filter, 1 + random.nextInt(40)))
          .as("%s", filter)
          .isEqualTo(matching(filter, 0));
    }
  }

  /** Reads from the beginning to the end of the log; every page must advance. */
  private static List<LoggedEvent> readOn(EventLog from, EventFilter filter, int pageSize) {
    List<LoggedEvent> read = new ArrayList<>();
    LogPosition position = LogPosition.BEGINNING;
    LogPosition head = from.bounds().head();
    while (position.compareTo(head) < 0) {
      EventPage page = from.read(position, filter, pageSize);
      assertThat(page.through()).isGreaterThan(position).isLessThanOrEqualTo(head);
      assertThat(page.events()).hasSizeLessThanOrEqualTo(pageSize);
      read.addAll(page.events());
      position = page.through();
    }
    return read;
  }

  /** More keys than one statement takes, and events that match two of them. */
  @Test
  void shouldReadForAsManyUsersAsAFilterMayName() {
    Set<Address> strangers =
        IntStream.range(100, 100 + EventFilter.MAX_VALUES - RandomHistory.USERS.size())
            .mapToObj(LedgerFixture::account)
            .collect(Collectors.toSet());
    Set<Address> users = new HashSet<>(strangers);
    users.addAll(RandomHistory.USERS);
    EventFilter everyone = new EventFilter(false, Set.of(), users, Set.of());
    EventLog reader = fixture.store.log();
    assertThat(reader.read(LogPosition.BEGINNING, everyone, log.size()).events()).isEqualTo(log);
    assertThat(reader.read(new LogPosition(700), everyone, 50))
        .isEqualTo(new EventPage(log.subList(700, 750), new LogPosition(750)));
    assertThat(
            reader.read(
                new LogPosition(700), new EventFilter(false, Set.of(), strangers, Set.of()), 50))
        .isEqualTo(new EventPage(List.of(), new LogPosition(log.size())));
  }

  @Test
  void shouldStayWhereItIsAtAndBeyondTheEnd() {
    EventLog reader = fixture.store.log();
    LogPosition head = new LogPosition(log.size());
    assertThat(reader.bounds()).isEqualTo(new LogBounds(new LogPosition(1), head));
    for (LogPosition after : List.of(head, head.next(), new LogPosition(Long.MAX_VALUE - 1))) {
      assertThat(reader.read(after, EventFilter.EVERYTHING, 10))
          .isEqualTo(new EventPage(List.of(), after));
    }
  }

  @Test
  void shouldBeginWithAnEmptyLog(@TempDir Path empty) {
    try (SqlStore store = kind.open(empty)) {
      assertThat(store.log().bounds())
          .isEqualTo(new LogBounds(new LogPosition(1), LogPosition.BEGINNING));
      assertThat(store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 10))
          .isEqualTo(new EventPage(List.of(), LogPosition.BEGINNING));
    }
  }

  /** Writes a log without commands, with so many events that rare ones are far apart. */
  static List<LoggedEvent> fill(SqlStore store, int size, Set<Integer> rare) {
    List<LoggedEvent> events =
        IntStream.rangeClosed(1, size).mapToObj(i -> event(i, rare.contains(i))).toList();
    try (LedgerConnection connection = new LedgerConnection(store.writer(), store.dialect())) {
      connection.begin(Set.of(), Set.of());
      connection.commit(
          new LedgerChanges(
              List.of(),
              events,
              List.of(),
              1,
              ChainChanges.NONE,
              Optional.empty(),
              Optional.empty(),
              Optional.empty()));
    }
    return events.stream().filter(e -> rare.contains((int) e.position().value())).toList();
  }

  /** A rare one is of the protocol: it has no stream and no users. */
  private static LoggedEvent event(int position, boolean rare) {
    return new LoggedEvent(
        new LogPosition(position),
        rare ? EventType.PROTOCOL_ADMIN_TRANSFERRED : EventType.STREAM_PAUSED,
        rare ? Optional.empty() : Optional.of(new StreamId(position == 1 ? 1 : 2)),
        rare ? Optional.empty() : Optional.of(RandomHistory.USERS.get(0)),
        rare ? Optional.empty() : Optional.of(RandomHistory.USERS.get(1)),
        LedgerFixture.START,
        "{}");
  }

  @Test
  void shouldFindRareTypesAcrossLargeGaps(@TempDir Path large) {
    int size = 65_000;
    try (SqlStore store = kind.open(large)) {
      List<LoggedEvent> rare = fill(store, size, Set.of(2, 3, 20_000, 20_001, 20_002, 64_999));
      EventFilter filter =
          new EventFilter(true, Set.of(), Set.of(), Set.of(EventType.PROTOCOL_ADMIN_TRANSFERRED));
      for (int pageSize : List.of(1, 2, 3, 100)) {
        assertThat(readOn(store.log(), filter, pageSize)).as("by %d", pageSize).isEqualTo(rare);
      }
      EventPage far = store.log().read(new LogPosition(20_002), filter, 1);
      assertThat(far.events())
          .extracting(LoggedEvent::position)
          .containsExactly(new LogPosition(64_999));
      assertThat(store.log().read(new LogPosition(64_999), filter, 1))
          .isEqualTo(new EventPage(List.of(), new LogPosition(size)));

      EventFilter firstOnly = new EventFilter(false, Set.of(new StreamId(1)), Set.of(), Set.of());
      assertThat(store.log().read(new LogPosition(1), firstOnly, 1))
          .isEqualTo(new EventPage(List.of(), new LogPosition(size)));
    }
  }

  @Test
  void shouldTellWhatRetentionHasLeft(@TempDir Path trimmed) throws SQLException {
    try (SqlStore store = kind.open(trimmed)) {
      fill(store, 10, Set.of());
      try (Connection connection = store.writer().getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate("DELETE FROM events WHERE seq < 7");
        statement.executeUpdate("UPDATE log_head SET oldest = 7 WHERE id = 1");
      }
      LogBounds bounds = store.log().bounds();
      assertThat(bounds).isEqualTo(new LogBounds(new LogPosition(7), new LogPosition(10)));
      assertThat(LongStream.of(0, 5, 6, 10, 11).mapToObj(LogPosition::new))
          .extracting(bounds::canResumeAfter)
          .containsExactly(false, false, true, true, false);
      assertThat(store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 2))
          .isEqualTo(new EventPage(List.of(event(7, false), event(8, false)), new LogPosition(8)));
    }
  }

  @Test
  void shouldSayThatTheStoreCannotBeRead(@TempDir Path gone) {
    SqlStore store = kind.open(gone);
    store.close();
    assertThatThrownBy(() -> store.log().bounds()).isInstanceOf(LogUnavailableException.class);
    assertThatThrownBy(() -> store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 1))
        .isInstanceOf(LogUnavailableException.class);
    assertThat(store.isReadable(1)).isFalse();
  }
}
