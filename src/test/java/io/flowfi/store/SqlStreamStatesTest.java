package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.StatePage;
import io.flowfi.log.StreamStates;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares pages of states with the states in the ledger's answers. */
@ParameterizedClass
@EnumSource(TestStore.class)
class SqlStreamStatesTest {
  @Parameter TestStore kind;

  private static final int SEED = 20_264;
  private static final LogPosition NO_END = new LogPosition(Long.MAX_VALUE);

  @TempDir Path directory;
  private LedgerFixture fixture;
  private StreamStates states;
  private RandomHistory history;

  @BeforeEach
  void play() {
    fixture = new LedgerFixture(kind, directory);
    states = fixture.store.states();
    history = new RandomHistory(fixture, SEED);
    history.play(1_500);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void shouldGiveWhatAFilterNamesPageByPageWhateverItsTypes() {
    Random random = new Random(SEED);
    List<StoredStream> rows = List.copyOf(history.streams());
    for (int i = 0; i < 60; i++) {
      Set<StreamId> named = idsOf(rows, random.ints(random.nextInt(4), 0, rows.size()));
      Set<Address> users =
          random
              .ints(random.nextInt(3), 0, 12)
              .mapToObj(RandomHistory.USERS::get)
              .collect(Collectors.toSet());
      boolean all = named.isEmpty() && users.isEmpty();
      assertPages(
          new EventFilter(all, named, users, Set.of(EventType.STREAM_PAUSED)),
          1 + random.nextInt(40),
          new LogPosition(random.nextInt(2 * history.log().size())));
    }
  }

  /** More than a statement may name. */
  @Test
  void shouldGiveTheStreamsOfAsManyAsAFilterMayName() {
    Set<StreamId> named = idsOf(List.copyOf(history.streams()), IntStream.of(3, 1, 4, 5, 9));
    Set<Address> users =
        IntStream.range(0, EventFilter.MAX_VALUES - named.size() - 12)
            .mapToObj(i -> LedgerFixture.account(1_000 + i))
            .collect(Collectors.toSet());
    users.addAll(RandomHistory.USERS.subList(0, 12));
    assertPages(new EventFilter(false, named, users, Set.of()), 7, NO_END);
  }

  private static Set<StreamId> idsOf(List<StoredStream> rows, IntStream numbers) {
    return numbers.mapToObj(n -> rows.get(n).stream().id()).collect(Collectors.toSet());
  }

  private void assertPages(EventFilter filter, int maxStates, LogPosition upTo) {
    List<StatePage.State> read = new ArrayList<>();
    StatePage page;
    do {
      LogPosition after = read.isEmpty() ? LogPosition.BEGINNING : read.get(read.size() - 1).born();
      page = states.read(filter, after, upTo, maxStates);
      assertThat(page.readAt()).isEqualTo(new LogPosition(history.log().size()));
      assertThat(page.last() ? maxStates : page.states().size()).isEqualTo(maxStates);
      read.addAll(page.states());
    } while (!page.last());
    assertThat(read)
        .as("%s up to %s", filter, upTo)
        .isEqualTo(
            history.streams().stream()
                .filter(row -> !row.created().isAfter(upTo) && matches(filter, row))
                .map(row -> new StatePage.State(row.stream(), row.created()))
                .toList());
  }

  private static boolean matches(EventFilter filter, StoredStream row) {
    return filter.all()
        || filter.streams().contains(row.stream().id())
        || filter.users().contains(row.stream().sender())
        || filter.users().contains(row.stream().recipient());
  }

  @Test
  void shouldSayWhereStreamsWereCreated() {
    Map<StreamId, LogPosition> expected = new HashMap<>();
    for (StoredStream row : history.streams()) {
      if (row.created().value() % 2 == 0) {
        expected.put(row.stream().id(), row.created());
      }
    }
    Set<StreamId> asked =
        expected.keySet().stream().limit(200).collect(Collectors.toCollection(HashSet::new));
    expected.keySet().retainAll(asked);
    asked.add(new StreamId(Long.MIN_VALUE));
    assertThat(states.births(asked)).isEqualTo(expected);
    assertThat(states.births(Set.of())).isEmpty();
  }

  /** Each page belongs to one position, whatever is written meanwhile. */
  @Test
  void shouldReadPagesOfOnePositionWhileCommandsAreWritten() throws InterruptedException {
    Thread writer = new Thread(() -> history.play(2_500));
    List<StatePage> pages = new ArrayList<>();
    writer.start();
    try {
      while (writer.isAlive()) {
        pages.add(states.read(EventFilter.EVERYTHING, LogPosition.BEGINNING, NO_END, 100_000));
      }
    } finally {
      writer.join();
    }
    assertThat(pages.stream().map(StatePage::readAt).distinct().count()).isGreaterThan(2);
    for (StatePage page : pages) {
      Map<StreamId, PaymentStream> then = new HashMap<>();
      for (StoredStream row : history.states()) {
        if (!row.updated().isAfter(page.readAt())) {
          then.put(row.stream().id(), row.stream());
        }
      }
      assertThat(page.states())
          .as("at %s", page.readAt())
          .extracting(StatePage.State::stream)
          .containsExactlyInAnyOrderElementsOf(then.values());
    }
  }

  @Test
  void shouldSayThatTheStoreCannotBeRead() {
    fixture.close();
    assertThatThrownBy(() -> states.read(EventFilter.EVERYTHING, LogPosition.BEGINNING, NO_END, 10))
        .isInstanceOf(LogUnavailableException.class);
    assertThatThrownBy(() -> states.births(Set.of(new StreamId(1))))
        .isInstanceOf(LogUnavailableException.class);
  }
}
