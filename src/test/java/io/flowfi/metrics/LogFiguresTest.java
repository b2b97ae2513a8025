package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.counts.HistogramCounts;
import io.flowfi.feed.EventFeed;
import io.flowfi.feed.FeedSink;
import io.flowfi.ledger.LedgerStatistics;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.LoggedEvent;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Each figure has a value of its own here, so that none is taken for another. */
class LogFiguresTest {
  private static final LedgerStatistics LEDGER =
      new LedgerStatistics(
          11,
          4096,
          70,
          20,
          30,
          new HistogramCounts(new double[] {0.5, 1}, new long[] {4, 2, 1}, 5.5),
          new HistogramCounts(new double[] {0.5, 1}, new long[] {5, 3, 2}, 8.25),
          new HistogramCounts(new double[] {1, 2}, new long[] {6, 1, 0}, 8));

  /** Which says where it begins and ends, or fails. */
  private record Bounds(Supplier<LogBounds> reading) implements EventLog {
    @Override
    public LogIdentity identity() {
      return new LogIdentity("k3f9");
    }

    @Override
    public LogBounds bounds() {
      return reading.get();
    }

    @Override
    public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
      throw new IllegalStateException("nobody reads events for a figure");
    }
  }

  /** The feed does not run, so nothing comes. */
  private static final class Nobody implements FeedSink {
    @Override
    public void accept(List<LoggedEvent> events) {
      throw new IllegalStateException("nothing was published");
    }

    @Override
    public void skipTo(LogPosition position) {
      throw new IllegalStateException("nothing was removed");
    }
  }

  private static Map<String, Double> read(EventLog log, long feedAt) {
    EventFeed feed = new EventFeed(log, new Nobody(), new LogPosition(feedAt));
    return PrometheusText.values(readings -> new LogFigures(log, feed, () -> LEDGER, readings));
  }

  private static EventLog from(long oldest, long head) {
    return new Bounds(() -> new LogBounds(new LogPosition(oldest), new LogPosition(head)));
  }

  @Test
  void shouldShowWhereTheLogIsAndHowFarTheFeedIsBehind() {
    assertThat(read(from(300, 1000), 940))
        .containsEntry("flowfi_log_oldest", 300.0)
        .containsEntry("flowfi_log_head", 1000.0)
        .containsEntry("flowfi_feed_position", 940.0)
        .containsEntry("flowfi_feed_lag_events", 60.0);
    assertThat(read(from(300, 1000), 1001))
        .as("the bounds were read before an event came")
        .containsEntry("flowfi_feed_lag_events", 0.0);
  }

  @Test
  void shouldShowTheQueueTheResultsAndTheTimesOfTheWriter() {
    assertThat(read(from(1, 0), 0))
        .containsEntry("flowfi_commands_waiting", 11.0)
        .containsEntry("flowfi_commands_waiting_limit", 4096.0)
        .containsEntry("flowfi_commands_totalrecorded", 70.0)
        .containsEntry("flowfi_commands_totalrejected", 20.0)
        .containsEntry("flowfi_commands_totalfailed", 30.0)
        .containsEntry("flowfi_commit_seconds_bucket0.5", 4.0)
        .containsEntry("flowfi_commit_seconds_bucket1.0", 6.0)
        .containsEntry("flowfi_commit_seconds_bucket+Inf", 7.0)
        .containsEntry("flowfi_commit_seconds_count", 7.0)
        .containsEntry("flowfi_commit_seconds_sum", 5.5)
        .containsEntry("flowfi_command_seconds_count", 10.0)
        .containsEntry("flowfi_command_seconds_sum", 8.25)
        .containsEntry("flowfi_batch_commands_bucket1.0", 6.0)
        .containsEntry("flowfi_batch_commands_count", 7.0)
        .containsEntry("flowfi_batch_commands_sum", 8.0);
  }

  /** An alert on what is missing would be wrong, one on what is there must still come. */
  @Test
  void shouldLeaveOutWhatOnlyTheStoreKnowsWhileItFails() {
    EventLog failing =
        new Bounds(
            () -> {
              throw new LogUnavailableException("the disk is gone", null);
            });
    assertThat(read(failing, 940))
        .containsEntry("flowfi_feed_position", 940.0)
        .containsEntry("flowfi_commands_totalfailed", 30.0)
        .containsEntry("flowfi_figures_failed", 0.0)
        .doesNotContainKeys("flowfi_log_head", "flowfi_log_oldest", "flowfi_feed_lag_events");
  }
}
