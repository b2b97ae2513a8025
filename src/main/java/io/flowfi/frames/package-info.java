/**
 * From the log to bytes: events become {@code OutboundSseEvent}s and frames, and what a subscriber
 * missed is read from the log and written the same way. Uses {@code log} and {@code fanout}.
 */
package io.flowfi.frames;
