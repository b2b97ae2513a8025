package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many endless callers share a few turns, and rest while others wait. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TurnsTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  private final AtomicLong clock = new AtomicLong(1000);
  private final List<Long> rests = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private Turns turns(int atOnce, Duration patience) {
    return new Turns(
        atOnce,
        patience,
        clock::get,
        nanos -> {
          rests.add(nanos);
          clock.addAndGet(nanos);
        });
  }

  private CompletableFuture<String> take(Turns turns, CountDownLatch begun, CountDownLatch end) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return turns.take(
                () -> {
                  begun.countDown();
                  await().until(() -> end.getCount() == 0);
                  return "done";
                });
          } catch (TimeoutException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        threads);
  }

  @Test
  void shouldRestAsLongAsTheTurnBeforeWasIfItHadToWait() throws Exception {
    Turns turns = turns(1, LONG);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<String> first = take(turns, begun, end);
    begun.await();
    Thread waiting =
        new Thread(
            () -> {
              try {
                turns.take(() -> "second");
              } catch (TimeoutException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    waiting.start();
    await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);
    clock.addAndGet(70);
    end.countDown();
    assertThat(first.get()).isEqualTo("done");
    waiting.join();
    assertThat(rests).containsExactly(70L);
  }

  @Test
  void shouldNotRestAlone() throws Exception {
    Turns turns = turns(1, LONG);
    for (int i = 0; i < 3; i++) {
      assertThat(turns.take(() -> clock.addAndGet(50))).isPositive();
    }
    assertThat(rests).isEmpty();
  }

  @Test
  void shouldLetNoMoreThanAFewAtOnce() {
    Turns turns = new Turns(2, LONG);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(
          CompletableFuture.runAsync(
              () -> {
                for (int turn = 0; turn < 50; turn++) {
                  try {
                    turns.take(
                        () -> {
                          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                          Thread.yield();
                          return inside.decrementAndGet();
                        });
                  } catch (TimeoutException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }
              },
              threads));
    }
    all.forEach(CompletableFuture::join);
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void shouldGiveUpWhenItsPatienceIsOver() throws Exception {
    Turns turns = turns(1, Duration.ofMillis(5));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<String> first = take(turns, begun, end);
    begun.await();
    assertThatThrownBy(() -> turns.take(() -> "never")).isInstanceOf(TimeoutException.class);
    end.countDown();
    first.get();
    assertThat(turns.take(() -> "again")).isEqualTo("again");
  }

  @Test
  void shouldGiveTheTurnBackWhenTheWorkFails() throws Exception {
    Turns turns = turns(1, LONG);
    assertThatThrownBy(
            () ->
                turns.take(
                    () -> {
                      throw new IllegalArgumentException("bad page");
                    }))
        .hasMessage("bad page");
    assertThat(turns.take(() -> "next")).isEqualTo("next");
  }
}
