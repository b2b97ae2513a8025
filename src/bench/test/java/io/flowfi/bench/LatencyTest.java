package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatencyTest {
  private static final Offset<Double> EXACT = within(0.001);
  private static final Percentage THREE_DIGITS = Percentage.withPercentage(0.1);

  @Test
  void shouldBeNoneWithoutValues() {
    assertThat(Latency.of(Latency.histogram())).isSameAs(Latency.NONE);
  }

  @Test
  void shouldGiveMillisecondsOfMicroseconds() {
    Histogram micros = Latency.histogram();
    LongStream.rangeClosed(1, 1000).forEach(i -> micros.recordValue(1000 * i));
    Latency latency = Latency.of(micros);
    assertThat(latency.count()).isEqualTo(1000);
    assertThat(latency.mean()).isCloseTo(500.5, THREE_DIGITS);
    assertThat(latency.p50()).isCloseTo(500, THREE_DIGITS);
    assertThat(latency.p90()).isCloseTo(900, THREE_DIGITS);
    assertThat(latency.p99()).isCloseTo(990, THREE_DIGITS);
    assertThat(latency.p999()).isCloseTo(999, THREE_DIGITS);
    assertThat(latency.max()).isCloseTo(1000, THREE_DIGITS);
  }

  @Test
  void shouldNotLetOneLateValueHideAmongMany() {
    Histogram micros = Latency.histogram();
    micros.recordValueWithCount(1000, 999);
    micros.recordValue(30_000_000);
    Latency latency = Latency.of(micros);
    assertThat(latency.p50()).isCloseTo(1, EXACT);
    assertThat(latency.p99()).isCloseTo(1, EXACT);
    assertThat(latency.max()).isCloseTo(30_000, THREE_DIGITS);
  }

  @Test
  void shouldDrawACurveThatNeverFalls() {
    Histogram micros = Latency.histogram();
    LongStream.rangeClosed(1, 5000).forEach(i -> micros.recordValue(i * i % 7919 + 1));
    Latency latency = Latency.of(micros);
    assertThat(latency.curve()).hasSizeGreaterThan(15);
    assertThat(latency.curve())
        .isSortedAccordingTo((a, b) -> Double.compare(a[0], b[0]))
        .isSortedAccordingTo((a, b) -> Double.compare(a[1], b[1]));
    assertThat(latency.curve().stream().filter(p -> p[0] == 99).findFirst().orElseThrow()[1])
        .isEqualTo(latency.p99());
  }
}
