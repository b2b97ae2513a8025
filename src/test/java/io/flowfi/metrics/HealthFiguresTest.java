package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.health.HealthCheck;
import io.flowfi.health.ServerStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HealthFiguresTest {
  private record Check(String name, Optional<String> trouble, Optional<String> degraded)
      implements HealthCheck {}

  private static final HealthCheck WELL = new Check("ledger", Optional.empty(), Optional.empty());
  private static final HealthCheck DOWN =
      new Check("feed", Optional.of("has stopped"), Optional.empty());
  private static final HealthCheck DEGRADED =
      new Check("relay", Optional.empty(), Optional.of("polls"));

  /** Only what these figures ask. */
  private record Status(String mode, String version) implements ServerStatus {
    @Override
    public boolean isDraining() {
      return false;
    }

    @Override
    public boolean isBroken() {
      return false;
    }

    @Override
    public boolean hasStarted() {
      return true;
    }

    @Override
    public Map<String, String> troubles() {
      return Map.of();
    }

    @Override
    public Map<String, String> degraded() {
      return Map.of();
    }
  }

  private static Map<String, Double> read(HealthCheck... checks) {
    return PrometheusText.values(
        readings -> new HealthFigures(new Status("secured", "1.2.3"), List.of(checks), readings));
  }

  @Test
  void shouldBeReadyWhileAPartIsOnlyDegraded() {
    assertThat(read(WELL, DEGRADED))
        .containsEntry("flowfi_build_info" + "secured" + "1.2.3", 1.0)
        .containsEntry("flowfi_ready", 1.0)
        .containsEntry("flowfi_part_down" + "ledger", 0.0)
        .containsEntry("flowfi_part_down" + "relay", 0.0)
        .containsEntry("flowfi_part_degraded" + "ledger", 0.0)
        .containsEntry("flowfi_part_degraded" + "relay", 1.0);
  }

  @Test
  void shouldNotBeReadyWhileAPartIsDown() {
    assertThat(read(WELL, DOWN, DEGRADED))
        .containsEntry("flowfi_ready", 0.0)
        .containsEntry("flowfi_part_down" + "feed", 1.0)
        .containsEntry("flowfi_part_down" + "ledger", 0.0)
        .containsEntry("flowfi_part_degraded" + "feed", 0.0)
        .containsEntry("flowfi_part_degraded" + "relay", 1.0);
  }

  /** Of two checks with a name one is enough. */
  @Test
  void shouldBeDownIfOneOfItsChecksIs() {
    Check well = new Check("feed", Optional.empty(), Optional.empty());
    assertThat(read(well, DOWN)).containsEntry("flowfi_part_down" + "feed", 1.0);
    assertThat(read(DOWN, well)).containsEntry("flowfi_part_down" + "feed", 1.0);
  }

  /** A part that does not say within a scrape's patience how it is counts as down. */
  @Test
  void shouldNotBeReadyWhileAPartDoesNotAnswer() {
    CountDownLatch answer = new CountDownLatch(1);
    HealthCheck hanging =
        new HealthCheck() {
          @Override
          public String name() {
            return "store";
          }

          @Override
          public Optional<String> trouble() {
            await().until(() -> answer.getCount() == 0);
            return Optional.empty();
          }
        };
    try {
      assertThat(read(hanging))
          .containsEntry("flowfi_ready", 0.0)
          .containsEntry("flowfi_part_down" + "store", 1.0);
    } finally {
      answer.countDown();
    }
  }
}
