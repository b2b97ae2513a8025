package io.flowfi.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BelievedTimeTest {
  private static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;
  private static final long START = 1_800_000_000L;

  private long nanos = 5;
  private final BelievedTime time = new BelievedTime(() -> nanos);

  private long seconds(long latest, long clock) {
    return time.seconds(latest, ClockDoubt.NONE, clock);
  }

  private void pass(long seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void shouldFollowAClockThatGoesWithTheTime() {
    assertThat(seconds(0, START)).isEqualTo(START);
    pass(400 * DAY);
    assertThat(seconds(START, START + 400 * DAY)).isEqualTo(START + 400 * DAY);
    // corrections, and drift
    assertThat(seconds(START, START + 400 * DAY + HOUR)).isEqualTo(START + 400 * DAY + HOUR);
  }

  @Test
  void shouldNotBelieveAJumpAheadUntilItHasStoodForADay() {
    assertThat(seconds(0, START)).isEqualTo(START);
    pass(10);
    long jumped = START + 3650 * DAY;
    assertThat(seconds(START, jumped)).isEqualTo(START + 10);
    pass(DAY - 1);
    assertThat(seconds(jumped, jumped + DAY - 1)).isEqualTo(START + 10 + DAY - 1);
    pass(1);
    assertThat(seconds(jumped, jumped + DAY)).isEqualTo(jumped + DAY);
  }

  @Test
  void shouldForgetAJumpThatWasPutRight() {
    assertThat(seconds(0, START)).isEqualTo(START);
    long jumped = START + 3650 * DAY;
    assertThat(seconds(START, jumped)).isEqualTo(START);
    pass(DAY - 10);
    assertThat(seconds(jumped, START + DAY - 10)).isEqualTo(START + DAY - 10);
    pass(20);
    assertThat(seconds(jumped, jumped + DAY)).isEqualTo(START + DAY + 10);
  }

  @Test
  void shouldGoBackWithTheClock() {
    assertThat(seconds(0, START)).isEqualTo(START);
    assertThat(seconds(START, START - 90 * DAY)).isEqualTo(START - 90 * DAY);
    pass(5);
    assertThat(seconds(START, START - 90 * DAY + 5)).isEqualTo(START - 90 * DAY + 5);
  }

  /** A process that starts with its clock ahead compares it with the log. */
  @Test
  void shouldGoByTheLogAtTheStart() {
    long jumped = START + 3650 * DAY;
    assertThat(seconds(START, jumped)).isEqualTo(START);
    pass(60);
    // its own event, dated by that clock, confirms nothing
    assertThat(seconds(jumped, jumped + 60)).isEqualTo(START + 60);
    BelievedTime behind = new BelievedTime(() -> nanos);
    assertThat(behind.seconds(jumped, ClockDoubt.NONE, START)).isEqualTo(START);
  }

  @Test
  void shouldCountTheTimeBeforeTheFirstCommand() {
    pass(3 * DAY);
    assertThat(seconds(START, START + 3 * DAY)).isEqualTo(START + 3 * DAY);
  }

  /** Its events are dated by the clock that is ahead. */
  @Test
  void shouldDoubtOnAfterARestart() {
    long jumped = START + 365 * DAY;
    seconds(START, jumped);
    pass(10 * HOUR);
    seconds(jumped, jumped + 10 * HOUR);
    ClockDoubt stored = time.toStore(ClockDoubt.NONE).orElseThrow();
    assertThat(stored).isEqualTo(new ClockDoubt(START + 10 * HOUR, 10 * HOUR));

    BelievedTime next = new BelievedTime(() -> nanos);
    assertThat(next.seconds(jumped + 10 * HOUR, stored, jumped + 10 * HOUR))
        .isEqualTo(START + 10 * HOUR);
    pass(14 * HOUR - 1);
    assertThat(next.seconds(jumped, stored, jumped + DAY - 1)).isEqualTo(START + DAY - 1);
    pass(1);
    assertThat(next.seconds(jumped, stored, jumped + DAY)).isEqualTo(jumped + DAY);
    assertThat(next.toStore(stored)).contains(ClockDoubt.NONE);
  }

  /** Ten quiet hours of one jump say nothing about another. */
  @Test
  void shouldCountAnewIfTheClockGoesMuchFurther() {
    seconds(START, START + 2 * HOUR);
    pass(DAY - 1);
    seconds(START, START + 2 * HOUR + DAY - 1);
    pass(1);
    assertThat(seconds(START, START + 365 * DAY)).isEqualTo(START + DAY);
    ClockDoubt stored = new ClockDoubt(START, DAY - 1);
    BelievedTime next = new BelievedTime(() -> nanos);
    pass(1);
    assertThat(next.seconds(START + 2 * HOUR, stored, START + 365 * DAY)).isEqualTo(START + 1);
  }

  /** A server that is switched off every night keeps up all the same. */
  @Test
  void shouldAddUpWhatSeveralStartsHaveSeen() {
    ClockDoubt stored = ClockDoubt.NONE;
    long latest = START;
    long clock = START;
    long late = 0;
    for (int day = 0; day < 20; day++) {
      clock += 16 * HOUR;
      BelievedTime process = new BelievedTime(() -> nanos);
      for (int hour = 0; hour <= 8; hour++) {
        late = clock - process.seconds(latest, stored, clock);
        stored = process.toStore(stored).orElse(stored);
        latest = clock;
        clock += HOUR;
        pass(HOUR);
      }
      assertThat(late).isLessThan(4 * DAY);
    }
  }

  @Test
  void shouldLeaveAloneWhatAnotherNodeHasStored() {
    seconds(START, START);
    assertThat(time.toStore(new ClockDoubt(START, 5))).isEmpty();
  }

  @Test
  void shouldStoreADoubtAgainWhenItHasLastedForAnotherMinute() {
    seconds(START, START + DAY);
    ClockDoubt stored = time.toStore(ClockDoubt.NONE).orElseThrow();
    pass(59);
    seconds(START, START + DAY + 59);
    assertThat(time.toStore(stored)).isEmpty();
    pass(1);
    seconds(START, START + DAY + 60);
    assertThat(time.toStore(stored)).contains(new ClockDoubt(START + 60, 60));
  }
}
