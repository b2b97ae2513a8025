package io.flowfi.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClocksTest {
  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

  private Instant wall = START;
  private long nanos = Long.MAX_VALUE - 5;
  private final Clocks clocks = new Clocks(() -> wall, () -> nanos);

  @Test
  void shouldTellWhatHasPassedThoughTheTimeOfDayIsSet() {
    wall = START.minus(Duration.ofDays(365));
    nanos += 10; // past the end of its range
    assertThat(clocks.instant()).isEqualTo(wall);
    assertThat(clocks.steadyInstant()).isEqualTo(START.plusNanos(10));
    wall = START.plus(Duration.ofDays(365));
    assertThat(clocks.steadyInstant()).isEqualTo(START.plusNanos(10));
  }
}
