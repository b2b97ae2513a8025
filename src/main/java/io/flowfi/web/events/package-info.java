/**
 * The resources of events: the subscription and its parameters, saved filters, history with its
 * tags and exports, requests that wait for events, and the limits of an address or account. Uses
 * {@code web.access}, {@code web.edge}, {@code web.wire}, {@code sse}, {@code fanout}, {@code
 * query}, {@code log}, {@code payment}, {@code auth}, {@code audit}, {@code limit}, {@code health}
 * and {@code threads}.
 */
package io.flowfi.web.events;
