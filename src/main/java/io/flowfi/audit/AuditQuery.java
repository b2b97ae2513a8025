package io.flowfi.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which entries to find.
 *
 * @param fields texts that an entry must have, by their names
 * @param matches asked for entries that have them
 * @param since inclusive, as is {@code until}
 * @param limit of entries in an answer
 * @param from where the answer before ended
 */
public record AuditQuery(
    Map<String, String> fields,
    Predicate<JsonNode> matches,
    Optional<Instant> since,
    Optional<Instant> until,
    int limit,
    Optional<AuditMark> from) {
  public AuditQuery {
    fields = Map.copyOf(fields);
  }
}
