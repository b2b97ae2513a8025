package io.flowfi.audit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the audit log is kept, and how long.
 *
 * @param directory of its files
 * @param retention older files are deleted, in whole days, and not all at once after a long
 *     downtime; empty keeps all
 */
public record AuditSettings(Path directory, Optional<Duration> retention) {
  public AuditSettings {
    if (retention.filter(time -> time.compareTo(Duration.ofDays(1)) < 0).isPresent()) {
      throw new IllegalArgumentException("the retention of the audit log is a day or more");
    }
  }
}
