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
    LongSummaryStatistics due = due(reminders, Optional.empty());
    assertThat(due.getMin()).isGreaterThanOrEqualTo(11 * SECOND).isLessThan(11 * SECOND + SECOND);
    assertThat(due.getMax()).isLessThanOrEqualTo(13 * SECOND).isGreaterThan(12 * SECOND);

    LongSummaryStatistics asked = due(reminders, Optional.of(Duration.ofSeconds(5)));
    assertThat(asked.getMin()).isGreaterThanOrEqualTo(6 * SECOND).isLessThan(6 * SECOND + SECOND);
    assertThat(asked.getMax()).isLessThanOrEqualTo(7 * SECOND).isGreaterThan(6 * SECOND);
  }

  private static LongSummaryStatistics due(Reminders reminders, Optional<Duration> asked) {
    Subscription subscription =
        new Subscription("client-1", EventFilter.EVERYTHING, Optional.empty(), false, asked);
    Member member = new Member(subscription) {};
    return LongStream.range(0, 1000)
        .map(i -> reminders.heartbeatDue(member, SECOND))
        .summaryStatistics();
  }
}
