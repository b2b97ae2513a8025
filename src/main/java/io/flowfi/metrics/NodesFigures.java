package io.flowfi.metrics;

import io.flowfi.relay.RelayStatistics;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The other nodes of the log, and what they tell each other. */
public final class NodesFigures implements Figures {
  private final IntSupplier nodes;
  private final Supplier<Optional<RelayStatistics>> relay;

  /**
   * @param nodes that live, this one included
   * @param relay empty if nothing carries messages between nodes
   */
  public NodesFigures(IntSupplier nodes, Supplier<Optional<RelayStatistics>> relay) {
    this.nodes = nodes;
    this.relay = relay;
  }

  @Override
  public void writeTo(Sheet sheet) {
    sheet.gauge("nodes", "Nodes of this log that live, this one included", nodes.getAsInt());
    relay.get().ifPresent(now -> write(now, sheet));
  }

  private static void write(RelayStatistics relay, Sheet sheet) {
    sheet.gauge(
        "relay_connected",
        "1 if this node has heard its own words within the last seconds",
        relay.connected() ? 1 : 0);
    relay
        .lagMicros()
        .ifPresent(
            micros ->
                sheet.gauge(
                    "relay_lag_seconds",
                    "How long this node's last message took to come back",
                    micros / 1e6));
    sheet.counter("relay_sent_total", "Messages that went out to other nodes", relay.sent());
    sheet.counter(
        "relay_not_sent_total",
        "Batches that did not go out, because the channel was away or slow",
        relay.notSent());
    sheet.counter(
        "relay_received_total", "Messages of other nodes that were believed", relay.received());
    sheet.counter(
        "relay_foreign_total", "Messages of another log, which were dropped", relay.foreign());
    sheet.counter(
        "relay_unsigned_total",
        "Messages that no node of this log has sent, which were dropped",
        relay.unsigned());
    sheet.counter("relay_connects_total", "How often receiving began", relay.connects());
  }
}
