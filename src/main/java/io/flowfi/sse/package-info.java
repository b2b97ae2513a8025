/**
 * The JAX-RS side of the fan-out: the {@code SseEventSink} that replaces Jersey's, and {@code
 * SseBroadcaster}s that are a view on the fan-out's index. Uses {@code fanout}, {@code output},
 * {@code frames}, {@code log} and {@code payment}.
 */
package io.flowfi.sse;
