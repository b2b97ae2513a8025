package io.flowfi.metrics;

import io.flowfi.feed.EventFeed;
import io.flowfi.log.EventLog;
import io.flowfi.log.LogBounds;
import java.util.function.IntSupplier;

/** The log, its writer's queue, and how far the feed is with it. */
public final class LogFigures implements Figures {
  private final EventFeed feed;
  private final IntSupplier waiting;
  private final LatestReading<LogBounds> bounds;

  /**
   * @param waiting commands that wait to be written
   */
  public LogFigures(
      EventLog log, EventFeed feed, IntSupplier waiting, Exposition.Readings readings) {
    this.feed = feed;
    this.waiting = waiting;
    this.bounds = readings.of(log::bounds);
  }

  @Override
  public void writeTo(Sheet sheet) {
    long at = feed.position().value();
    sheet.gauge("feed_position", "Position of the last event that the feed has passed on", at);
    sheet.gauge("commands_waiting", "Commands that wait to be written", waiting.getAsInt());
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
}
