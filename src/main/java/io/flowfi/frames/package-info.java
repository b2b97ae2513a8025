/**
 * From the log to bytes: events become {@code OutboundSseEvent}s and frames, missed events are read
 * from the log and encoded in the same way, and all other frames are built here. Uses {@code
 * payment}, {@code log} and {@code fanout}.
 */
package io.flowfi.frames;
