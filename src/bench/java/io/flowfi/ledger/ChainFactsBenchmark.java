package io.flowfi.ledger;

import io.flowfi.log.CommitListener;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Parties;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import io.flowfi.time.Clocks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.StrKey;

/**
 * The ledger's rate of events of the chain, in pages of 1,000: one of ten creates a stream, the
 * others withdraw from one or top it up. The parameter {@code database} is the URL of an empty
 * PostgreSQL database, or {@code embedded}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 4)
@Fork(1)
@State(Scope.Benchmark)
public class ChainFactsBenchmark {
  private static final int PAGE = 1000;
  private static final int USERS = 200;
  private static final int A_LEDGER = 50;

  @Param("embedded")
  public String database;

  /** How many pages are handed in before the first is answered: they share a transaction. */
  @Param({"1", "4"})
  public int ahead;

  private final Random random = new Random(20);
  private final List<Address> users = new ArrayList<>();
  private final List<Long> deposits = new ArrayList<>();
  private final Queue<CompletableFuture<AppliedFacts>> underWay = new ArrayDeque<>();
  private Path directory;
  private SqlStore store;
  private StreamLedger ledger;
  private Optional<ChainCursor> cursor;
  private long number;

  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Files.createTempDirectory("flowfi-chain-");
    store =
        database.equals("embedded")
            ? EmbeddedStore.open(directory)
            : PostgresStore.open(PostgresSettings.parse(database));
    cursor = store.chain().cursor();
    number = cursor.map(known -> known.scanned() * A_LEDGER).orElse(0L);
    ledger =
        new StreamLedger(
            store.ledger(),
            store.log().bounds().head(),
            new Nobody(),
            Clocks.system(),
            LedgerSettings.DEFAULT);
    ledger.start();
    for (int i = 0; i < USERS; i++) {
      users.add(new Address(KeyPair.random().getAccountId()));
    }
  }

  @Benchmark
  @OperationsPerInvocation(PAGE)
  public void page() {
    underWay.add(ledger.submit(next()).toCompletableFuture());
    while (underWay.size() >= ahead) {
      if (!underWay.remove().join().moved()) {
        throw new IllegalStateException("the cursor was elsewhere");
      }
    }
  }

  private ChainFacts next() {
    List<ChainFact> facts = new ArrayList<>(PAGE);
    for (int i = 0; i < PAGE; i++) {
      number++;
      StreamFact fact = fact();
      facts.add(
          new ChainFact(
              fact,
              new ChainPosition(1 + number / A_LEDGER, (int) (1 + number % A_LEDGER), 0, 0),
              String.format("%064x", number),
              number / A_LEDGER,
              fact.type().wireName(),
              ByteBuffer.allocate(32).putLong(number).array(),
              Optional.empty()));
    }
    long scanned = facts.get(PAGE - 1).position().ledger();
    Optional<ChainCursor> next =
        Optional.of(
            new ChainCursor(
                Optional.of(facts.get(PAGE - 1).position()),
                Optional.of("token"),
                scanned,
                scanned,
                1));
    ChainFacts page = new ChainFacts(cursor, List.of(), facts, next);
    cursor = next;
    return page;
  }

  private StreamFact fact() {
    if (deposits.isEmpty() || random.nextInt(10) == 0) {
      deposits.add(1_000_000L);
      return new StreamFact.Created(
          new StreamId(deposits.size()),
          users.get(random.nextInt(USERS)),
          users.get(random.nextInt(USERS)),
          new Address(StrKey.encodeContract(new byte[32])),
          Amount.of(10),
          Amount.of(1_000_000),
          0,
          true);
    }
    int which = random.nextInt(deposits.size());
    StreamId id = new StreamId(which + 1L);
    if (random.nextBoolean()) {
      return new StreamFact.Withdrawn(id, Parties.NONE, Amount.of(1));
    }
    deposits.set(which, deposits.get(which) + 5);
    return new StreamFact.ToppedUp(id, Parties.NONE, Amount.of(5), Amount.of(deposits.get(which)));
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    ledger.close();
    store.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static final class Nobody implements CommitListener {
    @Override
    public void committed(List<LoggedEvent> batch) {
      // nobody follows
    }

    @Override
    public void ring() {
      // nobody follows
    }
  }
}
