package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.log.EventFilter;
import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RemindersTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void shouldSpreadTheHeartbeatsOfThoseWrittenTogether() {
    FanOutSettings settings =
        new FanOutSettings(1, 1, 64, 1 << 20, Duration.ofSeconds(10), Duration.ofSeconds(30), 2000);
    Reminders reminders = new Reminders(settings, 0);
    Member member =
        new Member(
            new Subscription("client-1", EventFilter.EVERYTHING, Optional.empty(), false)) {};
    LongSummaryStatistics due =
        LongStream.range(0, 1000)
            .map(i -> reminders.heartbeatDue(member, SECOND))
            .summaryStatistics();
    assertThat(due.getMin()).isGreaterThanOrEqualTo(11 * SECOND).isLessThan(11 * SECOND + SECOND);
    assertThat(due.getMax()).isLessThanOrEqualTo(13 * SECOND).isGreaterThan(12 * SECOND);
  }
}
