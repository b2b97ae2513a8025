package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages of the history against the list of all events. */
@ParameterizedClass
@EnumSource(TestStore.class)
class EventHistoryTest {
  @Parameter TestStore kind;

  private static final int SEED = 20_262;

  @TempDir static Path directory;
  private static LedgerFixture fixture;
  private static RandomHistory history;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void play(TestStore kind) {
    fixture = new LedgerFixture(kind, directory);
    history = new RandomHistory(fixture, SEED);
    history.play(2_000);
    assertThat(history.log().size()).isGreaterThan(900);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    fixture.close();
  }

  private static HistoryQuery query(Random random) {
    Optional<StreamId> stream = Optional.empty();
    Optional<Address> user = Optional.empty();
    switch (random.nextInt(3)) {
      case 0 -> {
        List<StoredStream> rows = history.states();
        stream = Optional.of(rows.get(random.nextInt(rows.size())).stream().id());
      }
      case 1 -> user = Optional.of(RandomHistory.USERS.get(random.nextInt(12)));
      default -> {
        // everybody's
      }
    }
    Set<EventType> types =
        random
            .ints(random.nextInt(4), 0, EventType.known().size())
            .mapToObj(i -> EventType.known().get(i))
            .collect(Collectors.toSet());
    return new HistoryQuery(
        stream,
        user,
        types,
        position(random, 0),
        position(random, 1),
        random.nextBoolean(),
        random.nextBoolean() ? 1 + random.nextInt(HistoryQuery.MAX_LIMIT) : 1 + random.nextInt(5),
        random.nextBoolean() ? 0 : random.nextInt(100));
  }

  /** Mostly with events between the two. */
  private static Optional<LogPosition> position(Random random, int half) {
    int size = history.log().size();
    return random.nextBoolean()
        ? Optional.empty()
        : Optional.of(new LogPosition(half * size / 2 + random.nextInt(size * 2 / 3)));
  }

  private static List<LoggedEvent> matching(HistoryQuery query) {
    Comparator<LoggedEvent> order = Comparator.comparing(LoggedEvent::position);
    return history.log().stream()
        .filter(e -> query.stream().isEmpty() || query.stream().equals(e.streamId()))
        .filter(
            e ->
                query.user().isEmpty()
                    || query.user().equals(e.sender())
                    || query.user().equals(e.recipient()))
        .filter(e -> query.types().isEmpty() || query.types().contains(e.type()))
        .filter(e -> query.after().isEmpty() || e.position().isAfter(query.after().get()))
        .filter(e -> query.before().isEmpty() || query.before().get().isAfter(e.position()))
        .sorted(query.ascending() ? order : order.reversed())
        .toList();
  }

  @Test
  void shouldGiveAnyPageOfAnyQueryWithTheTotalOfAllPages() {
    Random random = new Random(SEED);
    for (int i = 0; i < 400; i++) {
      HistoryQuery query = query(random);
      List<LoggedEvent> all = matching(query);
      int from = Math.min(query.offset(), all.size());
      int to = Math.min(from + query.limit(), all.size());
      assertThat(fixture.store.history().page(query))
          .as("%s", query)
          .isEqualTo(
              new HistoryPage(
                  all.subList(from, to),
                  all.size(),
                  false,
                  to < all.size(),
                  through(query),
                  new LogBounds(new LogPosition(1), head())));
    }
  }

  private static LogPosition head() {
    return new LogPosition(history.log().size());
  }

  private static LogPosition through(HistoryQuery query) {
    LogPosition last =
        query
            .before()
            .map(before -> new LogPosition(Math.min(before.value() - 1, head().value())))
            .orElse(head());
    return query.after().filter(after -> after.isAfter(last)).orElse(last);
  }

  /** A narrowed query is counted up to a bound, and says so; the whole log is not counted. */
  @Test
  void shouldCapTheTotalOfWhatItWouldHaveToCount(@TempDir Path large) {
    int size = HistoryPage.COUNTED + 1;
    Address self = RandomHistory.USERS.get(0);
    try (SqlStore store = kind.open(large)) {
      SqlEventLogTest.fill(store, size, Set.of(2));
      for (boolean ascending : List.of(true, false)) {
        assertTotal(store, everything(ascending, Optional.empty(), Set.of()), size, false);
        assertTotal(store, everything(ascending, Optional.of(self), Set.of()), size - 1, false);
        Set<EventType> paused = Set.of(EventType.STREAM_PAUSED);
        assertTotal(store, everything(ascending, Optional.empty(), paused), size - 1, false);
        Set<EventType> either =
            Set.of(EventType.STREAM_PAUSED, EventType.PROTOCOL_ADMIN_TRANSFERRED);
        assertTotal(store, everything(ascending, Optional.empty(), either), size - 1, true);
      }
    }
  }

  private static HistoryQuery everything(
      boolean ascending, Optional<Address> user, Set<EventType> types) {
    return new HistoryQuery(
        Optional.empty(), user, types, Optional.empty(), Optional.empty(), ascending, 1, 0);
  }

  private static void assertTotal(SqlStore store, HistoryQuery query, long total, boolean capped) {
    HistoryPage page = store.history().page(query);
    assertThat(page.total()).as("%s", query).isEqualTo(total);
    assertThat(page.totalIsCapped()).as("%s", query).isEqualTo(capped);
  }

  /** The query for the next page, as a cursor makes it. */
  private static HistoryQuery following(HistoryQuery query, HistoryPage page) {
    Optional<LogPosition> last =
        Optional.of(page.events().get(page.events().size() - 1).position());
    return new HistoryQuery(
        query.stream(),
        query.user(),
        query.types(),
        query.ascending() ? last : query.after(),
        query.ascending() ? query.before() : last,
        query.ascending(),
        query.limit(),
        0);
  }

  @Test
  void shouldCoverEverythingOncePageByPageThoughEventsAreAdded() {
    Random random = new Random(SEED);
    for (int i = 0; i < 30; i++) {
      HistoryQuery query = query(random);
      List<LoggedEvent> before = matching(query);
      List<LoggedEvent> read = new ArrayList<>();
      HistoryQuery next = query;
      HistoryPage page = fixture.store.history().page(next);
      for (int pages = 1; page.hasMore(); pages++) {
        read.addAll(page.events());
        assertThat(read.size()).as("events read, %s", query).isLessThan(5_000);
        if (pages <= 3) {
          history.play(2);
        }
        next = following(next, page);
        page = fixture.store.history().page(next);
      }
      read.addAll(page.events());
      // newest first, added events are before the first page; oldest first, after the last
      List<LoggedEvent> all = query.ascending() ? matching(query) : before;
      assertThat(read)
          .as("%s", query)
          .isEqualTo(all.subList(Math.min(query.offset(), all.size()), all.size()));
    }
  }

  @Test
  void shouldSayThatTheStoreCannotBeRead(@TempDir Path gone) {
    SqlStore store = kind.open(gone);
    store.close();
    HistoryQuery query = query(new Random(SEED));
    assertThatThrownBy(() -> store.history().page(query))
        .isInstanceOf(LogUnavailableException.class);
  }

  @Test
  void shouldFindThePlaceBeforeAnyTime() {
    List<LoggedEvent> log = history.log();
    long first = log.get(0).timestamp();
    long last = log.get(log.size() - 1).timestamp();
    assertThat(last).isGreaterThan(first);
    for (long time = first - 1; time <= last + 1; time++) {
      long at = time;
      assertThat(fixture.store.history().placeBefore(at).value())
          .as("%s", at)
          .isEqualTo(log.stream().filter(event -> event.timestamp() < at).count());
    }
  }

  @Test
  void shouldFindThePlaceInAnEmptyLog(@TempDir Path empty) {
    try (SqlStore store = kind.open(empty)) {
      assertThat(store.history().placeBefore(1)).isEqualTo(LogPosition.BEGINNING);
    }
  }
}
