/**
 * The resources for administrators: who is connected, what the node and its indexer do, and what
 * its users are told. Uses {@code web.access}, {@code web.edge}, {@code web.wire}, {@code sse},
 * {@code fanout}, {@code ledger}, {@code query}, {@code log}, {@code payment}, {@code indexer},
 * {@code relay}, {@code cluster}, {@code auth}, {@code audit}, {@code health}, {@code logs} and
 * {@code metrics}.
 */
package io.flowfi.web.admin;
