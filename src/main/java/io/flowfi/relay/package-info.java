/**
 * How the nodes of one log hear of each other's commits. Each committed batch is told once over a
 * {@link io.flowfi.relay.Channel}, with the events if they fit; and the log is looked at regularly.
 * The channel may lose, repeat, delay, reorder or forge messages: that costs time and never an
 * event, because only what another node has signed is believed, and the feed orders it and fills
 * gaps from the log. Uses {@code log}, {@code payment}, {@code redis}, {@code health} and {@code
 * threads}.
 */
package io.flowfi.relay;
