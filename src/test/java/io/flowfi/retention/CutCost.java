package io.flowfi.retention;

import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.log.CommitListener;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.time.Clocks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What commands wait while a million events are removed: prints it, asserts nothing. By hand, on an
 * idle machine: {@code mvn test -Dtest=CutCost -Djacoco.skip}.
 */
class CutCost {
  private static final int EVENTS = 1_000_000;
  private static final int KEPT = 10_000;
  private static final int COMMANDS_A_SECOND = 200;
  private static final int MOST_COMMANDS = 100_000;
  private static final int AT_ONCE = 2_000;
  private static final long ALONE_NANOS = TimeUnit.SECONDS.toNanos(20);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void measure(TestStore kind) throws Exception {
    try (SqlStore store = kind.open(directory)) {
      StreamLedger ledger =
          new StreamLedger(
              store.ledger(),
              store.log().bounds().head(),
              new Unheard(),
              Clocks.system(),
              LedgerSettings.DEFAULT);
      ledger.start();
      fill(ledger);
      long begin = System.nanoTime();
      say(kind + " alone", latencies(ledger, () -> System.nanoTime() - begin < ALONE_NANOS));

      Retention retention =
          new Retention(
              new RetentionSettings(Optional.empty(), OptionalLong.of(KEPT), Optional.empty()),
              store.log(),
              ledger,
              store::alone,
              store::clockDoubt,
              Clocks.system());
      ScheduledExecutorService cutter = Executors.newSingleThreadScheduledExecutor();
      Future<?> cut =
          cutter.submit(
              () -> {
                retention.look();
                return null;
              });
      long[] beside = latencies(ledger, () -> !cut.isDone());
      cut.get();
      cutter.shutdown();
      LogPosition oldest = store.log().bounds().oldest();
      say(kind + " beside the removal of " + (oldest.value() - 1), beside);
      ledger.close();
    }
  }

  /** Nobody listens. */
  private static final class Unheard implements CommitListener {
    @Override
    public void committed(List<LoggedEvent> batch) {}

    @Override
    public void ring() {}
  }

  private static void fill(StreamLedger ledger) throws InterruptedException {
    ledger.submit(CommandRequest.of(LedgerFixture.create())).toCompletableFuture().join();
    Semaphore room = new Semaphore(AT_ONCE);
    for (int i = 1; i < EVENTS; i++) {
      room.acquire();
      ledger
          .submit(CommandRequest.of(LedgerFixture.create()))
          .whenComplete((receipt, failure) -> room.release());
    }
    room.acquire(AT_ONCE);
  }

  /** Each command has a time to start, so one that is late does not spare the next ones. */
  private static long[] latencies(StreamLedger ledger, BooleanSupplier goesOn)
      throws InterruptedException {
    long[] nanos = new long[MOST_COMMANDS];
    long begin = System.nanoTime();
    Semaphore answered = new Semaphore(0);
    int count = 0;
    while (goesOn.getAsBoolean() && count < MOST_COMMANDS) {
      long due = begin + count * TimeUnit.SECONDS.toNanos(1) / COMMANDS_A_SECOND;
      long wait = due - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      int command = count++;
      ledger
          .submit(CommandRequest.of(LedgerFixture.create()))
          .whenComplete(
              (receipt, failure) -> {
                nanos[command] = System.nanoTime() - due;
                answered.release();
              });
    }
    answered.acquire(count);
    return Arrays.copyOf(nanos, count);
  }

  private static void say(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        "%s: %,d commands in %.0f s, p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
        what,
        nanos.length,
        (double) nanos.length / COMMANDS_A_SECOND,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length * 99 / 100] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }
}
