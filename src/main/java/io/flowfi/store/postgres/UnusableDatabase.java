package io.flowfi.store.postgres;

import io.flowfi.store.UnreachableStoreException;
import java.sql.SQLException;

/** Says in one line why a PostgreSQL database cannot be used, and what its operator can do. */
final class UnusableDatabase {
  /** No connection; a server that starts or ends; one that has no connection left. */
  private static final String AWAY = "08(000|001|003|006)|57P0[1-5]|53300";

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
    String line =
        "the database of DATABASE_URL ("
            + settings
            + ") cannot be used: "
            + advice(state)
            + " ("
            + oneLine(deepest.getMessage())
            + ")";
    return state.matches(AWAY)
        ? new UnreachableStoreException(line, failure)
        : new IllegalStateException(line, failure);
  }

  private static String advice(String state) {
    return switch (state) {
      case "28P01", "28000" -> "it does not accept the user and password, or this machine";
      case "3D000" -> "it does not exist; create it, with its owner the user of DATABASE_URL";
      case "42501", "3F000" ->
          "the user may not create tables; let the user own the database, or its schema";
      case "53300" -> "it has too many connections; raise its max_connections";
      default ->
          state.matches(AWAY)
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
