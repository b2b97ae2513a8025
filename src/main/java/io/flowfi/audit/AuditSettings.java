package io.flowfi.audit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the audit log is kept, and how long.
 *
 * @param directory of its files
 * @param retention files of days longer ago than this are deleted, in whole days and not at once
 *     after a long standstill; empty keeps all
 */
public record AuditSettings(Path directory, Optional<Duration> retention) {
  public AuditSettings {
    if (retention.filter(time -> time.compareTo(Duration.ofDays(1)) < 0).isPresent()) {
      throw new IllegalArgumentException("the retention of the audit log is a day or more");
    }
  }
}
