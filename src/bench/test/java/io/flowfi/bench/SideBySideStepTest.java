package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SideBySideStepTest {
  @Test
  void shouldTakeTheMeanOfFiguresAndTheMedianLatency() {
    Measurement mean =
        SideBySideStep.mean(
            List.of(
                Measured.own(8, "all read", 900)
                    .with("rate", 10)
                    .with(Measured.latency(3, 30, 300)),
                Measured.own(8, "all read", 900)
                    .with("rate", 20)
                    .with(Measured.latency(1, 99, 999)),
                Measured.own(8, "all read", 900)
                    .with("rate", 60)
                    .with(Measured.latency(2, 20, 200))));
    assertThat(mean.figure("rate")).isEqualTo(30);
    assertThat(mean.latency()).isEqualTo(Measured.latency(2, 20, 200));
    assertThat(mean)
        .extracting(Measurement::row, Measurement::variant, Measurement::connections)
        .containsExactly(8, "all read", 900);
  }
}
