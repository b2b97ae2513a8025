package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Events of types that only a later version knows: a query for any type gets them, with {@link
 * EventFilter#matches} as the model.
 */
@ParameterizedClass
@EnumSource(TestStore.class)
class UnknownTypesTest {
  @Parameter TestStore kind;

  private static final int SEED = 172;

  /** Together with the known ones, more than an int has bits. */
  private static final List<EventType> UNKNOWN =
      IntStream.range(0, 40).mapToObj(i -> EventType.named("stream.later_" + i)).toList();

  @TempDir Path directory;

  /** As a later version would do, for every stream in turn, and without a stream. */
  private List<LoggedEvent> appendUnknown(long head, List<PaymentStream> streams)
      throws SQLException {
    List<LoggedEvent> added = new ArrayList<>();
    for (int i = 0; i < UNKNOWN.size(); i++) {
      PaymentStream stream = streams.get(i % streams.size());
      boolean ofStream = i % 4 != 0;
      added.add(
          new LoggedEvent(
              new LogPosition(head + 1 + i),
              UNKNOWN.get(i),
              Optional.of(stream.id()).filter(id -> ofStream),
              Optional.of(stream.sender()).filter(user -> ofStream),
              Optional.of(stream.recipient()).filter(user -> ofStream),
              stream.lastUpdateTime(),
              "{\"version\":" + (1000 + i) + "}"));
    }
    try (Connection connection = kind.connect(directory);
        PreparedStatement insert = connection.prepareStatement(EventRow.INSERT);
        Statement update = connection.createStatement()) {
      for (LoggedEvent event : added) {
        EventRow.bind(insert, event);
        insert.executeUpdate();
      }
      update.executeUpdate("UPDATE log_head SET seq = " + (head + added.size()));
    }
    return added;
  }

  private static EventFilter filter(Random random, List<PaymentStream> streams) {
    Set<StreamId> ids = new HashSet<>();
    Set<Address> users = new HashSet<>();
    Set<EventType> types = new HashSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      ids.add(streams.get(random.nextInt(streams.size())).id());
      users.add(RandomHistory.USERS.get(random.nextInt(RandomHistory.USERS.size())));
    }
    if (random.nextInt(3) == 0) {
      types.addAll(UNKNOWN.subList(random.nextInt(UNKNOWN.size()), UNKNOWN.size()));
      types.addAll(EventType.known().subList(0, random.nextInt(3)));
    }
    return new EventFilter(random.nextInt(4) == 0 || ids.isEmpty(), ids, users, types);
  }

  private static void assertEverybodyFindsTheirs(
      SqlStore store, List<LoggedEvent> log, List<PaymentStream> streams) {
    Random random = new Random(SEED);
    for (int i = 0; i < 150; i++) {
      EventFilter filter = filter(random, streams);
      int most = 1 + random.nextInt(60);
      LogPosition after = new LogPosition(random.nextInt(log.size()));
      EventPage page = store.log().read(after, filter, most);
      List<LoggedEvent> wanted =
          log.stream().filter(e -> e.position().isAfter(after) && filter.matches(e)).toList();
      assertThat(page.events())
          .as("%d after %s of %s", most, after, filter)
          .isEqualTo(wanted.subList(0, Math.min(most, wanted.size())));
    }
    for (PaymentStream stream : streams.subList(0, Math.min(20, streams.size()))) {
      EventFilter all = new EventFilter(false, Set.of(stream.id()), Set.of(), Set.of());
      List<LoggedEvent> wanted = new ArrayList<>(log.stream().filter(all::matches).toList());
      Collections.reverse(wanted);
      HistoryPage page =
          store
              .history()
              .page(
                  new HistoryQuery(
                      Optional.of(stream.id()),
                      Optional.empty(),
                      Set.of(),
                      Optional.empty(),
                      Optional.empty(),
                      false,
                      HistoryQuery.MAX_LIMIT,
                      0));
      assertThat(page.total()).isEqualTo(wanted.size());
      assertThat(page.events())
          .isEqualTo(wanted.subList(0, Math.min(HistoryQuery.MAX_LIMIT, wanted.size())));
    }
  }

  @Test
  void shouldBringUnknownTypesToSubscribersOfAnyType() throws SQLException {
    List<LoggedEvent> log = new ArrayList<>();
    List<PaymentStream> streams;
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      RandomHistory history = new RandomHistory(fixture, SEED);
      history.play(400);
      log.addAll(history.log());
      streams = history.streams().stream().map(StoredStream::stream).toList();
    }
    log.addAll(appendUnknown(log.size(), streams));
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      assertEverybodyFindsTheirs(fixture.store, log, streams);

      RandomHistory history = new RandomHistory(fixture, SEED + 1);
      history.play(400);
      log.addAll(history.log());
      assertEverybodyFindsTheirs(fixture.store, log, streams);
    }
  }

  /** Its last event is unknown: it still raises the version. */
  @Test
  void shouldTellTheStateOfAStreamWhoseEventsAreNotAllKnown() throws SQLException {
    PaymentStream created;
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      created = fixture.run(LedgerFixture.create()).stream();
    }
    appendUnknown(1, List.of(created));
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      fixture.now.addAndGet(10);
      fixture.run(LedgerFixture.topUp(1, 5, "r"));
      PaymentStream past =
          fixture.store.streams().asOf(created.id(), LedgerFixture.START + 5).orElseThrow();
      assertThat(past.deposited()).isEqualTo(created.deposited());
      assertThat(past.version()).isEqualTo(1000 + UNKNOWN.size() - 1);
    }
  }
}
