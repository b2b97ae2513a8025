package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "1234567.8, '1,234,568'",
    "100.4, 100",
    "99.96, 100.0",
    "12.34, 12.3",
    "9.169, 9.17",
    "0.9914, 0.991",
    "-0.5, -0.500",
    "NaN, -"
  })
  void shouldShowFewDigits(double value, String shown) {
    assertThat(Progress.number(value)).isEqualTo(shown);
  }

  @Test
  void shouldSayWhatRunsAndWhatCameOfIt() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Progress progress = new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), 2, 125);
    progress.begin("flowfi", "saturation");
    progress.result(
        Measured.own(1, "saturation", 1000)
            .with("deliveries_per_s", 1_006_253)
            .with(Measured.latency(1, 2, 3)));
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "2 measurements, about 2:05",
            "[ 1/2] 0:00 of about 2:05  flowfi: saturation",
            "        flowfi, 1,000: saturation deliveries_per_s=1,006,253 p50=1.00 ms p99=2.00 ms max=3.0 ms");
  }
}
