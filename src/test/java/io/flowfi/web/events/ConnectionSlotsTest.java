package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalRateLimiter;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.Slots;
import io.flowfi.web.wire.ProblemException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectionSlotsTest {
  private static final ConnectionSettings LIMITS = new ConnectionSettings(10, 10, 10);
  private static final Optional<String> NOBODY = Optional.empty();

  private static ConnectionSlots of(ConnectionSettings limits) {
    return new ConnectionSlots(limits, new LocalSlots(limits), RateLimiter.NONE);
  }

  @Test
  void shouldRejectOnlyTheAddressAtTheLimit() {
    ConnectionSlots slots = of(new ConnectionSettings(10, 2, 5));
    slots.take("a", NOBODY);
    Runnable second = slots.take("a", NOBODY);
    assertThatThrownBy(() -> slots.take("a", NOBODY))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(60);
            });
    slots.take("b", NOBODY);
    second.run();
    slots.take("a", NOBODY);
    assertThat(slots.counts().open()).isEqualTo(3);
    assertThat(slots.counts().peakPerAddress()).isEqualTo(2);
  }

  @Test
  void shouldRefuseEverybodyWhenFull() {
    ConnectionSlots slots = of(new ConnectionSettings(2, 2, 5));
    Runnable first = slots.take("a", NOBODY);
    slots.take("b", NOBODY);
    assertThatThrownBy(() -> slots.take("c", NOBODY))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(503);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(60);
            });
    first.run();
    slots.take("c", NOBODY);
    assertThat(slots.counts().open()).isEqualTo(2);
    assertThat(slots.counts().addresses()).isEqualTo(2);
  }

  @Test
  void shouldRejectAUserAtTheLimitFromAnyAddress() {
    ConnectionSlots slots = of(new ConnectionSettings(10, 10, 2));
    Optional<String> alice = Optional.of("GALICE");
    Runnable first = slots.take("a", alice);
    slots.take("b", alice);
    assertThatThrownBy(() -> slots.take("c", alice))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.problem().detail()).contains("this user");
              assertThat(refusal.retryAfterSeconds()).isPositive();
            });
    // the refusal has used no slot
    assertThat(slots.counts().open()).isEqualTo(2);
    assertThat(slots.counts().addresses()).isEqualTo(2);
    slots.take("c", Optional.of("GBOB"));
    first.run();
    slots.take("c", alice);
  }

  @Test
  void shouldRefuseAnAddressThatConnectsTooOften() {
    ConnectionSlots slots =
        new ConnectionSlots(LIMITS, new LocalSlots(LIMITS), new LocalRateLimiter(3));
    for (int i = 0; i < 3; i++) {
      slots.take("a", NOBODY).run();
    }
    assertThatThrownBy(() -> slots.take("a", NOBODY))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(429);
              assertThat(refusal.retryAfterSeconds()).isBetween(1, 60);
            });
    assertThat(slots.counts().open()).isZero();
    slots.take("b", NOBODY);
  }

  /** Like nodes that share them. */
  @Test
  void shouldCountWhatOthersHaveTakenOfTheSameSlots() {
    ConnectionSettings limits = new ConnectionSettings(10, 2, 10);
    Slots slots = new LocalSlots(limits);
    ConnectionSlots here = new ConnectionSlots(limits, slots, RateLimiter.NONE);
    ConnectionSlots there = new ConnectionSlots(limits, slots, RateLimiter.NONE);
    Runnable first = here.take("a", NOBODY);
    there.take("a", NOBODY);
    assertThatThrownBy(() -> there.take("a", NOBODY)).isInstanceOf(ProblemException.class);
    first.run();
    there.take("a", NOBODY);
  }
}
