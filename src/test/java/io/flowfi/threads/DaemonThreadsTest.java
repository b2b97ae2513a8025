package io.flowfi.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class DaemonThreadsTest {
  private final DaemonThreads threads = new DaemonThreads("test-pool");
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void letAllEnd() {
    end.countDown();
  }

  private Thread started() {
    Thread thread =
        threads.newThread(
            () -> {
              try {
                end.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void shouldBeDaemonsOfOneName() {
    Thread thread = started();
    assertThat(thread.getName()).isEqualTo("test-pool");
    assertThat(thread.isDaemon()).isTrue();
  }

  @Test
  void shouldReturnWhenTheLastThreadIsGone() throws Exception {
    Thread first = started();
    Thread second = started();
    CompletableFuture<Boolean> anyAlive = new CompletableFuture<>();
    Thread waiter =
        new Thread(
            () -> {
              threads.awaitEnd();
              anyAlive.complete(first.isAlive() || second.isAlive());
            });
    waiter.start();
    await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING || anyAlive.isDone());
    end.countDown();
    assertThat(anyAlive.get(20, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void shouldLeaveAThreadToItselfThatHangs() {
    Thread hanging = started();
    threads.awaitEnd();
    assertThat(hanging.isAlive()).isTrue();
  }

  @Test
  void shouldCutOffAThreadThatTookTheFirstInterruptsForSomethingElse() {
    AtomicInteger interrupts = new AtomicInteger();
    Thread sleeping =
        threads.newThread(
            () -> {
              while (interrupts.get() < 3) {
                try {
                  end.await();
                } catch (InterruptedException e) {
                  interrupts.incrementAndGet();
                }
              }
            });
    sleeping.start();
    threads.cutOff();
    assertThat(sleeping.isAlive()).isFalse();
  }

  @Test
  void shouldKeepAnInterruptForTheCaller() {
    started();
    Thread.currentThread().interrupt();
    threads.awaitEnd();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void shouldNotWaitForItself() throws Exception {
    CompletableFuture<Void> returned = new CompletableFuture<>();
    Thread closing =
        threads.newThread(
            () -> {
              threads.awaitEnd();
              returned.complete(null);
            });
    closing.start();
    returned.get(20, TimeUnit.SECONDS);
  }
}
