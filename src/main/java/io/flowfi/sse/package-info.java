/**
 * Server-Sent Events through JAX-RS: the translation of logged events into {@code
 * OutboundSseEvent}s and frames, one {@code SseBroadcaster} a filter, and the {@code SseEventSink}
 * that takes the place of Jersey's. Its inner packages adapt to the container: {@code servlet}
 * (async output), {@code tomcat} (detached output).
 */
package io.flowfi.sse;
