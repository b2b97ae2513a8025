package io.flowfi.logs;

/** The form of the log's lines. */
public enum LogFormat {
  /** The container writes them, as it writes its own. */
  TEXT,
  /** One JSON object a line, to standard error. */
  JSON
}
