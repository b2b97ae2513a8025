package io.flowfi.audit;

/** Where entries of the audit log go. Any thread may record. */
@FunctionalInterface
public interface AuditTrail {
  /** Takes an entry; returns at once. */
  void record(AuditEntry entry);

  /** The same log for what happens in the sandbox: each entry says that it did. */
  default AuditTrail ofSandbox() {
    return entry -> record(new AuditEntry.OfSandbox(entry));
  }
}
