package io.flowfi.ledger;

import io.flowfi.log.CommitListener;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.store.SqlStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import io.flowfi.time.Clocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.StrKey;

/** The ledger's rate of durable commands without HTTP, with 64 at a time. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@State(Scope.Benchmark)
public class LedgerBenchmark {
  private static final int UNDER_WAY = 64;
  private static final int STREAMS = 64;

  private final Semaphore room = new Semaphore(UNDER_WAY);
  private Path directory;
  private SqlStore store;
  private StreamLedger ledger;
  private long number;

  @Setup
  public void open() throws IOException {
    directory = Files.createTempDirectory("flowfi-ledger-");
    store = EmbeddedStore.open(directory);
    ledger =
        new StreamLedger(
            store.ledger(),
            LogPosition.BEGINNING,
            new Nobody(),
            Clocks.system(),
            LedgerSettings.DEFAULT);
    ledger.start();
    Address sender = new Address(KeyPair.random().getAccountId());
    Address recipient = new Address(KeyPair.random().getAccountId());
    Address token = new Address(StrKey.encodeContract(new byte[32]));
    for (long id = 1; id <= STREAMS; id++) {
      ledger
          .submit(
              CommandRequest.of(
                  new StreamCommand.Create(
                      Optional.of(new StreamId(id)),
                      sender,
                      recipient,
                      token,
                      Amount.of(1),
                      Amount.of(1_000_000_000_000L),
                      Clocks.system().instant().getEpochSecond(),
                      Optional.empty())))
          .toCompletableFuture()
          .join();
    }
  }

  @Benchmark
  public void command() throws InterruptedException {
    room.acquire();
    long id = 1 + number++ % STREAMS;
    ledger
        .submit(
            CommandRequest.of(
                new StreamCommand.TopUp(
                    new StreamId(id), Amount.of(1), Optional.of(new Reference("benchmark")))))
        .whenComplete(
            (receipt, refusal) -> {
              if (refusal != null) {
                throw new IllegalStateException("a command was refused", refusal);
              }
              room.release();
            });
  }

  @TearDown
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
