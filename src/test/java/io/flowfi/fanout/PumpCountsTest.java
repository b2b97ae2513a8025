package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.counts.Arrivals;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PumpCountsTest {
  private final Arrivals arrivals = new Arrivals();
  private final PumpCounts counts = new PumpCounts(arrivals);

  @Test
  void shouldTimeEveryEventOfARoundThatDeliveredSomething() {
    long now = System.nanoTime();
    arrivals.note(1, now - TimeUnit.SECONDS.toNanos(40));
    arrivals.note(2, now - TimeUnit.MILLISECONDS.toNanos(700));
    arrivals.note(4, now - TimeUnit.MILLISECONDS.toNanos(600));
    long before = counts.deliveredFrames();
    counts.roundEnded(1, 4, before);
    assertThat(counts.latency().count()).as("nobody got anything").isZero();
    counts.delivered(1);
    counts.roundEnded(1, 4, before);
    assertThat(counts.latency().count()).as("3 came from another node").isEqualTo(2);
    assertThat(counts.latency().sum()).isBetween(1.3, 39.0);
    assertThat(counts.latency().quantile(1)).isLessThanOrEqualTo(30);
  }

  @Test
  void shouldKnowHowManyAreOpenOfEachKind() {
    counts.opened(FilterKind.ALL, true);
    counts.opened(FilterKind.USERS, false);
    counts.opened(FilterKind.USERS, false);
    counts.ended(FilterKind.USERS, false);
    counts.closing(CloseReason.ROTATION);
    counts.departed();
    assertThat(counts.open()).isEqualTo(2);
    assertThat(counts.open(FilterKind.USERS, false)).isEqualTo(1);
    assertThat(counts.open(FilterKind.USERS, true)).isZero();
    assertThat(counts.closed(CloseReason.ROTATION)).isEqualTo(1);
    assertThat(counts.everOpened() - counts.everEnded()).isEqualTo(counts.open());
    assertThat(counts.gone()).isEqualTo(1);
  }
}
