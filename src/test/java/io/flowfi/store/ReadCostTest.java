package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/**
 * What a read costs depends on what it gives and not on how much is kept. Measured in the steps of
 * SQLite's virtual machine, which are the same in each run: a count or a walk of everything would
 * be right in each answer, and shows only here.
 */
class ReadCostTest {
  /** More than a page may count. */
  private static final int FEW = 2 * HistoryPage.COUNTED;

  private static final int MANY = 8 * FEW;

  /** How many streams a page looks at here. */
  private static final int LOOK = 100;

  private static final int STEPS_A_CALL = 50;

  /** How many times as much a read may cost; what reads everything costs eight times as much. */
  private static final double MOST = 1.5;

  private static final Address ALICE = RandomHistory.USERS.get(0);
  private static final Address BOB = RandomHistory.USERS.get(1);

  @TempDir Path directory;
  private SqlStore store;
  private Connection connection;
  private int held;
  private long steps;

  @BeforeEach
  void open() throws SQLException {
    store = TestStore.EMBEDDED.open(directory);
    connection = TestStore.EMBEDDED.connect(directory);
    ProgressHandler.setHandler(
        connection,
        STEPS_A_CALL,
        new ProgressHandler() {
          @Override
          protected int progress() {
            steps += STEPS_A_CALL;
            return 0;
          }
        });
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    store.close();
  }

  /** Each event is of Alice and Bob; each position has a stream too. */
  private void fillTo(int size) throws SQLException {
    String numbers =
        " WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
            .formatted(held + 1, size);
    try (Connection writer = store.writer().getConnection();
        Statement statement = writer.createStatement()) {
      writer.setAutoCommit(false);
      statement.executeUpdate(
          "INSERT INTO events (seq, type, stream_id, sender, recipient, event_time, payload)"
              + numbers
              + " SELECT i, CASE i %% 2 WHEN 0 THEN 'stream.paused' ELSE 'stream.resumed' END, 7, '%s', '%s', %d + i, '{}' FROM n"
                  .formatted(ALICE.strKey(), BOB.strKey(), LedgerFixture.START));
      statement.executeUpdate(
          "INSERT INTO streams (stream_id, sender, recipient, token, rate, deposited, withdrawn, start_time,"
              + " last_update_time, status, total_paused, version, origin, created_seq, updated_seq)"
              + numbers
              + " SELECT i, '%s', '%s', '%s', '1', '1', '0', 0, 0, 'ACTIVE', 0, 1, 'api', i, i FROM n"
                  .formatted(ALICE.strKey(), BOB.strKey(), LedgerFixture.TOKEN.strKey()));
      statement.executeUpdate("UPDATE log_head SET seq = " + size);
      writer.commit();
    }
    held = size;
  }

  private Map<String, Runnable> reads() {
    Reads reads = new Reads(Jdbi.create(connection), store.dialect());
    Map<String, Runnable> all = new LinkedHashMap<>();
    addPagesOfTheHistory(all, new SqlEventHistory(reads, store.log().identity()));
    addReplays(all, new SqlEventLog(reads, store.log().identity(), store.dialect()));
    addLists(all, new SqlStreamQueries(reads, LOOK));
    SqlStreamStates states = new SqlStreamStates(reads, store.dialect());
    filters()
        .forEach(
            (name, filter) ->
                all.put(
                    "states of " + name,
                    () ->
                        states.read(filter, new LogPosition(held / 2), new LogPosition(held), 50)));
    return all;
  }

  private static Map<String, EventFilter> filters() {
    return Map.of(
        "everything", EventFilter.EVERYTHING,
        "a user", new EventFilter(false, Set.of(), Set.of(ALICE), Set.of()),
        "a stream and users",
            new EventFilter(false, Set.of(new StreamId(7)), Set.of(ALICE, BOB), Set.of()));
  }

  private void addPagesOfTheHistory(Map<String, Runnable> all, EventHistory history) {
    for (Set<EventType> types :
        List.of(Set.<EventType>of(), Set.of(EventType.STREAM_PAUSED, EventType.STREAM_RESUMED))) {
      for (boolean ascending : List.of(true, false)) {
        for (String page : List.of("first", "middle", "last")) {
          String name = types + (ascending ? " up, " : " down, ") + page;
          Supplier<Optional<LogPosition>> place = () -> place(page, ascending);
          all.put(
              "history of all " + name,
              () ->
                  history.page(
                      query(Optional.empty(), Optional.empty(), types, ascending, place.get())));
          all.put(
              "history of a stream " + name,
              () ->
                  history.page(
                      query(
                          Optional.of(new StreamId(7)),
                          Optional.empty(),
                          types,
                          ascending,
                          place.get())));
          all.put(
              "history of a user " + name,
              () ->
                  history.page(
                      query(Optional.empty(), Optional.of(ALICE), types, ascending, place.get())));
        }
      }
    }
    all.put(
        "history by an offset far into it",
        () ->
            history.page(
                new HistoryQuery(
                    Optional.empty(),
                    Optional.empty(),
                    Set.of(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    50,
                    held / 2)));
    all.put("history since a time", () -> history.placeBefore(LedgerFixture.START + held / 2));
  }

  /** Behind the middle there are as many as are counted at most. */
  private Optional<LogPosition> place(String page, boolean ascending) {
    return switch (page) {
      case "first" -> Optional.empty();
      case "middle" -> Optional.of(new LogPosition(held / 2));
      default -> Optional.of(new LogPosition(ascending ? held - 60 : 61));
    };
  }

  private static HistoryQuery query(
      Optional<StreamId> stream,
      Optional<Address> user,
      Set<EventType> types,
      boolean ascending,
      Optional<LogPosition> place) {
    return new HistoryQuery(
        stream,
        user,
        types,
        ascending ? place : Optional.empty(),
        ascending ? Optional.empty() : place,
        ascending,
        50,
        0);
  }

  private static <T> List<Optional<T>> maybe(T value) {
    return List.of(Optional.empty(), Optional.of(value));
  }

  private void addReplays(Map<String, Runnable> all, EventLog log) {
    filters()
        .forEach(
            (name, filter) ->
                all.put(
                    "replay of " + name, () -> log.read(new LogPosition(held / 2), filter, 50)));
    all.put("bounds", log::bounds);
  }

  private static void addLists(Map<String, Runnable> all, StreamQueries streams) {
    for (Optional<Address> party : maybe(ALICE)) {
      for (Optional<Address> sender : maybe(ALICE)) {
        for (Optional<StreamStatus> status : maybe(StreamStatus.PAUSED)) {
          for (StreamQuery.Sort sort : StreamQuery.Sort.values()) {
            for (boolean ascending : List.of(true, false)) {
              StreamQuery query =
                  new StreamQuery(
                      party,
                      sender,
                      Optional.empty(),
                      status,
                      Optional.empty(),
                      sort,
                      ascending,
                      Optional.empty(),
                      50,
                      0);
              all.put("list " + query, () -> streams.page(query));
            }
          }
        }
      }
    }
    all.put("a stream", () -> streams.find(new StreamId(7)));
    all.put("its parties", () -> streams.parties(Set.of(new StreamId(7), new StreamId(8))));
  }

  private Map<String, Long> costs() {
    Map<String, Long> costs = new LinkedHashMap<>();
    reads()
        .forEach(
            (name, read) -> {
              long before = steps;
              read.run();
              costs.put(name, steps - before);
            });
    return costs;
  }

  @Test
  void shouldCostTheSameHoweverMuchIsKept() throws SQLException {
    fillTo(FEW);
    Map<String, Long> ofFew = costs();
    fillTo(MANY);
    Map<String, Long> ofMany = costs();

    assertThat(ofFew).hasSizeGreaterThan(60);
    assertThat(ofFew.values().stream().mapToLong(cost -> cost).sum()).isGreaterThan(100_000);
    ofMany.replaceAll((name, cost) -> cost - STEPS_A_CALL);
    ofMany.entrySet().removeIf(cost -> cost.getValue() <= MOST * ofFew.get(cost.getKey()));
    assertThat(ofMany).as("what costs more with more events and streams").isEmpty();
  }
}
