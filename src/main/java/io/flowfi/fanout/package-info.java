/**
 * The fan-out engine: a ring of encoded frames, subscribers that are a filter plus a position, and
 * the pump threads that move them on. Knows nothing of HTTP: bytes leave through {@link
 * io.flowfi.fanout.EventOutput}, older events come through {@link io.flowfi.fanout.Backlog}. Uses
 * {@code log} and {@code stream} only.
 */
package io.flowfi.fanout;
