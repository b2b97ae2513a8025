package io.flowfi.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A part of what was looked for.
 *
 * @param entries newest first
 * @param searchedTo when the oldest entry was written that was looked at; empty if none was
 * @param next where to go on; empty if all was looked at
 */
public record AuditFindings(
    List<JsonNode> entries, Optional<Instant> searchedTo, Optional<AuditMark> next) {
  public AuditFindings {
    entries = List.copyOf(entries);
  }
}
