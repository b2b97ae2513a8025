package io.flowfi.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class RejectionsTest {
  private final Rejections rejections = new Rejections();

  @Test
  void shouldCountWhatALimitKeepsAwayAndNothingElse() {
    Rates rates = rejections.counting(Rates.local(new RateSettings(true, 2, 100, 1, 1), () -> 1));
    for (int i = 0; i < 5; i++) {
      rates.requests().take("192.0.2.1");
      rates.connects().take("192.0.2.1");
    }
    rates.authFailures().take("192.0.2.1");
    rates.authFailures().peek("192.0.2.1");
    assertThat(rejections.byLimit())
        .containsEntry("requests", 3L)
        .containsEntry("connects", 0L)
        .containsEntry("commands", 0L)
        .containsEntry("auth_failures", 1L);
  }

  @Test
  void shouldCountEveryLimitOfSlotsByItself() {
    Slots slots = rejections.counting(new LocalSlots(new ConnectionSettings(3, 2, 1)));
    slots.take("192.0.2.1", Optional.of("user"));
    assertThatThrownBy(() -> slots.take("192.0.2.2", Optional.of("user")))
        .isInstanceOf(NoSlotException.class);
    slots.take("192.0.2.1", Optional.empty());
    assertThatThrownBy(() -> slots.take("192.0.2.1", Optional.empty()))
        .isInstanceOf(NoSlotException.class);
    slots.take("192.0.2.3", Optional.empty());
    assertThatThrownBy(() -> slots.take("192.0.2.4", Optional.empty()))
        .isInstanceOf(NoSlotException.class);
    assertThat(rejections.byLimit())
        .containsEntry("connections_user", 1L)
        .containsEntry("connections_address", 1L)
        .containsEntry("connections_total", 1L);
    assertThat(slots.counts().open()).isEqualTo(3);
  }
}
