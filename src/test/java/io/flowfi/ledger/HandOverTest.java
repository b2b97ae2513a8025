package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.log.CommitListener;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.StreamId;
import io.flowfi.time.ClockDoubt;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** No command is lost on its way through the ledger: each gets one answer, at the end too. */
@Timeout(60)
class HandOverTest {
  private static final int ROUNDS = 40;

  /** More than there are cores, so that some are always stopped in the middle of a step. */
  private static final int CALLERS = 8;

  private static final int MOST_COMMANDS = 300;

  /** Each is logged with where it came from. */
  private static final int DEATHS = 10;

  /** A store that costs no time. */
  private static final class InMemory implements LedgerSession {
    private final AtomicBoolean broken;
    private long head;

    InMemory(AtomicBoolean broken) {
      this.broken = broken;
    }

    @Override
    public LedgerState begin(Set<StreamId> streams, Set<StoredKey.Id> keys) {
      return new LedgerState(
          new LogPosition(head), 0, ClockDoubt.NONE, head + 1, Map.of(), Map.of(), Map.of());
    }

    @Override
    public TakenIds takenFrom(long from) {
      return new TakenIds(Set.of(), from + 10_000);
    }

    @Override
    public Optional<ChainCursor> chainCursor() {
      return Optional.empty();
    }

    @Override
    public Optional<ChainFault> chainFault() {
      return Optional.empty();
    }

    @Override
    public List<KnownFact> knownFacts(long fromLedger, long toLedger) {
      return List.of();
    }

    @Override
    public void commit(LedgerChanges changes) {
      if (broken.get()) {
        throw new LinkageError("of a test");
      }
      head += changes.events().size();
    }

    @Override
    public boolean holds(LostCommitException lost) {
      return true;
    }

    @Override
    public void close() {
      // holds nothing
    }
  }

  private static final CommitListener NOBODY =
      new CommitListener() {
        @Override
        public void committed(List<LoggedEvent> batch) {
          // nobody listens
        }

        @Override
        public void ring() {
          // nobody listens
        }
      };

  private static StreamLedger started(AtomicBoolean broken) {
    StreamLedger ledger =
        new StreamLedger(
            () -> new InMemory(broken),
            LogPosition.BEGINNING,
            NOBODY,
            Clocks.system(),
            LedgerSettings.DEFAULT);
    ledger.start();
    return ledger;
  }

  /** Callers who come while it ends, whatever they have just seen of it. */
  @Test
  void shouldAnswerEveryCommandThatMeetsItsEnd() throws Exception {
    CommandRequest create = CommandRequest.of(LedgerFixture.create());
    int written = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      StreamLedger ledger = started(new AtomicBoolean());
      Queue<CompletableFuture<Receipt>> answers = new ConcurrentLinkedQueue<>();
      CountDownLatch begun = new CountDownLatch(CALLERS);
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Thread caller =
            new Thread(
                () -> {
                  for (int command = 0; command < MOST_COMMANDS; command++) {
                    answers.add(ledger.submit(create).toCompletableFuture());
                    begun.countDown();
                  }
                });
        callers.add(caller);
        caller.start();
      }
      begun.await();
      ledger.close(Duration.ofSeconds(20));
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(answers).hasSize(CALLERS * MOST_COMMANDS);
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
          .handle((all, refusals) -> all)
          .get(5, TimeUnit.SECONDS);
      for (CompletableFuture<Receipt> answer : answers) {
        if (answer.isCompletedExceptionally()) {
          refused++;
        } else {
          written++;
        }
      }
    }
    assertThat(written).isPositive();
    assertThat(refused).isPositive();
  }

  /** At an error of the JVM all callers are on their way to the queue: nobody has told them. */
  @Test
  void shouldAnswerEveryCommandThatMeetsTheDeathOfItsWriter() throws Exception {
    CommandRequest create = CommandRequest.of(LedgerFixture.create());
    for (int round = 0; round < DEATHS; round++) {
      AtomicBoolean broken = new AtomicBoolean();
      StreamLedger ledger = started(broken);
      Queue<CompletableFuture<Receipt>> answers = new ConcurrentLinkedQueue<>();
      CountDownLatch begun = new CountDownLatch(CALLERS);
      List<Thread> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Thread caller =
            new Thread(
                () -> {
                  while (!ledger.isBroken()) {
                    answers.add(ledger.submit(create).toCompletableFuture());
                    begun.countDown();
                  }
                });
        callers.add(caller);
        caller.start();
      }
      begun.await();
      broken.set(true);
      for (Thread caller : callers) {
        caller.join();
      }
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
          .handle((all, refusals) -> all)
          .get(5, TimeUnit.SECONDS);
      ledger.close(Duration.ofSeconds(20));
    }
  }
}
