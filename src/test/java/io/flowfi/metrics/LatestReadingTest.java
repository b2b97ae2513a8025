package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LatestReadingTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger reads = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void shouldReadAgainAfterASecondAndNotBefore() {
    LatestReading<Integer> reading = new LatestReading<>(reads::incrementAndGet, threads);
    long begun = System.nanoTime();
    await().until(() -> reading.value().equals(Optional.of(2)));
    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(1_000_000_000L);
    assertThat(reads).hasValue(2);
  }

  /** One reading at a time, however long it takes, and the value before it meanwhile. */
  @Test
  void shouldGiveTheValueBeforeWhileASourceHangs() {
    CountDownLatch answer = new CountDownLatch(1);
    LatestReading<Integer> reading =
        new LatestReading<>(
            () -> {
              int read = reads.incrementAndGet();
              if (read == 2) {
                awaitUninterrupted(answer);
              }
              return read;
            },
            threads);
    assertThat(reading.value()).hasValue(1);
    await().until(() -> reading.value().isPresent() && reads.get() == 2);
    for (int i = 0; i < 1000; i++) {
      assertThat(reading.value()).hasValue(1);
    }
    assertThat(reads).hasValue(2);
    answer.countDown();
    await().until(() -> reading.value().equals(Optional.of(2)) || reads.get() > 2);
  }

  @Test
  void shouldHaveNoValueOnceASourceFails() {
    LatestReading<Integer> reading =
        new LatestReading<>(
            () -> {
              if (reads.incrementAndGet() > 1) {
                throw new IllegalStateException("gone");
              }
              return 1;
            },
            threads);
    assertThat(reading.value()).hasValue(1);
    await().until(() -> reading.value().isEmpty());
    threads.shutdown();
    await().until(() -> reads.get() > 1 && reading.value().isEmpty());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
