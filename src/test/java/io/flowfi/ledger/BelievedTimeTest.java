package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BelievedTimeTest {
  private static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;
  private static final long START = 1_800_000_000L;

  private long nanos = 5;
  private final BelievedTime time = new BelievedTime(() -> nanos);

  private void pass(long seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void shouldFollowAClockThatGoesWithTheTime() {
    assertThat(time.seconds(0, START)).isEqualTo(START);
    pass(400 * DAY);
    assertThat(time.seconds(START, START + 400 * DAY)).isEqualTo(START + 400 * DAY);
    // corrections, and drift
    assertThat(time.seconds(START, START + 400 * DAY + HOUR)).isEqualTo(START + 400 * DAY + HOUR);
  }

  @Test
  void shouldNotBelieveAJumpAheadUntilItHasStoodForADay() {
    assertThat(time.seconds(0, START)).isEqualTo(START);
    pass(10);
    long jumped = START + 3650 * DAY;
    assertThat(time.seconds(START, jumped)).isEqualTo(START + 10);
    pass(DAY - 1);
    assertThat(time.seconds(jumped, jumped + DAY - 1)).isEqualTo(START + 10 + DAY - 1);
    pass(1);
    assertThat(time.seconds(jumped, jumped + DAY)).isEqualTo(jumped + DAY);
  }

  @Test
  void shouldForgetAJumpThatWasPutRight() {
    assertThat(time.seconds(0, START)).isEqualTo(START);
    long jumped = START + 3650 * DAY;
    assertThat(time.seconds(START, jumped)).isEqualTo(START);
    pass(DAY - 10);
    assertThat(time.seconds(jumped, START + DAY - 10)).isEqualTo(START + DAY - 10);
    pass(20);
    assertThat(time.seconds(jumped, jumped + DAY)).isEqualTo(START + DAY + 10);
  }

  @Test
  void shouldGoBackWithTheClock() {
    assertThat(time.seconds(0, START)).isEqualTo(START);
    assertThat(time.seconds(START, START - 90 * DAY)).isEqualTo(START - 90 * DAY);
    pass(5);
    assertThat(time.seconds(START, START - 90 * DAY + 5)).isEqualTo(START - 90 * DAY + 5);
  }

  /** A process that starts with its clock ahead compares it with the log. */
  @Test
  void shouldGoByTheLogAtTheStart() {
    long jumped = START + 3650 * DAY;
    assertThat(time.seconds(START, jumped)).isEqualTo(START);
    pass(60);
    // its own event, dated by that clock, confirms nothing
    assertThat(time.seconds(jumped, jumped + 60)).isEqualTo(START + 60);
    BelievedTime behind = new BelievedTime(() -> nanos);
    assertThat(behind.seconds(jumped, START)).isEqualTo(START);
  }

  @Test
  void shouldCountTheTimeBeforeTheFirstCommand() {
    pass(3 * DAY);
    assertThat(time.seconds(START, START + 3 * DAY)).isEqualTo(START + 3 * DAY);
  }
}
