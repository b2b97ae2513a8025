package io.flowfi.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectionSlotsTest {
  @Test
  void shouldRefuseAnAddressThatHasItsShareAndNobodyElse() {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(10, 2));
    slots.take("a");
    Runnable second = slots.take("a");
    assertThatThrownBy(() -> slots.take("a"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(60);
            });
    slots.take("b");
    second.run();
    slots.take("a");
    assertThat(slots.open()).isEqualTo(3);
    assertThat(slots.peakPerAddress()).isEqualTo(2);
  }

  @Test
  void shouldRefuseEverybodyWhenFull() {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(2, 2));
    Runnable first = slots.take("a");
    slots.take("b");
    assertThatThrownBy(() -> slots.take("c"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(503);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(60);
            });
    first.run();
    slots.take("c");
    assertThat(slots.open()).isEqualTo(2);
    assertThat(slots.addresses()).isEqualTo(2);
  }

  @Test
  void shouldGiveASlotBackOnce() {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(10, 10));
    slots.take("a");
    Runnable release = slots.take("a");
    release.run();
    release.run();
    assertThat(slots.open()).isEqualTo(1);
    assertThat(slots.addresses()).isEqualTo(1);
  }

  @Test
  void shouldNeverExceedALimitNorLeakASlotUnderChurn() throws Exception {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(6, 3));
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    CountDownLatch ready = new CountDownLatch(threads);
    List<Future<Integer>> runs = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      runs.add(
          pool.submit(
              () -> {
                ready.countDown();
                ready.await();
                int taken = 0;
                for (int round = 0; round < 5_000; round++) {
                  String address = "a" + ThreadLocalRandom.current().nextInt(3);
                  try {
                    Runnable release = slots.take(address);
                    taken++;
                    release.run();
                    release.run();
                  } catch (ProblemException full) {
                    assertThat(full.problem().status()).isIn(429, 503);
                  }
                }
                return taken;
              }));
    }
    int taken = 0;
    for (Future<Integer> run : runs) {
      taken += run.get();
    }
    pool.shutdown();
    assertThat(taken).isPositive();
    assertThat(slots.peakPerAddress()).isLessThanOrEqualTo(3);
    assertThat(slots.open()).isZero();
    assertThat(slots.addresses()).isZero();
  }
}
