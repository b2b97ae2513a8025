/**
 * What the nodes of one log share: tickets and spent challenges that count once, and a list of the
 * nodes that live. All of it is in the nodes' database, behind {@link
 * io.flowfi.cluster.OneTimeStore} and {@link io.flowfi.cluster.NodeStore}, and its times are those
 * of the database's clock. Implements the ports of {@code auth}. Uses {@code log} (the log's secret
 * and positions) and {@code threads}.
 */
package io.flowfi.cluster;
