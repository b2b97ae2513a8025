package io.flowfi.metrics;

import io.flowfi.fanout.FanOutStatistics;
import io.flowfi.limit.SlotCounts;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** Event streams, and what is delivered through them. */
public final class DeliveryFigures implements Figures {
  private final Supplier<FanOutStatistics> fanOut;
  private final Supplier<SlotCounts> slots;
  private final int maxConnections;
  private final IntSupplier longPolls;

  /**
   * @param maxConnections event streams that may be open at once
   * @param longPolls requests that wait for events now
   */
  public DeliveryFigures(
      Supplier<FanOutStatistics> fanOut,
      Supplier<SlotCounts> slots,
      int maxConnections,
      IntSupplier longPolls) {
    this.fanOut = fanOut;
    this.slots = slots;
    this.maxConnections = maxConnections;
    this.longPolls = longPolls;
  }

  @Override
  public void writeTo(Sheet sheet) {
    FanOutStatistics now = fanOut.get();
    SlotCounts taken = slots.get();
    sheet.gauge("connections", "Event streams that are open", now.connections());
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
    sheet.gauge("slow_clients", "Event streams whose socket is full", now.parked());
    sheet.gauge("ring_events", "Latest events that are kept in memory", now.ringFrames());
    sheet.gauge("ring_bytes", "Their size", now.ringBytes());
  }
}
