package io.flowfi.metrics;

import static io.flowfi.metrics.PartHealth.State.DEGRADED;
import static io.flowfi.metrics.PartHealth.State.DOWN;
import static io.flowfi.metrics.PartHealth.State.WELL;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.health.HealthCheck;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PartHealthTest {
  private record Check(String name, Optional<String> trouble, Optional<String> degraded)
      implements HealthCheck {}

  private static HealthCheck check(String name, String trouble, String degraded) {
    return new Check(name, Optional.ofNullable(trouble), Optional.ofNullable(degraded));
  }

  @Test
  void shouldNameEachPartOnceAsItsWorstCheckHasIt() {
    assertThat(
            PartHealth.of(
                List.of(
                    check("ledger", null, null),
                    check("fanOut", "does not deliver", "slow"),
                    check("relay", null, "polls"),
                    check("fanOut", null, "warm-up"),
                    check("relay", null, null))))
        .containsExactly(
            new PartHealth("ledger", WELL, ""),
            new PartHealth("fanOut", DOWN, "does not deliver"),
            new PartHealth("relay", DEGRADED, "polls"));
  }
}
