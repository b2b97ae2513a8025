package io.flowfi.store.postgres;

import io.flowfi.store.UnreachableStoreException;
import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/** Says in one line why a PostgreSQL database cannot be used, and what its operator can do. */
final class UnusableDatabase {
  /** No connection; a server that starts or ends; one that has no connection left. */
  private static final String AWAY = "08(000|001|003|006)|57P0[1-5]|53300";

  /** Locks that did not come in time, statements that took too long, and conflicts. */
  private static final Set<String> HELD_UP = Set.of("55P03", "57014", "40001", "40P01");

  private static final String CONNECTION_REJECTED = "08004";

  /** The driver's state for what is wrong with certificates is the one of a server that is away. */
  private static final String DRIVERS_TLS = "org.postgresql.ssl.";

  /** A method of the driver's. */
  private static final String DRIVERS_HOST_CHECK = "verifyPeerName";

  private UnusableDatabase() {}

  /**
   * The error for what went wrong with the database.
   *
   * @param failure what the driver, the pool or the migration threw
   */
  static IllegalStateException because(PostgresSettings settings, Throwable failure) {
    String state = "";
    Throwable deepest = failure;
    Throwable tls = null;
    boolean broken = false;
    boolean pooled = false;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql && sql.getSQLState() != null) {
        state = sql.getSQLState();
        deepest = e;
      }
      tls = tls == null && isThrownByTls(e) ? e : tls;
      pooled |= e instanceof SQLTransientConnectionException; // a pool's, perhaps without a cause
      broken |=
          e instanceof SocketException
              || e instanceof EOFException
              || e instanceof InterruptedIOException; // a time limit
    }
    boolean away = state.matches(AWAY) && (tls == null || broken) || state.isEmpty() && pooled;
    String line =
        "the database of DATABASE_URL ("
            + settings
            + ") cannot be used: "
            + advice(settings, state, away, Optional.ofNullable(tls))
            + " ("
            + oneLine(deepest.getMessage())
            + ")";
    return away || HELD_UP.contains(state)
        ? new UnreachableStoreException(line, failure)
        : new IllegalStateException(line, failure);
  }

  /** Not by its message: that is in the language of the machine. */
  private static boolean isThrownByTls(Throwable e) {
    StackTraceElement[] frames = e.getStackTrace();
    return e instanceof SQLException
        && frames.length > 0
        && frames[0].getClassName().startsWith(DRIVERS_TLS);
  }

  /** By the exceptions, as their messages are in any language. */
  private static String adviceOnTls(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      StackTraceElement[] frames = e.getStackTrace();
      if (frames.length > 0 && frames[0].getMethodName().equals(DRIVERS_HOST_CHECK)) {
        return "its certificate is not for this host: name it as the certificate does";
      }
      if (e instanceof SSLException) {
        return "its certificate is not of sslrootcert";
      }
    }
    return "a file of sslrootcert, sslcert or sslkey cannot be used; the key must be PKCS#8 as DER,"
        + " or PKCS#12, and the others PEM";
  }

  private static String advice(
      PostgresSettings settings, String state, boolean away, Optional<Throwable> tls) {
    if (away && state.startsWith("08") && settings.properties().containsKey("sslkey")) {
      // a server that does not like a certificate hangs up, as one does that ends
      return "it does not answer, or does not accept the certificate of sslcert";
    }
    if (tls.isPresent() && !away) {
      return adviceOnTls(tls.get());
    }
    return switch (state) {
      case "28P01", "28000" -> "it does not accept the user and password, or this machine";
      case CONNECTION_REJECTED -> "it does not take connections as DATABASE_URL wants them";
      case "3D000" -> "it does not exist; create it, with its owner the user of DATABASE_URL";
      case "42501", "3F000" ->
          "the user may not create tables; let the user own the database, or its schema";
      case "08P01" -> "it, or a pooler before it, refuses the connection";
      case "53300" -> "it has too many connections; raise its max_connections";
      default ->
          away
              ? "it does not answer"
              : HELD_UP.contains(state)
                  ? "another program holds it up, such as an import"
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
