package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.audit.AuditEntry;
import io.flowfi.audit.AuditLog;
import io.flowfi.audit.AuditSettings;
import io.flowfi.time.Clocks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFiguresTest {
  @TempDir private Path directory;

  @Test
  void shouldCountWhatTheAuditLogCouldNotKeep() {
    AuditLog audit = new AuditLog(new AuditSettings(directory, Optional.empty()), Clocks.system());
    assertThat(read(audit)).containsEntry("flowfi_audit_entries_lost_total", 0.0);
    audit.close();
    AuditEntry.Who who = new AuditEntry.Who("r-1", "GALICE", "203.0.113.9");
    for (int i = 0; i < 3; i++) {
      audit.record(
          new AuditEntry.Command(
              Instant.EPOCH, who, "POST", "/v1/streams", 201, "v1/streams/7", Map.of()));
    }
    assertThat(read(audit)).containsEntry("flowfi_audit_entries_lost_total", 3.0);
  }

  private static Map<String, Double> read(AuditLog audit) {
    return PrometheusText.values(readings -> new AuditFigures(audit));
  }
}
