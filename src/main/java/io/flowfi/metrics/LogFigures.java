package io.flowfi.metrics;

import io.flowfi.feed.EventFeed;
import io.flowfi.ledger.LedgerStatistics;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogBounds;
import java.util.Map;
import java.util.function.Supplier;

/** The log, its writer's queue, and how far the feed is with it. */
public final class LogFigures implements Figures {
  private final EventFeed feed;
  private final Supplier<LedgerStatistics> ledger;
  private final LatestReading<LogBounds> bounds;

  public LogFigures(
      EventLog log,
      EventFeed feed,
      Supplier<LedgerStatistics> ledger,
      Exposition.Readings readings) {
    this.feed = feed;
    this.ledger = ledger;
    this.bounds = readings.of(log::bounds);
  }

  @Override
  public void writeTo(Sheet sheet) {
    long at = feed.position().value();
    sheet.gauge("feed_position", "Position of the last event that the feed has passed on", at);
    write(ledger.get(), sheet);
    bounds
        .value()
        .ifPresent(
            known -> {
              sheet.gauge(
                  "log_head", "Position of the newest event of the log", known.head().value());
              sheet.gauge(
                  "log_oldest",
                  "Position of the oldest event that the log still keeps",
                  known.oldest().value());
              sheet.gauge(
                  "feed_lag_events",
                  "Events that the log holds and the feed has not passed on",
                  Math.max(0, known.head().value() - at));
            });
  }

  private static void write(LedgerStatistics ledger, Sheet sheet) {
    sheet.gauge("commands_waiting", "Commands that wait to be written", ledger.waiting());
    sheet.gauge("commands_waiting_limit", "How many commands may wait", ledger.capacity());
    sheet.counter(
        "commands_total",
        "Commands and facts of the chain, by result",
        "result",
        Map.of(
            "recorded", ledger.recorded(),
            "rejected", ledger.rejected(),
            "failed", ledger.failed()));
    sheet.histogram("commit_seconds", "How long transactions of the log took", ledger.commits());
    sheet.histogram(
        "command_seconds", "From the arrival of a command until it was durable", ledger.commands());
    sheet.histogram("batch_commands", "Commands in a transaction of the log", ledger.batches());
  }
}
