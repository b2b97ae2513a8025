package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BeforeVerdictsTest {
  /** More is better. */
  @ParameterizedTest
  @CsvSource({
    "5, '', 10000, published_per_s, commands/s to one of many",
    "6, flat out, 64, commands_per_s, commands/s at once",
    "11, saturation, 1000, deliveries_per_s, 'deliveries/s, 1,000'",
    "11, saturation, 10000, deliveries_per_s, 'deliveries/s, 10,000'",
    "12, cold, 5000, connects_per_s, 'subscriptions/s, cold'",
    "12, quiet, 5000, connects_per_s, 'subscriptions/s, quiet'",
    "12, busy, 5000, connects_per_s, 'subscriptions/s, busy'"
  })
  void shouldCompareRatesOfBothBuilds(
      int row, String variant, int connections, String figure, String goal) {
    for (double own : new double[] {970, 969}) {
      Results results =
          Measured.results(
              Measured.before(row, variant, connections).with(figure, 1000),
              Measured.own(row, variant, connections).with(figure, own));
      Verdicts.Verdict verdict =
          Measured.verdict(BeforeVerdicts.of(results), Integer.toString(row), goal);
      assertThat(verdict.met()).as("%.0f to 1000", own).isEqualTo(own >= 970);
      assertThat(verdict.flowfi()).isEqualTo(Progress.number(own));
      assertThat(verdict.peer()).isEqualTo("before 1,000");
    }
  }

  /** Less is better. */
  @ParameterizedTest
  @CsvSource({
    "2, rate, p50 ms at 50",
    "2, rate, p99 ms at 50",
    "6, half rate, p99 ms at half",
    "7, '', p99 ms of the others",
    "8, some stalled, p99 ms beside",
    "9, '', p50 ms under churn",
    "9, '', p99 ms under churn"
  })
  void shouldCompareLatenciesOfBothBuilds(int row, String variant, String goal) {
    for (double own : new double[] {10.3, 10.4}) {
      Results results =
          Measured.results(
              Measured.before(row, variant, 100).with(Measured.latency(10, 10, 10)),
              Measured.own(row, variant, 100).with(Measured.latency(own, own, own)));
      Verdicts.Verdict verdict =
          Measured.verdict(BeforeVerdicts.of(results), Integer.toString(row), goal);
      assertThat(verdict.met()).as("%.1f to 10", own).isEqualTo(own < 10.35);
      assertThat(verdict.ratio()).isEqualTo(Progress.number(10 / own));
    }
  }

  @Test
  void shouldCompareMemoryAndTheTimeToCatchUp() {
    Results results =
        Measured.results(
            Measured.before(3, "total", 10_000).with("kb_per_connection_after_gc", 5),
            Measured.own(3, "total", 10_000).with("kb_per_connection_after_gc", 5.3),
            Measured.before(7, "", 10_000).with("caught_up_s", 2).with(Measured.latency(1, 1, 1)),
            Measured.own(7, "", 10_000).with("caught_up_s", 1.5).with(Measured.latency(1, 1, 1)));
    List<Verdicts.Verdict> verdicts = BeforeVerdicts.of(results);
    assertThat(Measured.verdict(verdicts, "3", "KB").met()).isFalse();
    assertThat(Measured.verdict(verdicts, "7", "s until").met()).isTrue();
  }

  /** Each number of subscribers is compared with its own. */
  @Test
  void shouldNotMixFewAndManySubscribers() {
    Results results =
        Measured.results(
            Measured.before(11, "saturation", 1000).with("deliveries_per_s", 1000),
            Measured.before(11, "saturation", 10_000).with("deliveries_per_s", 900),
            Measured.own(11, "saturation", 1000).with("deliveries_per_s", 1000),
            Measured.own(11, "saturation", 10_000).with("deliveries_per_s", 500));
    List<Verdicts.Verdict> verdicts = BeforeVerdicts.of(results);
    assertThat(Measured.verdict(verdicts, "11", "deliveries/s, 1,000").met()).isTrue();
    assertThat(Measured.verdict(verdicts, "11", "deliveries/s, 10,000").met()).isFalse();
  }

  @Test
  void shouldSayNothingWithoutTheBuildBefore() {
    assertThat(
            BeforeVerdicts.of(
                Measured.results(
                    Measured.own(11, "saturation", 1000).with("deliveries_per_s", 1000))))
        .isEmpty();
  }
}
