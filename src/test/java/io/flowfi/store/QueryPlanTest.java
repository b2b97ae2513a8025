package io.flowfi.store;

import static io.flowfi.ledger.ChainFixture.changed;
import static io.flowfi.ledger.ChainFixture.created;
import static io.flowfi.ledger.ChainFixture.cursor;
import static io.flowfi.ledger.ChainFixture.withdrawn;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainFixture;
import io.flowfi.ledger.ChainRecords;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.ChainStop;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.Cut;
import io.flowfi.ledger.IdempotencyKey;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.ledger.LedgerStore;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.StreamStates;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.EventHistory;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import io.flowfi.query.StreamQuery.Sort;
import io.flowfi.servers.TestStore;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every statement of the store finds its rows by an index, whatever its filters are: on each kind
 * of database, every method of every way to read is called, and every statement that names a large
 * table must have been planned.
 */
@ParameterizedClass
@EnumSource(TestStore.class)
class QueryPlanTest {
  private static final List<Set<EventType>> TYPES =
      List.of(
          Set.of(),
          Set.of(EventType.STREAM_PAUSED),
          Set.of(EventType.STREAM_PAUSED, EventType.PROTOCOL_INITIALIZED),
          Set.copyOf(EventType.known()));

  private static final String LARGE = "(events|streams|chain_events|idempotency_keys)";

  /** Holds nothing but what is counted or listed by it. */
  private static final String PARTIAL = "streams_(unverified|unmodelled|open_on_chain)";

  /** SQLite's words for reading a whole table or index. */
  private static final Pattern SCAN =
      Pattern.compile("SCAN " + LARGE + "(?! USING (COVERING )?INDEX " + PARTIAL + ").*");

  /** A walk through a range of the log, which reads everything in between. */
  private static final Pattern WALK =
      Pattern.compile("SEARCH events USING INTEGER PRIMARY KEY \\(rowid[<>].*");

  /** PostgreSQL's; the condition of an index is in the next line. */
  private static final Pattern WHOLE =
      Pattern.compile(
          ".*(Seq Scan|Index (Only )?Scan (Backward )?using (?!"
              + PARTIAL
              + ")\\w+) on "
              + LARGE
              + "\\b.*");

  /** A piece of a statement that names a large table, as it is written in the sources. */
  private static final Pattern WRITTEN =
      Pattern.compile(
          "\"([^\"]*\\b(?:(?:FROM|INTO|UPDATE) " + LARGE + "\\b|" + LARGE + " WHERE)[^\"]*)\"");

  /** Work of an operator or of a start, on whole tables or on what no test leaves behind. */
  private static final Set<String> ELSEWHERE = Set.of("LogExport", "LogImport", "FollowedContract");

  @Parameter TestStore kind;
  @TempDir Path directory;

  private WatchedStore watched;
  private SqlStore store;
  private LedgerFixture fixture;
  private final Set<Method> called = new HashSet<>();

  @BeforeEach
  void open() {
    SqlStore real = kind.open(directory);
    watched =
        kind == TestStore.EMBEDDED
            ? new WatchedStore(real, "EXPLAIN QUERY PLAN ", "")
            // tables so small are read whole otherwise; with this only where no index helps
            : new WatchedStore(real, "EXPLAIN (COSTS OFF) ", "SET enable_seqscan = off");
    store = new SqlStore(watched, LogPurpose.REAL);
    fixture = new LedgerFixture(store, null, LedgerSettings.DEFAULT, () -> {});
    new RandomHistory(fixture, 1).play(100);
    fixture.run(
        new CommandRequest(
            LedgerFixture.create(Optional.of(new StreamId(1001)), 1, 2), // the chain replaces it
            Optional.empty(),
            Optional.of(new IdempotencyKey("me", "key", "digest"))));
    fixture
        .ledger
        .submit(ChainFixture.page(1, created(1001), changed(1001), withdrawn(1001), created(1002)))
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private void assertAlongIndexes() {
    assertThat(watched.plans).isNotEmpty();
    watched.plans.forEach(
        (sql, steps) -> {
          assertThat(steps)
              .as(sql)
              .noneMatch(step -> SCAN.matcher(step).matches())
              .noneMatch(step -> sql.contains("type = ?") && WALK.matcher(step).matches());
          for (int i = 0; i < steps.size(); i++) {
            if (WHOLE.matcher(steps.get(i)).matches()) {
              assertThat(isFirstOnly(steps, i) || after(steps, i).startsWith("Index Cond:"))
                  .as("%s%n%s", sql, String.join("\n", steps))
                  .isTrue();
            }
          }
        });
  }

  /** The first row of an index, as for a minimum. */
  private static boolean isFirstOnly(List<String> steps, int i) {
    return i > 0
        && steps.get(i - 1).endsWith("->  Limit")
        && steps.get(i).contains("Index")
        && !after(steps, i).startsWith("Filter:");
  }

  private static String after(List<String> steps, int i) {
    return i + 1 == steps.size() ? "" : steps.get(i + 1).strip();
  }

  /** The ways to read that the store offers, by the methods that give them. */
  private List<Class<?>> ports() {
    return Stream.of(SqlStore.class.getMethods())
        .filter(method -> method.getParameterCount() == 0)
        .<Class<?>>map(Method::getReturnType)
        .filter(
            type ->
                type.isInterface()
                    && Stream.of("log", "query", "ledger")
                        .anyMatch(room -> type.getPackageName().equals("io.flowfi." + room))
                    && type != LedgerStore.class)
        .distinct()
        .toList();
  }

  /** Notices which methods are called. */
  private <T> T noticed(Class<T> port, T real) {
    return port.cast(
        Proxy.newProxyInstance(
            QueryPlanTest.class.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              called.add(method);
              return method.invoke(real, arguments);
            }));
  }

  private static <T> List<Optional<T>> maybe(T value) {
    return List.of(Optional.empty(), Optional.of(value));
  }

  @Test
  void shouldFindEverythingByAnIndex() throws IOException {
    readAnyHistory(noticed(EventHistory.class, store.history()));
    replayAnyFilter(noticed(EventLog.class, store.log()));
    Reads reads = new Reads(watched.readers(ReadUse.REQUESTS), store.dialect());
    // with few streams of an address and with many, as one page sees it
    for (StreamQueries streams : List.of(store.streams(), new SqlStreamQueries(reads, 1))) {
      StreamQueries port = noticed(StreamQueries.class, streams);
      listStreams(port);
      readStreams(port);
    }
    readStates(noticed(StreamStates.class, store.states()));
    readTheChain(noticed(ChainRecords.class, store.chain()));
    store.totals().read(fixture.now.get());
    assertThat(store.isReadable(20)).isTrue();
    fixture
        .ledger
        .submit(new ChainStop(cursor(4), new ChainFault("gap", "reason", "notice")))
        .toCompletableFuture()
        .join();
    fixture
        .ledger
        .submit(new ChainRepair.Gap(cursor(4), cursor(10).orElseThrow(), 5, 9))
        .toCompletableFuture()
        .join();
    fixture
        .ledger
        .submit(new Cut(new LogPosition(1), new LogPosition(3)))
        .toCompletableFuture()
        .join();

    assertAlongIndexes();
    assertThat(called)
        .containsAll(ports().stream().flatMap(p -> Stream.of(p.getMethods())).toList());
    assertThat(ports()).hasSizeGreaterThan(4);
    assertEveryWrittenStatementWasPlanned();
  }

  /** A statement that nothing above runs is one whose plan nobody has seen. */
  private void assertEveryWrittenStatementWasPlanned() throws IOException {
    List<String> pieces = new ArrayList<>();
    try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/flowfi/store"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String name = source.getFileName().toString().replace(".java", "");
        if (!ELSEWHERE.contains(name)) {
          Matcher piece = WRITTEN.matcher(Files.readString(source));
          while (piece.find()) {
            pieces.add(piece.group(1));
          }
        }
      }
    }
    assertThat(pieces).hasSizeGreaterThan(20);
    assertThat(pieces)
        .filteredOn(piece -> watched.plans.keySet().stream().noneMatch(sql -> sql.contains(piece)))
        .isEmpty();
  }

  private static void readAnyHistory(EventHistory history) {
    Address user = RandomHistory.USERS.get(0);
    for (Set<EventType> types : TYPES) {
      for (Optional<LogPosition> after : maybe(new LogPosition(4))) {
        for (Optional<LogPosition> before : maybe(new LogPosition(9))) {
          for (boolean ascending : List.of(true, false)) {
            for (int offset : List.of(0, 2)) {
              for (Optional<StreamId> stream : maybe(new StreamId(1))) {
                history.page(
                    new HistoryQuery(
                        stream, Optional.empty(), types, after, before, ascending, 2, offset));
              }
              history.page(
                  new HistoryQuery(
                      Optional.empty(),
                      Optional.of(user),
                      types,
                      after,
                      before,
                      ascending,
                      2,
                      offset));
            }
          }
        }
      }
    }
    history.placeBefore(LedgerFixture.START + 5);
    history.log();
  }

  private static void replayAnyFilter(EventLog log) {
    List<EventFilter> filters = new ArrayList<>();
    for (Set<EventType> types : TYPES) {
      filters.add(new EventFilter(true, Set.of(), Set.of(), types));
      for (Set<StreamId> streams :
          List.of(Set.<StreamId>of(), Set.of(new StreamId(1), new StreamId(2)))) {
        for (Set<Address> users :
            List.of(
                Set.<Address>of(), Set.copyOf(RandomHistory.USERS.subList(0, 3)), manyUsers())) {
          if (!streams.isEmpty() || !users.isEmpty()) {
            filters.add(new EventFilter(false, streams, users, types));
          }
        }
      }
    }
    filters.forEach(filter -> log.read(new LogPosition(2), filter, 3));
    log.bounds();
    log.identity();
  }

  /** So many that a statement lists them in another way. */
  private static Set<Address> manyUsers() {
    return IntStream.range(0, 200).mapToObj(LedgerFixture::account).collect(Collectors.toSet());
  }

  private static void listStreams(StreamQueries streams) {
    Address user = RandomHistory.USERS.get(0);
    for (Optional<Address> party : maybe(user)) {
      for (Optional<Address> sender : maybe(user)) {
        for (Optional<Address> recipient : maybe(user)) {
          for (Optional<StreamStatus> status : maybe(StreamStatus.PAUSED)) {
            for (Optional<Address> token : maybe(LedgerFixture.TOKEN)) {
              for (Sort sort : Sort.values()) {
                for (boolean ascending : List.of(true, false)) {
                  streams.page(
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
                          0));
                }
              }
            }
          }
        }
      }
    }
  }

  private void readStreams(StreamQueries streams) {
    Set<StreamId> ids = Set.of(new StreamId(1), new StreamId(1001));
    for (StreamId id : ids) {
      streams.find(id);
      for (long at = LedgerFixture.START; at <= fixture.now.get(); at += 5) {
        streams.asOf(id, at);
      }
    }
    streams.parties(ids);
    streams.summary(RandomHistory.USERS.get(0), fixture.now.get());
    streams.summary(RandomHistory.USERS.get(0), fixture.now.get());
  }

  private static void readStates(StreamStates states) {
    Set<StreamId> ids = Set.of(new StreamId(1), new StreamId(2));
    Set<Address> users = Set.copyOf(RandomHistory.USERS.subList(0, 3));
    for (EventFilter filter :
        List.of(
            EventFilter.EVERYTHING,
            new EventFilter(false, ids, Set.of(), Set.of()),
            new EventFilter(false, Set.of(), users, Set.of()),
            new EventFilter(false, Set.of(), manyUsers(), Set.of()),
            new EventFilter(false, ids, users, Set.of()))) {
      states.read(filter, LogPosition.BEGINNING, new LogPosition(10), 2);
    }
    states.births(ids);
  }

  private static void readTheChain(ChainRecords chain) {
    chain.cursor();
    chain.fault();
    chain.streams(List.of(new StreamId(1001), new StreamId(7)));
    for (Optional<StreamId> after :
        List.of(
            Optional.<StreamId>empty(),
            Optional.of(new StreamId(1)),
            Optional.of(new StreamId(-5)))) {
      chain.openStreams(after, 2);
    }
    chain.counts();
    chain.quarantined(2);
    chain.unknownEvents("stream_changed", LogPosition.BEGINNING, 2);
  }
}
