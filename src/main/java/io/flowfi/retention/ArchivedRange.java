package io.flowfi.retention;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * The manifest of one file of the archive.
 *
 * @param log the identity of the log
 * @param file its name; the manifest is beside it
 * @param first position of its first event
 * @param last position of its last event; there are no gaps
 * @param firstTime when the first event was written to the log, in Unix seconds; {@code lastTime}
 *     likewise
 * @param bytes its size
 * @param sha256 of its bytes, in hex
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record ArchivedRange(
    String log,
    String file,
    long first,
    long last,
    long firstTime,
    long lastTime,
    long bytes,
    String sha256) {}
