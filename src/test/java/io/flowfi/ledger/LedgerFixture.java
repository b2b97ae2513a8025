package io.flowfi.ledger;

import io.flowfi.counts.Arrivals;
import io.flowfi.log.CommitListener;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import io.flowfi.time.Clocks;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.StrKey;

/** A ledger over a real database in a folder of the test, with a clock the test sets. */
public final class LedgerFixture implements AutoCloseable {
  public static final Address TOKEN = new Address(StrKey.encodeContract(new byte[32]));
  public static final long START = 1_700_000_000L;

  public final AtomicLong now = new AtomicLong(START);

  /** Nanoseconds of a clock that nobody sets. */
  public final AtomicLong monotonic = new AtomicLong();

  public final Clocks clock = new Clocks(() -> Instant.ofEpochSecond(now.get()), monotonic::get);
  public final List<LoggedEvent> heard = new CopyOnWriteArrayList<>();

  /** How many events each transaction of the store has brought, of those that brought any. */
  public final List<Integer> batches = new CopyOnWriteArrayList<>();

  final AtomicInteger rings = new AtomicInteger();
  public final SqlStore store;
  public final StreamLedger ledger;

  public LedgerFixture(Path directory) {
    this(TestStore.EMBEDDED, directory);
  }

  public LedgerFixture(TestStore kind, Path directory) {
    this(kind.open(directory), null, LedgerSettings.DEFAULT, () -> {});
  }

  /**
   * @param source instead of the store's own; null for that
   * @param onCommit runs on the writer's thread before the callers get their answers
   */
  public LedgerFixture(
      SqlStore store, DataSource source, LedgerSettings settings, Runnable onCommit) {
    this.store = store;
    CommitListener listener =
        new CommitListener() {
          @Override
          public void committed(List<LoggedEvent> batch) {
            heard.addAll(batch);
            batches.add(batch.size());
            onCommit.run();
          }

          @Override
          public void ring() {
            rings.incrementAndGet();
          }
        };
    LogPosition head = store.log().bounds().head();
    ledger =
        new StreamLedger(
            source == null ? store.ledger() : StoreParts.ledger(store, source),
            head,
            listener,
            clock,
            settings,
            new Arrivals());
    ledger.start();
  }

  /** Lets time go by. */
  public void pass(Duration time) {
    now.addAndGet(time.toSeconds());
    monotonic.addAndGet(time.toNanos());
  }

  public static Address account(int number) {
    return new Address(
        KeyPair.fromSecretSeed(ByteBuffer.allocate(32).putInt(number).array()).getAccountId());
  }

  public static StreamCommand.Create create(Optional<StreamId> id, int sender, int recipient) {
    return new StreamCommand.Create(
        id,
        account(sender),
        account(recipient),
        TOKEN,
        Amount.of(10),
        Amount.of(1000),
        START,
        Optional.empty());
  }

  public static StreamCommand.Create create() {
    return create(Optional.empty(), 1, 2);
  }

  public static StreamCommand.TopUp topUp(long id, long amount, String reference) {
    return new StreamCommand.TopUp(
        new StreamId(id), Amount.of(amount), Optional.of(new Reference(reference)));
  }

  /** Runs a command and waits; throws the ledger's exception if it is rejected. */
  public Receipt run(CommandRequest request) {
    try {
      return ledger.submit(request).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (RuntimeException) e.getCause();
    }
  }

  public Receipt run(StreamCommand command) {
    return run(CommandRequest.of(command));
  }

  @Override
  public void close() {
    ledger.close();
    store.close();
  }
}
