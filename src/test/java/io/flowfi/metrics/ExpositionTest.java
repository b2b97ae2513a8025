package io.flowfi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When figures are collected, however many ask for them. */
@Timeout(30)
class ExpositionTest {
  private final AtomicInteger collected = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private static String text(Exposition exposition) {
    return new String(exposition.answer(null).body(), UTF_8);
  }

  /** Whoever asks a hundred times a second must cost the node no more than whoever asks five. */
  @Test
  void shouldCollectFiveTimesASecondAtMost() {
    try (Exposition exposition =
        new Exposition(
            readings ->
                List.of(sheet -> sheet.gauge("collected", "help", collected.incrementAndGet())))) {
      long begun = System.nanoTime();
      int asked = 0;
      String latest = "";
      while (collected.get() < 3) {
        latest = text(exposition);
        asked++;
      }
      assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(400_000_000L);
      assertThat(asked).isGreaterThan(3);
      assertThat(latest).contains("flowfi_collected 3.0\n");
    }
  }

  /** A scraper that comes meanwhile does not wait for what is slow. */
  @Test
  void shouldGiveTheFiguresBeforeWhileOthersAreCollected() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (Exposition exposition =
        new Exposition(
            readings ->
                List.of(
                    sheet -> {
                      int now = collected.incrementAndGet();
                      if (now == 2) {
                        awaitUninterrupted(goOn);
                      }
                      sheet.gauge("collected", "help", now);
                    }))) {
      assertThat(text(exposition)).contains("flowfi_collected 1.0\n");
      CompletableFuture<String> first =
          CompletableFuture.supplyAsync(
              () -> {
                String answer = text(exposition);
                while (collected.get() < 2) {
                  answer = text(exposition);
                }
                return answer;
              },
              threads);
      try {
        await().until(() -> collected.get() == 2);
        assertThat(
                CompletableFuture.supplyAsync(() -> text(exposition), threads)
                    .get(10, TimeUnit.SECONDS))
            .contains("flowfi_collected 1.0\n");
      } finally {
        goOn.countDown();
      }
      assertThat(first.get(10, TimeUnit.SECONDS)).contains("flowfi_collected 2.0\n");
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
