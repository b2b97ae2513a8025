/**
 * The JAX-RS side of the fan-out: the {@code SseEventSink} that replaces Jersey's, and {@code
 * SseBroadcaster}s that are a view on the fan-out's index. Uses {@code log}, {@code frames}, {@code
 * output} and {@code fanout}.
 */
package io.flowfi.sse;
