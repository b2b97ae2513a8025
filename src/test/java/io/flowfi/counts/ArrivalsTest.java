package io.flowfi.counts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
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

  /** Two events of one slot, noted as fast as possible: a reader must never mix them up. */
  @Test
  void shouldNeverGiveOneEventTheTimeOfAnother() throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong wrong = new AtomicLong();
    AtomicLong found = new AtomicLong();
    Thread reader =
        new Thread(
            () -> {
              while (!over.get()) {
                for (long position = 5; position < 4 * ROUND; position += ROUND) {
                  long nanos = arrivals.of(position);
                  if (nanos != Arrivals.UNKNOWN) {
                    found.incrementAndGet();
                    if (nanos != position) {
                      wrong.incrementAndGet();
                    }
                  }
                }
              }
            });
    reader.start();
    for (int i = 0; i < 2_000_000 || found.get() == 0; i++) {
      long position = 5 + i % 4 * ROUND;
      arrivals.note(position, position);
    }
    over.set(true);
    reader.join();
    assertThat(wrong).hasValue(0);
  }
}
