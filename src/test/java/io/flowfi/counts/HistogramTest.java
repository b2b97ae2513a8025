package io.flowfi.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HistogramTest {
  private final Histogram histogram = new Histogram(new long[] {10, 20, 40}, 10);

  private void count(long... values) {
    for (long value : values) {
      histogram.count(value);
    }
  }

  @Test
  void shouldCountAValueUnderTheFirstBoundThatItDoesNotExceed() {
    count(0, 10, 11, 20, 21, 40, 41, 1000);
    HistogramCounts read = histogram.read();
    assertThat(read.counts()).containsExactly(2, 2, 2, 2);
    assertThat(read.bounds()).containsExactly(1, 2, 4);
    assertThat(read.count()).isEqualTo(8);
    assertThat(read.sum()).isEqualTo(114.3);
  }

  @Test
  void shouldReadTimesInSecondsAsPeopleWriteThem() {
    Histogram times = Histogram.ofNanos();
    times.count(300_000);
    assertThat(times.read().bounds()).startsWith(0.0001, 0.00025, 0.0005, 0.001).endsWith(30);
    assertThat(times.read().counts()).startsWith(0, 0, 1, 0);
    assertThat(times.read().sum()).isEqualTo(0.0003);
  }

  @Test
  void shouldTellWhatWasCountedSinceAnEarlierReading() {
    count(5, 15, 100);
    HistogramCounts before = histogram.read();
    count(15, 15, 30);
    HistogramCounts since = histogram.read().since(before);
    assertThat(since.counts()).containsExactly(0, 2, 1, 0);
    assertThat(since.sum()).isEqualTo(6, within(1e-9));
    // another process, or one that was reset
    HistogramCounts anew = before.since(histogram.read());
    assertThat(anew.counts()).containsExactly(1, 1, 0, 1);
    assertThatThrownBy(() -> before.since(Histogram.ofSizes().read()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldEstimateAQuantileWithinItsBucket() {
    assertThat(histogram.read().quantile(0.5)).isZero();
    count(5, 5, 15, 15, 15, 15, 30, 30, 30, 500);
    HistogramCounts read = histogram.read();
    assertThat(read.quantile(0.2)).isEqualTo(1);
    assertThat(read.quantile(0.4)).isEqualTo(1.5);
    assertThat(read.quantile(0.9)).isCloseTo(4, within(1e-9));
    assertThat(read.quantile(0.99)).as("above all bounds").isEqualTo(4);
  }

  @Test
  void shouldAddTheCountsOfTwo() {
    Histogram other = new Histogram(new long[] {10, 20, 40}, 10);
    count(5, 50);
    other.count(15);
    HistogramCounts both = histogram.read().plus(other.read());
    assertThat(both.counts()).containsExactly(1, 1, 0, 1);
    assertThat(both.sum()).isEqualTo(7);
    HistogramCounts another = Histogram.ofSizes().read();
    assertThatThrownBy(() -> both.plus(another)).isInstanceOf(IllegalArgumentException.class);
  }
}
