/**
 * From the log to bytes: events become {@code OutboundSseEvent}s and frames, what a subscriber
 * missed is read from the log and written the same way, and what is said beside them is worded
 * here. Uses {@code log} and {@code fanout}.
 */
package io.flowfi.frames;
