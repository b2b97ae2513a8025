package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.limit.RateSettings;
import io.flowfi.web.wire.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectionSlotsTest {
  private static final RateSettings OFF = new RateSettings(false, 1, 1, 1, 1);
  private static final Optional<String> NOBODY = Optional.empty();

  @Test
  void shouldRefuseAnAddressThatHasItsShareAndNobodyElse() {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(10, 2, 5), OFF);
    slots.take("a", NOBODY);
    Runnable second = slots.take("a", NOBODY);
    assertThatThrownBy(() -> slots.take("a", NOBODY))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(60);
            });
    slots.take("b", NOBODY);
    second.run();
    slots.take("a", NOBODY);
    assertThat(slots.open()).isEqualTo(3);
    assertThat(slots.peakPerAddress()).isEqualTo(2);
  }

  @Test
  void shouldRefuseEverybodyWhenFull() {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(2, 2, 5), OFF);
    Runnable first = slots.take("a", NOBODY);
    slots.take("b", NOBODY);
    assertThatThrownBy(() -> slots.take("c", NOBODY))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(503);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(60);
            });
    first.run();
    slots.take("c", NOBODY);
    assertThat(slots.open()).isEqualTo(2);
    assertThat(slots.addresses()).isEqualTo(2);
  }

  @Test
  void shouldRefuseAUserWhoHasTheirShareWhereverTheyComeFrom() {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(10, 10, 2), OFF);
    Optional<String> alice = Optional.of("GALICE");
    Runnable first = slots.take("a", alice);
    slots.take("b", alice);
    assertThatThrownBy(() -> slots.take("c", alice))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.problem().detail()).contains("this user");
              assertThat(refusal.retryAfterSeconds()).isPositive();
            });
    // the refusal has cost nobody a place
    assertThat(slots.open()).isEqualTo(2);
    assertThat(slots.addresses()).isEqualTo(2);
    slots.take("c", Optional.of("GBOB"));
    first.run();
    slots.take("c", alice);
    assertThat(slots.users()).isEqualTo(2);
  }

  @Test
  void shouldRefuseAnAddressThatConnectsTooOften() {
    ConnectionSlots slots =
        new ConnectionSlots(new ConnectionSettings(10, 10, 10), new RateSettings(true, 1, 3, 1, 1));
    for (int i = 0; i < 3; i++) {
      slots.take("a", NOBODY).run();
    }
    assertThatThrownBy(() -> slots.take("a", NOBODY))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.retryAfterSeconds()).isBetween(1, 60);
            });
    assertThat(slots.open()).isZero();
    slots.take("b", NOBODY);
  }

  @Test
  void shouldGiveASlotBackOnce() {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(10, 10, 10), OFF);
    slots.take("a", NOBODY);
    Runnable release = slots.take("a", NOBODY);
    release.run();
    release.run();
    assertThat(slots.open()).isEqualTo(1);
    assertThat(slots.addresses()).isEqualTo(1);
  }

  @Test
  void shouldNeverExceedALimitNorLeakASlotUnderChurn() throws Exception {
    ConnectionSlots slots = new ConnectionSlots(new ConnectionSettings(6, 3, 2), OFF);
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
                  Optional<String> user = Optional.of("u" + ThreadLocalRandom.current().nextInt(3));
                  try {
                    Runnable release = slots.take(address, user);
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
    assertThat(slots.users()).isZero();
  }
}
