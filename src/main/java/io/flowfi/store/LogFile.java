package io.flowfi.store;

import java.util.List;
import java.util.Map;

/**
 * The form of an exported log: gzip'd lines of JSON. The first names the form and the schema. Then
 * come the tables: a line with name and columns, and a line for each row, as an array. The last
 * line has the number of lines before it and the SHA-256 of their bytes.
 */
final class LogFile {
  static final String FORM = "flowfi-log-1";

  /**
   * Everything that is the log's and not the node's. {@code log_head} is last: it has a row in a
   * new database too.
   */
  static final List<String> TABLES =
      List.of(
          "log_identity",
          "followed_contract",
          "chain_cursor",
          "chain_fault",
          "chain_events",
          "chain_event_counts",
          "chain_quarantine",
          "streams",
          "events",
          "idempotency_keys",
          "log_head");

  /** What identifies the log is exported only when the log moves. */
  static final String IDENTITY = "log_identity";

  static final String LOCK = "UPDATE log_head SET seq = seq WHERE id = 1";

  /** Since this version of the schema. */
  private static final Map<String, Integer> ADDED =
      Map.of("chain_events", 8, "chain_event_counts", 8, "chain_quarantine", 8, "chain_fault", 13);

  private LogFile() {}

  /** The tables that every export from a store of this schema has. */
  static List<String> needed(int schema) {
    return TABLES.stream()
        .filter(table -> !table.equals(IDENTITY) && ADDED.getOrDefault(table, 0) <= schema)
        .toList();
  }

  static String count(String table) {
    return "SELECT COUNT(*) FROM " + table;
  }
}
