/**
 * The statistics of a node. Each part counts for itself and gives a record of its own; this package
 * puts them together and counts nothing itself: as one record for {@code GET /v1/events/stats}, as
 * {@link io.flowfi.metrics.Figures} for {@code GET /metrics}, and as samples of the last hour for
 * the console. Uses {@code audit}, {@code auth}, {@code counts}, {@code fanout}, {@code feed},
 * {@code health}, {@code http}, {@code indexer}, {@code ledger}, {@code limit}, {@code log}, {@code
 * relay}, {@code store} and {@code threads}.
 */
package io.flowfi.metrics;
