package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.fanout.TimerWheel.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final long TICK = 10;

  @Test
  void shouldNeverBeEarlyAndAtMostOneTickLate() {
    TimerWheel wheel = new TimerWheel(TICK, 1000);
    Random random = new Random(7);
    List<Long> dues = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      long due = 1000L + random.nextInt(9000); // beyond one revolution of 256 ticks, too
      dues.add(due);
      wheel.schedule(null, Timer.HEARTBEAT, due);
    }
    dues.sort(null);
    int fired = 0;
    for (long now = 1000; now <= 11_000; now += 3) {
      int[] count = {0};
      wheel.turn(now, (connection, timer) -> count[0]++);
      for (int i = 0; i < count[0]; i++) {
        assertThat(dues.get(fired)).isLessThanOrEqualTo(now).isGreaterThan(now - TICK - 3);
        fired++;
      }
    }
    assertThat(fired).isEqualTo(500);
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void shouldForgetWhatIsCancelledAtOnce() {
    TimerWheel wheel = new TimerWheel(TICK, 0);
    TimerWheel.Entry first = wheel.schedule(null, Timer.STALL, 95);
    TimerWheel.Entry second = wheel.schedule(null, Timer.STALL, 95);
    TimerWheel.Entry later = wheel.schedule(null, Timer.HEARTBEAT, 95 + 256 * TICK);
    wheel.cancel(first);
    wheel.cancel(first);
    List<Timer> fired = new ArrayList<>();
    wheel.turn(200, (connection, timer) -> fired.add(timer));
    assertThat(fired).containsExactly(Timer.STALL);
    wheel.cancel(second); // was already due
    assertThat(wheel.isEmpty()).isFalse();
    wheel.cancel(later);
    assertThat(wheel.isEmpty()).isTrue();
    wheel.turn(100_000, (connection, timer) -> fired.add(timer));
    assertThat(fired).hasSize(1);
  }

  /** A connection that is closed by one of its timers cancels the other one. */
  @Test
  void shouldNotBringWhatIsCancelledWhileTheWheelTurns() {
    TimerWheel wheel = new TimerWheel(TICK, 0);
    List<TimerWheel.Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      entries.add(wheel.schedule(null, Timer.HEARTBEAT, 95));
    }
    int[] fired = {0};
    wheel.turn(
        200,
        (connection, timer) -> {
          fired[0]++;
          entries.forEach(wheel::cancel);
        });
    assertThat(fired[0]).isEqualTo(1);
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void shouldFireEverythingOnceAfterALongSleep() {
    TimerWheel wheel = new TimerWheel(TICK, 0);
    for (int i = 1; i <= 1000; i++) {
      wheel.schedule(null, Timer.STALL, i * 7L);
    }
    List<Timer> fired = new ArrayList<>();
    wheel.turn(100_000, (connection, timer) -> fired.add(timer));
    wheel.turn(200_000, (connection, timer) -> fired.add(timer));
    assertThat(fired).hasSize(1000).containsOnly(Timer.STALL);
  }

  @Test
  void shouldTakeNewEntriesWhileTurning() {
    TimerWheel wheel = new TimerWheel(TICK, 0);
    int[] fired = {0};
    wheel.schedule(null, Timer.HEARTBEAT, 5);
    for (long now = 0; now <= 1000; now += TICK) {
      long due = now + 1;
      wheel.turn(
          now,
          (connection, timer) -> {
            fired[0]++;
            wheel.schedule(null, timer, due);
          });
    }
    assertThat(fired[0]).isEqualTo(100);
  }
}
