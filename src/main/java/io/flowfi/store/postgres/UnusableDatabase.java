package io.flowfi.store.postgres;

import java.sql.SQLException;

/** Says in one line why a PostgreSQL database cannot be used, and what its operator can do. */
final class UnusableDatabase {
  private UnusableDatabase() {}

  /**
   * The error for what went wrong with the database.
   *
   * @param failure what the driver, the pool or the migration threw
   */
  static IllegalStateException because(PostgresSettings settings, Throwable failure) {
    String state = "";
    Throwable deepest = failure;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql && sql.getSQLState() != null) {
        state = sql.getSQLState();
        deepest = e;
      }
    }
    return new IllegalStateException(
        "the database of DATABASE_URL ("
            + settings
            + ") cannot be used: "
            + advice(state)
            + " ("
            + oneLine(deepest.getMessage())
            + ")",
        failure);
  }

  private static String advice(String state) {
    return switch (state) {
      case "28P01", "28000" -> "it does not accept the user and password, or this machine";
      case "3D000" -> "it does not exist; create it, with its owner the user of DATABASE_URL";
      case "42501", "3F000" ->
          "the user may not create tables; let the user own the database, or its schema";
      case "53300" -> "it has too many connections; raise its max_connections";
      default ->
          state.startsWith("08") || state.startsWith("57P")
              ? "it does not answer"
              : "its tables are not those of FlowFi Events; name an empty database, or a schema"
                  + " (currentSchema=)";
    };
  }

  private static String oneLine(String message) {
    return message == null
        ? "unknown reason"
        : message.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
