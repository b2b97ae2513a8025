package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainCursor;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * When all nodes are far behind, and for how long. The other faults are in {@link FollowerTest}.
 */
class CurrentFaultTest {
  private static final Instant BEGIN = Instant.ofEpochSecond(1_800_000_000);
  private static final Optional<ChainCursor> AT_5000 =
      Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 5000, 5000, 1));

  private final CurrentFault fault = new CurrentFault();

  private void told(long latest, Duration later) {
    fault.judge(Map.of("a", Verdict.lags(latest)), 1, AT_5000, BEGIN.plus(later));
  }

  @Test
  void shouldBeOneAfterTenMinutesWithoutAnEnd() {
    told(3999, Duration.ZERO);
    told(3999, CurrentFault.BEHIND_PATIENCE.minusSeconds(1));
    assertThat(fault.get()).isEmpty();
    told(3999, CurrentFault.BEHIND_PATIENCE);
    assertThat(fault.get()).contains(new Fault.TipBehind(5000, 3999));
    assertThat(fault.isFinal()).isTrue();
  }

  @Test
  void shouldCountTheTimeAnewWhenANodeWasNearMeanwhile() {
    told(3999, Duration.ZERO);
    told(4000, Duration.ofMinutes(9));
    told(3999, Duration.ofMinutes(10));
    assertThat(fault.get()).isEmpty();
    told(3999, Duration.ofMinutes(20));
    assertThat(fault.get()).isPresent();
  }

  @Test
  void shouldCountTheTimeAnewWhenTheCursorGoesOn() {
    told(3999, Duration.ZERO);
    fault.goesOn();
    told(3999, Duration.ofMinutes(10));
    assertThat(fault.get()).isEmpty();
  }
}
