/**
 * What the nodes of one log share: tickets and spent challenges that count once, saved filters, and
 * a list of the nodes that live, in the database; and slots for event streams, long polls and
 * exports, and the rates of commands and failed logins, in Redis if there is one; without it slots
 * are divided by what the nodes tell each other in that list. What is in the database is behind
 * {@link io.flowfi.cluster.OneTimeStore}, {@link io.flowfi.cluster.FilterStore} and {@link
 * io.flowfi.cluster.NodeStore}. Its times are those of the database's clock; what is forgotten for
 * its age must be old by the node's clock, too. Implements the ports of {@code auth}, {@code limit}
 * and {@code log}. Nodes ask each other over HTTP by {@link io.flowfi.cluster.NodeCalls}. Uses
 * {@code auth} and {@code limit} (their ports), {@code log} (the log's secret, positions and
 * filters), {@code payment}, {@code redis}, {@code http}, {@code threads} and {@code time}.
 */
package io.flowfi.cluster;
