package io.flowfi.log;

/** What a log is for. It never changes: the log's identity says it. */
public enum LogPurpose {
  /** Its streams pay. */
  REAL,

  /** Its streams are for trying things out, and nobody is paid. */
  SANDBOX
}
