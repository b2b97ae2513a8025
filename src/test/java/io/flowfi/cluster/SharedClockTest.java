package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SharedClockTest {
  private final AtomicLong here = new AtomicLong(77);
  private final SharedClock clock = new SharedClock(here::get);

  @Test
  void shouldGoOnFromTheLastAnswer() {
    clock.set(Instant.ofEpochSecond(100, 5));
    assertThat(clock.nanos()).isEqualTo(TimeUnit.SECONDS.toNanos(100) + 5);
    here.addAndGet(30);
    assertThat(clock.nanos()).isEqualTo(TimeUnit.SECONDS.toNanos(100) + 35);
    clock.set(Instant.ofEpochSecond(50)); // the database's clock was set back
    here.addAndGet(1);
    assertThat(clock.nanos()).isEqualTo(TimeUnit.SECONDS.toNanos(50) + 1);
  }
}
