/**
 * The JAX-RS side of the fan-out: one {@code SseBroadcaster} a filter, and the {@code SseEventSink}
 * that takes the place of Jersey's. Uses {@code frames}, {@code output} and {@code fanout}.
 */
package io.flowfi.sse;
