package io.flowfi.store;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.query.AddressSummary;
import io.flowfi.query.AddressSummary.Total;
import io.flowfi.query.StreamPage;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import io.flowfi.query.StreamQuery.Sort;
import io.flowfi.servers.TestStore;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares streams in the store with the states in the ledger's answers. */
@ParameterizedClass
@EnumSource(TestStore.class)
class StreamQueriesTest {
  @Parameter TestStore kind;

  private static final int SEED = 20_263;

  @TempDir Path directory;
  private LedgerFixture fixture;
  private StreamQueries streams;
  private RandomHistory history;

  @BeforeEach
  void play() {
    fixture = new LedgerFixture(kind, directory);
    streams = fixture.store.streams();
    history = new RandomHistory(fixture, SEED);
    history.play(1_500);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private StreamQueries lookingAt(int streams) {
    return new SqlStreamQueries(
        new Reads(fixture.store.readers(ReadUse.REQUESTS), fixture.store.dialect()), streams);
  }

  private static <T> Optional<T> maybe(Random random, List<T> values) {
    return random.nextBoolean()
        ? Optional.empty()
        : Optional.of(values.get(random.nextInt(values.size())));
  }

  private static StreamQuery from(StreamQuery query, Optional<StreamQuery.Cursor> cursor) {
    return new StreamQuery(
        query.party(),
        query.sender(),
        query.recipient(),
        query.status(),
        query.token(),
        query.sort(),
        query.ascending(),
        // through its text, as a client sends it back
        cursor.map(c -> StreamQuery.Cursor.parse("cursor", c.toString())),
        query.limit(),
        0);
  }

  private static StreamQuery from(StreamQuery query, int offset) {
    return new StreamQuery(
        query.party(),
        query.sender(),
        query.recipient(),
        query.status(),
        query.token(),
        query.sort(),
        query.ascending(),
        query.cursor(),
        query.limit(),
        offset);
  }

  private List<PaymentStream> walk(StreamQuery query, Runnable betweenPages) {
    return walk(streams, query, betweenPages);
  }

  private List<PaymentStream> walk(
      StreamQueries listing, StreamQuery query, Runnable betweenPages) {
    List<PaymentStream> read = new ArrayList<>();
    StreamPage page = listing.page(query);
    while (page.hasMore()) {
      if (listing == streams) {
        assertThat(page.streams()).hasSize(query.limit());
      }
      read.addAll(page.streams());
      assertThat(read.size()).as("streams read, %s", query).isLessThan(5_000);
      betweenPages.run();
      page = listing.page(from(query, page.next()));
    }
    read.addAll(page.streams());
    return read;
  }

  private static boolean agrees(Optional<?> wanted, Object value) {
    return wanted.isEmpty() || wanted.get().equals(value);
  }

  private static Function<StoredStream, LogPosition> place(Sort sort) {
    return sort == Sort.CREATED ? StoredStream::created : StoredStream::updated;
  }

  private List<PaymentStream> matching(StreamQuery query) {
    Comparator<StoredStream> order = Comparator.comparing(place(query.sort()));
    return history.streams().stream()
        .sorted(query.ascending() ? order : order.reversed())
        .map(StoredStream::stream)
        .filter(
            s ->
                (agrees(query.party(), s.sender()) || agrees(query.party(), s.recipient()))
                    && agrees(query.sender(), s.sender())
                    && agrees(query.recipient(), s.recipient())
                    && agrees(query.status(), s.status())
                    && agrees(query.token(), s.token()))
        .toList();
  }

  @Test
  void shouldListEveryMatchingStreamOnceInOrderByPagesOfAnySize() {
    // pages that look at few streams may end between streams that do not match
    StreamQueries shortSighted = lookingAt(7);
    Random random = new Random(SEED);
    int found = 0;
    for (int i = 0; i < 200; i++) {
      StreamQuery query =
          new StreamQuery(
              maybe(random, RandomHistory.USERS),
              maybe(random, RandomHistory.USERS),
              maybe(random, RandomHistory.USERS),
              maybe(random, List.of(StreamStatus.values())),
              maybe(random, RandomHistory.TOKENS),
              random.nextBoolean() ? Sort.CREATED : Sort.UPDATED,
              random.nextBoolean(),
              Optional.empty(),
              random.nextBoolean() ? 1 + random.nextInt(5) : 1 + random.nextInt(100),
              0);
      List<PaymentStream> expected = matching(query);
      found += expected.size();
      assertThat(walk(query, () -> {})).as("%s", query).isEqualTo(expected);
      assertThat(walk(shortSighted, query, () -> {})).as("%s", query).isEqualTo(expected);
      int offset = random.nextInt(expected.size() + 2);
      assertThat(streams.page(from(query, offset)).streams())
          .as("%s from %d", query, offset)
          .isEqualTo(expected.stream().skip(offset).limit(query.limit()).toList());
    }
    assertThat(found).isGreaterThan(1_000);
  }

  @Test
  void shouldLookAtABoundedNumberOfStreamsForOnePage() {
    StreamQueries shortSighted = lookingAt(7);
    Optional<Address> stranger = Optional.of(LedgerFixture.account(99));
    for (Sort sort : Sort.values()) {
      StreamQuery query =
          new StreamQuery(
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              stranger,
              sort,
              true,
              Optional.empty(),
              3,
              0);
      StreamPage page = shortSighted.page(query);
      assertThat(page.streams()).isEmpty();
      assertThat(page.hasMore()).isTrue();
      long seventh =
          history.streams().stream()
              .map(place(sort))
              .sorted()
              .skip(6)
              .findFirst()
              .orElseThrow()
              .value();
      assertThat(page.next().orElseThrow().key()).isEqualTo(seventh);
      assertThatThrownBy(() -> shortSighted.page(from(query, 1)))
          .isInstanceOf(InvalidValueException.class);
    }
  }

  @Test
  void shouldFindEveryStreamByItsId() {
    for (StoredStream row : history.streams()) {
      assertThat(streams.find(row.stream().id())).contains(row.stream());
    }
    assertThat(streams.find(new StreamId(Long.MIN_VALUE))).isEmpty();
  }

  /**
   * A page continues where the previous one ended, whatever was created or changed meanwhile: no
   * stream is skipped, and none comes twice in the same state.
   */
  @ParameterizedTest
  @CsvSource({"CREATED, true", "CREATED, false", "UPDATED, true", "UPDATED, false"})
  void shouldMissNoStreamThoughOthersAreAddedBetweenPages(Sort sort, boolean ascending) {
    StreamQuery query =
        new StreamQuery(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            sort,
            ascending,
            Optional.empty(),
            9,
            0);
    Set<StreamId> before = ids(history.streams().stream().map(StoredStream::stream));
    int statesBefore = history.states().size();

    List<PaymentStream> read = walk(query, () -> history.play(4));

    List<StoredStream> touched = history.states().subList(statesBefore, history.states().size());
    Map<StreamId, PaymentStream> lastRead =
        read.stream().collect(toMap(PaymentStream::id, s -> s, (a, b) -> b));
    Set<StreamId> now = ids(history.streams().stream().map(StoredStream::stream));
    assertThat(now).hasSizeGreaterThan(before.size());
    assertThat(read).doesNotHaveDuplicates();
    if (sort == Sort.CREATED) {
      assertThat(read).extracting(PaymentStream::id).doesNotHaveDuplicates();
      assertThat(lastRead.keySet()).isEqualTo(ascending ? now : before);
    } else if (ascending) {
      // a changed stream moves to the end, where the walk meets it again
      assertThat(lastRead)
          .isEqualTo(
              history.streams().stream()
                  .map(StoredStream::stream)
                  .collect(toMap(PaymentStream::id, s -> s)));
    } else {
      // a changed stream moves to the front, which the walk has passed
      Set<StreamId> untouched = new HashSet<>(before);
      untouched.removeAll(ids(touched.stream().map(StoredStream::stream)));
      assertThat(read).extracting(PaymentStream::id).doesNotHaveDuplicates();
      assertThat(lastRead.keySet()).containsAll(untouched);
    }
  }

  private static Set<StreamId> ids(Stream<PaymentStream> of) {
    return of.map(PaymentStream::id).collect(Collectors.toSet());
  }

  @Test
  void shouldAddUpWhatAnAddressPaysAndReceivesBeyondI128() {
    BigInteger largest = BigInteger.ZERO;
    for (Address user : RandomHistory.USERS) {
      for (long at : List.of(0L, LedgerFixture.START, history.now(), history.now() + 1_000_000)) {
        AddressSummary summary = streams.summary(user, at);
        assertThat(summary.address()).isEqualTo(user);
        assertThat(summary.at()).isEqualTo(at);
        assertTotals(summary.asSender(), PaymentStream::sender, user, at);
        assertTotals(summary.asRecipient(), PaymentStream::recipient, user, at);
        for (Total total : summary.asSender()) {
          largest = largest.max(total.deposited());
        }
      }
    }
    assertThat(largest).isGreaterThan(Amount.MAX_VALUE);
    assertThat(streams.summary(LedgerFixture.account(99), 0))
        .isEqualTo(new AddressSummary(LedgerFixture.account(99), 0, List.of(), List.of()));
  }

  /** The first call reads all streams of the address, later calls only the changed ones. */
  @Test
  void shouldFollowTheLogRatherThanReadAllStreamsOfAnAddressAgain() {
    List<String> asked = new CopyOnWriteArrayList<>();
    StreamQueries following =
        new SqlStreamQueries(
            reads(
                new SqlLogger() {
                  @Override
                  public void logAfterExecution(StatementContext context) {
                    asked.add(context.getRenderedSql());
                  }
                }));
    RandomHistory.USERS.forEach(user -> following.summary(user, history.now()));
    asked.clear();
    for (int i = 0; i < 20; i++) {
      history.play(1 + i);
      for (Address user : RandomHistory.USERS) {
        AddressSummary summary = following.summary(user, history.now() + i);
        assertTotals(summary.asSender(), PaymentStream::sender, user, history.now() + i);
        assertTotals(summary.asRecipient(), PaymentStream::recipient, user, history.now() + i);
      }
    }
    assertThat(asked)
        .hasSizeGreaterThan(20)
        .noneMatch(sql -> sql.matches(".*FROM streams WHERE (sender|recipient).*"));
  }

  /** All statements that ask for every stream of an address. */
  private static final class FullReads implements SqlLogger {
    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Override
    public void logAfterExecution(StatementContext context) {
      if (context.getRenderedSql().matches(".*FROM streams WHERE (sender|recipient).*")) {
        asked.add(context.getRenderedSql());
      }
    }
  }

  private Reads reads(SqlLogger statements) {
    Jdbi reads = Jdbi.create(fixture.store.readers(ReadUse.REQUESTS));
    reads.setSqlLogger(statements);
    return new Reads(reads, fixture.store.dialect());
  }

  @Test
  void shouldAddUpAnAddressThatIsTooLargeToBeKept() {
    FullReads full = new FullReads();
    AddressSummaries none = new AddressSummaries(reads(full), 1, Long.MAX_VALUE, () -> 0);
    for (Address user : RandomHistory.USERS) {
      for (int i = 0; i < 2; i++) {
        assertThat(none.summary(user, history.now()))
            .isEqualTo(streams.summary(user, history.now()));
      }
    }
    assertThat(full.asked).as("few streams").hasSize(RandomHistory.USERS.size() * 2 * 2);
  }

  /** Not even if others ask for it all the time: a tenth of the time may be spent on it. */
  @Test
  void shouldNotReadALargeAddressAtEachCall() {
    FullReads full = new FullReads();
    AtomicLong nanos = new AtomicLong();
    Duration took = Duration.ofSeconds(2);
    AddressSummaries none =
        new AddressSummaries(reads(full), 1, 1, () -> nanos.getAndAdd(took.toNanos()));
    Address user = RandomHistory.USERS.get(0);
    AddressSummary first = none.summary(user, history.now());
    assertThat(first).isEqualTo(streams.summary(user, history.now()));
    history.play(20);
    int calls = 0;
    while (full.asked.size() == 2) { // one for each side
      AddressSummary again = none.summary(user, history.now());
      calls++;
      if (full.asked.size() == 2) {
        assertThat(again).as("of its own time, and complete").isEqualTo(first);
      } else {
        assertThat(again).isEqualTo(streams.summary(user, history.now()));
      }
    }
    assertThat(calls).isBetween(9, 11);
  }

  /** What is kept is followed: only what cannot be followed is given again. */
  @Test
  void shouldFollowALargeAddressThatIsKept() {
    FullReads full = new FullReads();
    // so slow that each answer would be given again throughout the test
    AddressSummaries all =
        new AddressSummaries(
            reads(full), 1_000_000, 1, () -> TimeUnit.SECONDS.toNanos(full.asked.size()));
    for (int i = 0; i < 5; i++) {
      for (Address user : RandomHistory.USERS) {
        assertThat(all.summary(user, history.now()))
            .isEqualTo(streams.summary(user, history.now()));
      }
      history.play(5);
    }
    assertThat(full.asked).hasSize(RandomHistory.USERS.size() * 2);
  }

  /** It has grown too large: what comes then must not be of an earlier time. */
  @Test
  void shouldGiveTheLastAnswerAgainWhenAnAddressIsNoLongerKept() {
    FullReads full = new FullReads();
    Address user = RandomHistory.USERS.get(0);
    AddressSummaries summaries =
        new AddressSummaries(
            reads(full), 1 + open(user), 1, () -> TimeUnit.SECONDS.toNanos(full.asked.size()));
    AddressSummary first = summaries.summary(user, 0);
    long before = open(user);
    while (open(user) <= before) {
      history.play(1);
    }
    AddressSummary last = summaries.summary(user, 1);
    assertThat(last).isEqualTo(streams.summary(user, 1)).isNotEqualTo(first);
    history.play(1);
    assertThat(summaries.summary(user, 2)).isEqualTo(last);
    assertThat(full.asked).hasSize(2);
  }

  /** How many streams are kept of an address; one to itself counts twice. */
  private long open(Address user) {
    return history.streams().stream()
        .map(StoredStream::stream)
        .filter(stream -> !stream.status().isFinal())
        .flatMap(stream -> Stream.of(stream.sender(), stream.recipient()))
        .filter(user::equals)
        .count();
  }

  /** Otherwise a crowd that asks for one large address would keep all others from the store. */
  @Test
  void shouldHoldNoConnectionWhileAnotherReadsTheSameAddress() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AddressSummaries slow =
        new AddressSummaries(
            reads(
                new SqlLogger() {
                  @Override
                  public void logBeforeExecution(StatementContext context) {
                    reading.countDown();
                    awaitLatch(goOn);
                  }
                }),
            1_000_000,
            1,
            System::nanoTime);
    Address user = RandomHistory.USERS.get(0);
    int size = 2 * ReadUse.REQUESTS.connections();
    Set<Thread> crowd = ConcurrentHashMap.newKeySet();
    ExecutorService threads =
        Executors.newFixedThreadPool(
            size,
            task -> {
              Thread thread = new Thread(task);
              crowd.add(thread);
              return thread;
            });
    try {
      List<Future<AddressSummary>> answers = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        answers.add(threads.submit(() -> slow.summary(user, 0)));
      }
      awaitLatch(reading);
      await().until(() -> crowd.stream().allMatch(StreamQueriesTest::isWaiting));
      assertThat(streams.summary(RandomHistory.USERS.get(1), 0)).isNotNull();
      goOn.countDown();
      for (Future<AddressSummary> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(streams.summary(user, 0));
      }
    } finally {
      goOn.countDown();
      threads.shutdownNow();
    }
  }

  private static boolean isWaiting(Thread thread) {
    return thread.getState() == Thread.State.BLOCKED
        || thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertTotals(
      List<Total> totals, Function<PaymentStream, Address> role, Address user, long at) {
    Map<List<Object>, List<PaymentStream>> groups =
        history.streams().stream()
            .map(StoredStream::stream)
            .filter(s -> role.apply(s).equals(user))
            .collect(Collectors.groupingBy(s -> List.of(s.token(), s.status())));
    List<Total> expected = new ArrayList<>();
    groups.values().forEach(group -> expected.add(total(group, at)));
    assertThat(totals).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static Total total(List<PaymentStream> group, long at) {
    return new Total(
        group.get(0).token(),
        group.get(0).status(),
        group.size(),
        sum(group, s -> s.deposited()),
        sum(group, s -> s.withdrawn()),
        sum(group, s -> s.claimable(at).orElseThrow()));
  }

  private static BigInteger sum(List<PaymentStream> group, Function<PaymentStream, Amount> of) {
    return group.stream().map(s -> of.apply(s).value()).reduce(BigInteger.ZERO, BigInteger::add);
  }

  @Test
  void shouldSayThatTheStoreCannotBeRead() {
    fixture.close();
    assertThatThrownBy(() -> streams.find(new StreamId(1)))
        .isInstanceOf(LogUnavailableException.class);
    assertThatThrownBy(() -> streams.summary(LedgerFixture.account(1), 0))
        .isInstanceOf(LogUnavailableException.class);
  }
}
