package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackfillVerdictsTest {
  @ParameterizedTest
  @CsvSource({
    // events/s, commands/s, p99 ms, KB of heap more
    "embedded, 20000, 9000, 99.9, 10239, true",
    "embedded, 19999, 9000, 50, 0, false",
    "embedded, 20000, 20001, 50, 0, false",
    "embedded, 20000, 9000, 100, 0, false",
    "embedded, 20000, 9000, 50, 10240, false",
    "embedded, 20000, 9000, 50, -500, true",
    "postgres, 10000, 9000, 50, 0, true",
    "postgres, 9999, 9000, 50, 0, false"
  })
  void shouldBeMetOnlyIfRateCommandsAndHeapAre(
      String store, double events, double commands, double p99, double heap, boolean met) {
    Results results =
        Measured.results(
            Measured.own(17, store, 64)
                .with("events_per_s", events)
                .with("commands_per_s", commands)
                .with("heap_grown_kb", heap)
                .with(Measured.latency(p99 / 2, p99, p99)));
    assertThat(BackfillVerdicts.of(results))
        .singleElement()
        .extracting(Verdicts.Verdict::met)
        .isEqualTo(met);
  }

  @Test
  void shouldSayWhatWasReached() {
    Results results =
        Measured.results(
            Measured.own(17, "embedded", 64)
                .with("events_per_s", 12_861)
                .with("commands_per_s", 6_150)
                .with("heap_grown_kb", 4000)
                .with(Measured.latency(10, 90.7, 95)));
    Verdicts.Verdict verdict = BackfillVerdicts.of(results).get(0);
    assertThat(verdict.flowfi()).isEqualTo("12,861; commands' p99 90.7 ms; heap +3.9 MB");
    assertThat(verdict.peer()).isEqualTo("commands 6,150");
    assertThat(verdict.ratio()).isEqualTo("2.09");
  }

  /** A heap that was not read is not flat. */
  @Test
  void shouldNotBeMetByWhatWasNotMeasured() {
    List<Verdicts.Verdict> verdicts =
        BackfillVerdicts.of(
            Measured.results(
                Measured.own(17, "embedded", 64)
                    .with("events_per_s", 50_000)
                    .with("commands_per_s", 6_150)
                    .with(Measured.latency(1, 1, 1))));
    assertThat(verdicts).singleElement().extracting(Verdicts.Verdict::met).isEqualTo(false);
    assertThat(BackfillVerdicts.of(Measured.results())).isEmpty();
  }
}
