package io.flowfi.metrics;

import io.flowfi.audit.AuditLog;

/** The record of who did what. */
public final class AuditFigures implements Figures {
  private final AuditLog audit;

  public AuditFigures(AuditLog audit) {
    this.audit = audit;
  }

  @Override
  public void writeTo(Sheet sheet) {
    sheet.counter(
        "audit_entries_lost_total", "Lines of the audit log that could not be kept", audit.lost());
  }
}
