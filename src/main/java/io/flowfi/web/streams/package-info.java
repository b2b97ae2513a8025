/**
 * The resources of streams and users: commands, lists, summaries, and their JSON, also in the form
 * of the replaced service. Decides nothing about streams itself. Uses {@code web.events}, {@code
 * web.access}, {@code web.edge}, {@code web.wire}, {@code ledger}, {@code query}, {@code log},
 * {@code payment}, {@code auth} and {@code tracing}.
 */
package io.flowfi.web.streams;
