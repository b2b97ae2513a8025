package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static final Comparator<Measurement> MORE =
      Comparator.comparingDouble(m -> m.figure("rate"));

  private final Results results =
      Measured.results(
          Measurement.of(1, "express", "", 10).with("rate", 5),
          Measurement.of(1, "epoll", "", 10).with("rate", 100),
          Measurement.of(1, "before", "", 10).with("rate", 90),
          Measurement.of(1, "nchan", "", 10).with("rate", 7),
          Measurement.of(2, "jersey", "", 10).with("rate", 50),
          Measurement.of(1, "flowfi-async", "", 10).with("rate", 80),
          Measurement.of(1, "flowfi", "", 10).with("rate", 60),
          Measurement.of(1, "flowfi", "second", 10).with("rate", 61));

  @Test
  void shouldFindTheBestPeerOfARow() {
    assertThat(results.bestPeer(1, m -> true, MORE).orElseThrow().server()).isEqualTo("nchan");
    assertThat(results.bestPeer(1, m -> true, MORE.reversed()).orElseThrow().server())
        .isEqualTo("express");
    assertThat(results.bestPeer(3, m -> true, MORE)).isEmpty();
  }

  @Test
  void shouldTakeTheFirstThatFits() {
    assertThat(results.one(1, "flowfi", m -> true).orElseThrow().figure("rate")).isEqualTo(60);
    assertThat(results.one(1, "flowfi", m -> m.variant().equals("second")).orElseThrow())
        .extracting(m -> m.figure("rate"))
        .isEqualTo(61.0);
    assertThat(results.one(2, "flowfi", m -> true)).isEmpty();
    assertThat(results.servers())
        .containsExactly("express", "epoll", "before", "nchan", "jersey", "flowfi-async", "flowfi");
  }

  @Test
  void shouldNotMakeUpAFigure() {
    assertThat(Measurement.of(1, "a", "", 1).figure("rate")).isNaN();
  }
}
