package io.flowfi.metrics;

import io.flowfi.fanout.FanOut;
import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.limit.SlotCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Event streams, and what is delivered through them. */
public final class DeliveryFigures implements Figures {
  private final Supplier<FanOutStatistics> fanOut;
  private final Supplier<SlotCounts> slots;
  private final int maxConnections;
  private final IntSupplier longPolls;
  private final LatestReading<Long> mostBehind;

  /**
   * @param maxConnections event streams that may be open at once
   * @param longPolls requests that wait for events now
   */
  public DeliveryFigures(
      FanOut fanOut,
      Supplier<SlotCounts> slots,
      int maxConnections,
      IntSupplier longPolls,
      Exposition.Readings readings) {
    this.fanOut = fanOut::statistics;
    this.mostBehind = readings.of(fanOut.connections()::mostBehind);
    this.slots = slots;
    this.maxConnections = maxConnections;
    this.longPolls = longPolls;
  }

  @Override
  public void writeTo(Sheet sheet) {
    FanOutStatistics now = fanOut.get();
    SlotCounts taken = slots.get();
    Map<List<String>, Integer> open = new LinkedHashMap<>();
    now.open().forEach((kind, count) -> open.put(List.of(kind.filter(), kind.output()), count));
    sheet.gauge(
        "connections",
        "Event streams that are open, by what they follow and how they are written to",
        List.of("filter", "output"),
        open);
    sheet.counter("connections_opened_total", "Event streams that have begun", now.opened());
    sheet.counter(
        "connections_closed_total", "Event streams that have ended", "reason", now.ended());
    sheet.counter(
        "resets_total", "How often a client was told to start over", "reason", now.resets());
    sheet.gauge("connections_limit", "Event streams that may be open at once", maxConnections);
    sheet.gauge(
        "connection_slots",
        "Event streams that count against the limit: also those that are being opened",
        taken.open());
    sheet.gauge("connection_addresses", "Client networks with an event stream", taken.addresses());
    sheet.gauge("connection_users", "Accounts with an event stream", taken.users());
    sheet.gauge(
        "filters", "Filters that the open event streams hold, by kind", "kind", now.filters());
    sheet.gauge("long_polls", "Requests that wait for events", longPolls.getAsInt());
    sheet.counter(
        "events_published_total", "Events handed to the subscribers' threads", now.published());
    sheet.counter(
        "deliveries_total", "Events handed to sockets, each subscriber counted", now.delivered());
    sheet.counter("sent_bytes_total", "Bytes that sockets have taken", now.bytes());
    sheet.histogram(
        "delivery_seconds",
        "From the arrival of a command until its event was handed to the last socket that took it"
            + " at once, for each event and each thread that delivers",
        now.latency());
    sheet.gauge("slow_clients", "Event streams whose socket is full", now.parked());
    mostBehind
        .value()
        .ifPresent(
            behind ->
                sheet.gauge(
                    "slowest_client_lag_events",
                    "How many events the slowest event stream is behind the newest one",
                    behind));
    sheet.gauge("ring_events", "Latest events that are kept in memory", now.ringFrames());
    sheet.gauge("ring_bytes", "Their size", now.ringBytes());
  }
}
