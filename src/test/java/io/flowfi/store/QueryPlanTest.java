package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import io.flowfi.query.StreamQuery.Sort;
import io.flowfi.store.sqlite.EmbeddedStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every query of the API uses an index, whatever its filters. */
class QueryPlanTest {
  private static final List<Set<EventType>> TYPES =
      List.of(
          Set.of(),
          Set.of(EventType.STREAM_PAUSED),
          Set.of(EventType.STREAM_PAUSED, EventType.PROTOCOL_INITIALIZED),
          Set.copyOf(EventType.known()));

  /** SQLite's words for reading a whole table or index. */
  private static final Pattern SCAN = Pattern.compile("SCAN (events|streams).*");

  /** A walk through a range of the log, which reads everything in between. */
  private static final Pattern WALK =
      Pattern.compile("SEARCH events USING INTEGER PRIMARY KEY \\(rowid[<>].*");

  private final Set<String> asked = new LinkedHashSet<>();

  @TempDir Path directory;
  private SqlStore store;
  private Reads reads;

  @BeforeEach
  void open() {
    store = EmbeddedStore.open(directory);
    SqlEventLogTest.fill(store, 10, Set.of(3));
    Jdbi readers =
        Jdbi.create(store.readers(ReadUse.REQUESTS))
            .setSqlLogger(
                new SqlLogger() {
                  @Override
                  public void logAfterExecution(StatementContext context) {
                    asked.add(context.getRenderedSql());
                  }
                });
    reads = new Reads(readers, store.dialect());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void assertAlongIndexes(int atLeast) throws SQLException {
    assertThat(asked).hasSizeGreaterThanOrEqualTo(atLeast);
    try (Connection connection = store.readers(ReadUse.HEALTH).getConnection()) {
      for (String sql : asked) {
        assertThat(Plans.of(connection, sql))
            .as(sql)
            .isNotEmpty()
            .noneMatch(step -> SCAN.matcher(step).matches())
            .noneMatch(step -> sql.contains("type = ?") && WALK.matcher(step).matches());
      }
    }
  }

  private static <T> List<Optional<T>> maybe(T value) {
    return List.of(Optional.empty(), Optional.of(value));
  }

  @Test
  void shouldReadAnyHistoryAlongAnIndex() throws SQLException {
    EventHistory history = new SqlEventHistory(reads, new LogIdentity("test"));
    Address user = RandomHistory.USERS.get(0);
    LogPosition some = new LogPosition(4);
    for (Set<EventType> types : TYPES) {
      for (Optional<LogPosition> after : maybe(some)) {
        for (Optional<LogPosition> before : maybe(new LogPosition(9))) {
          for (boolean ascending : List.of(true, false)) {
            for (int offset : List.of(0, 2)) {
              List<HistoryQuery> queries = new ArrayList<>();
              for (Optional<StreamId> stream : maybe(new StreamId(1))) {
                queries.add(
                    new HistoryQuery(
                        stream, Optional.empty(), types, after, before, ascending, 2, offset));
              }
              queries.add(
                  new HistoryQuery(
                      Optional.empty(),
                      Optional.of(user),
                      types,
                      after,
                      before,
                      ascending,
                      2,
                      offset));
              queries.forEach(history::page);
            }
          }
        }
      }
    }
    history.placeBefore(5);
    assertAlongIndexes(31);
  }

  @Test
  void shouldReplayAnyFilterAlongAnIndex() throws SQLException {
    SqlEventLog log = new SqlEventLog(reads, new LogIdentity("test"), store.dialect());
    List<EventFilter> filters = new ArrayList<>();
    for (Set<EventType> types : TYPES) {
      filters.add(new EventFilter(true, Set.of(), Set.of(), types));
      for (Set<StreamId> streams :
          List.of(Set.<StreamId>of(), Set.of(new StreamId(1), new StreamId(2)))) {
        for (Set<Address> users :
            List.of(Set.<Address>of(), Set.copyOf(RandomHistory.USERS.subList(0, 3)))) {
          if (!streams.isEmpty() || !users.isEmpty()) {
            filters.add(new EventFilter(false, streams, users, types));
          }
        }
      }
    }
    filters.forEach(filter -> log.read(new LogPosition(2), filter, 3));
    assertAlongIndexes(10);
  }

  /** With few streams of an address and with many, as one page sees it. */
  @Test
  void shouldListStreamsAlongAnIndex() throws SQLException {
    List<StreamQueries> listings =
        List.of(new SqlStreamQueries(reads), new SqlStreamQueries(reads, 1));
    Address user = RandomHistory.USERS.get(0);
    try (LedgerFixture fixture = new LedgerFixture(store, null, LedgerSettings.DEFAULT, () -> {})) {
      new RandomHistory(fixture, 1).play(100);
      asked.clear();
      for (Optional<Address> party : maybe(user)) {
        for (Optional<Address> sender : maybe(user)) {
          for (Optional<Address> recipient : maybe(user)) {
            for (Optional<StreamStatus> status : maybe(StreamStatus.PAUSED)) {
              for (Optional<Address> token : maybe(LedgerFixture.TOKEN)) {
                for (Sort sort : Sort.values()) {
                  for (boolean ascending : List.of(true, false)) {
                    StreamQuery query =
                        new StreamQuery(
                            party,
                            sender,
                            recipient,
                            status,
                            token,
                            sort,
                            ascending,
                            Optional.empty(),
                            3,
                            0);
                    listings.forEach(listing -> listing.page(query));
                  }
                }
              }
            }
          }
        }
      }
      assertAlongIndexes(50);
    }
  }

  @Test
  void shouldReadStreamsAndTheirStatesAlongAnIndex() throws SQLException {
    SqlStreamStates states = new SqlStreamStates(reads, store.dialect());
    StreamQueries streams = new SqlStreamQueries(reads);
    Set<StreamId> ids = Set.of(new StreamId(1), new StreamId(2));
    Set<Address> users = Set.copyOf(RandomHistory.USERS.subList(0, 3));
    for (EventFilter filter :
        List.of(
            EventFilter.EVERYTHING,
            new EventFilter(false, ids, Set.of(), Set.of()),
            new EventFilter(false, Set.of(), users, Set.of()),
            new EventFilter(false, ids, users, Set.of()))) {
      states.read(filter, LogPosition.BEGINNING, new LogPosition(10), 2);
    }
    states.births(ids);
    streams.parties(ids);
    streams.find(new StreamId(1));
    streams.summary(RandomHistory.USERS.get(0), 0);
    assertAlongIndexes(7);
  }
}
