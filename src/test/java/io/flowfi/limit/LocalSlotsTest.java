package io.flowfi.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
class LocalSlotsTest {
  private static final Optional<String> NOBODY = Optional.empty();

  /** And the refusal uses no slot. */
  @Test
  void shouldSayWhichLimitIsReached() {
    Slots slots = new LocalSlots(new ConnectionSettings(3, 2, 1));
    Optional<String> alice = Optional.of("GALICE");
    slots.take("a", alice);
    assertRefused(slots, "b", alice, Slots.Limit.USER);
    slots.take("a", NOBODY);
    assertRefused(slots, "a", NOBODY, Slots.Limit.ADDRESS);
    slots.take("b", NOBODY);
    assertRefused(slots, "c", NOBODY, Slots.Limit.TOTAL);
    assertThat(slots.counts()).isEqualTo(new SlotCounts(3, 2, 1, 2));
  }

  private static void assertRefused(
      Slots slots, String network, Optional<String> user, Slots.Limit limit) {
    assertThatThrownBy(() -> slots.take(network, user))
        .isInstanceOfSatisfying(
            NoSlotException.class, full -> assertThat(full.limit()).isEqualTo(limit));
  }

  @Test
  void shouldGiveASlotBackOnce() {
    Slots slots = new LocalSlots(new ConnectionSettings(10, 10, 10));
    slots.take("a", NOBODY);
    Runnable release = slots.take("a", NOBODY);
    release.run();
    release.run();
    assertThat(slots.counts().open()).isEqualTo(1);
    assertThat(slots.counts().addresses()).isEqualTo(1);
  }

  @Test
  void shouldNeverExceedALimitNorLeakASlotUnderChurn() throws Exception {
    Slots slots = new LocalSlots(new ConnectionSettings(6, 3, 2));
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
                  } catch (NoSlotException full) {
                    assertThat(full.limit()).isNotNull();
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
    assertThat(slots.counts().peakPerAddress()).isLessThanOrEqualTo(3);
    assertThat(slots.counts().open()).isZero();
    assertThat(slots.counts().addresses()).isZero();
    assertThat(slots.counts().users()).isZero();
  }
}
