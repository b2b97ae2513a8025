package io.flowfi.counts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ArrivalsTest {
  private static final long ROUND = 1 << 14;

  private final Arrivals arrivals = new Arrivals();

  @Test
  void shouldKnowTheLatestAndForgetTheOldest() {
    assertThat(arrivals.of(1)).isEqualTo(Arrivals.UNKNOWN);
    arrivals.note(1, 11);
    arrivals.note(2, -12);
    assertThat(arrivals.of(1)).isEqualTo(11);
    assertThat(arrivals.of(2)).isEqualTo(-12);
    arrivals.note(1 + ROUND, 13);
    assertThat(arrivals.of(1)).isEqualTo(Arrivals.UNKNOWN);
    assertThat(arrivals.of(1 + ROUND)).isEqualTo(13);
  }

  /**
   * Events of one slot, noted as fast as possible: a reader must never mix them up. As in a log, no
   * position comes twice.
   */
  @Test
  void shouldNeverGiveOneEventTheTimeOfAnother() throws InterruptedException {
    AtomicLong latest = new AtomicLong();
    AtomicLong wrong = new AtomicLong();
    AtomicLong found = new AtomicLong();
    Thread reader =
        new Thread(
            () -> {
              while (latest.get() >= 0) {
                long position = latest.get();
                long nanos = arrivals.of(position);
                if (position > 0 && nanos != Arrivals.UNKNOWN) {
                  found.incrementAndGet();
                  if (nanos != position) {
                    wrong.incrementAndGet();
                  }
                }
              }
            });
    reader.start();
    for (long i = 0; i < 2_000_000 || found.get() == 0; i++) {
      long position = 5 + i * ROUND;
      arrivals.note(position, position);
      latest.set(position);
    }
    latest.set(-1);
    reader.join();
    assertThat(wrong).hasValue(0);
  }
}
