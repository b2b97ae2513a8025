package io.flowfi.store.sqlite;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says in one line why the store of a folder cannot be opened, and what its operator can do. */
final class UnusableStore {
  /** The space that a new database and its write-ahead log need, in bytes. */
  private static final long SMALLEST = 1L << 20;

  private UnusableStore() {}

  /**
   * The error for what went wrong with the database.
   *
   * @param failure what the driver, the pool or the migration threw
   */
  static IllegalStateException because(Path directory, Throwable failure) {
    SQLiteException database = null;
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SQLiteException sqlite) {
        database = sqlite;
      }
    }
    String why;
    if (database != null) {
      why = advice(database.getResultCode()) + " (" + oneLine(database.getMessage()) + ")";
    } else if (failure instanceof FlywayException) {
      // its own advice is for who writes migrations
      why =
          "the tables in flowfi.db are not those of FlowFi Events; name an empty folder, or one of"
              + " ours ("
              + oneLine(failure.getMessage())
              + ")";
    } else {
      why = oneLine(failure.getMessage());
    }
    return new IllegalStateException(
        "the database in FLOWFI_DATA_DIR " + directory + " cannot be opened: " + why, failure);
  }

  // An extended code has the plain one in its lower byte.
  private static String advice(SQLiteErrorCode code) {
    return switch (SQLiteErrorCode.getErrorCode(code.code & 0xff)) {
      case SQLITE_NOTADB, SQLITE_CORRUPT -> "flowfi.db is damaged or no database; restore a backup";
      case SQLITE_FULL -> "there is no space left on its disk";
      case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_AUTH ->
          "the server's user must be able to read and write the folder and every file in it";
      case SQLITE_BUSY, SQLITE_LOCKED -> "another program holds it; end that first";
      case SQLITE_IOERR -> "its disk fails or is full";
      default -> "SQLite refuses it";
    };
  }

  /**
   * Rejects a database that a later version has used.
   *
   * @param version of the database's tables
   * @throws IllegalStateException always
   */
  static void refuseLater(String version, Path directory) {
    throw new IllegalStateException(
        "the database in FLOWFI_DATA_DIR "
            + directory
            + " belongs to a later version of FlowFi Events (schema "
            + version
            + "); start that version, or restore a backup made before it");
  }

  /**
   * Refuses to update a database on a disk without room for it: the new tables may be as large as
   * the whole database.
   *
   * @param free bytes
   * @throws IllegalStateException if it has not
   */
  static void refuseWithoutRoom(Path directory, long free) throws IOException {
    Path file = directory.resolve(EmbeddedDatabase.DATABASE_FILE);
    long needed = SMALLEST + (Files.exists(file) ? Files.size(file) : 0);
    if (free < needed) {
      throw new IllegalStateException(
          "the database in FLOWFI_DATA_DIR "
              + directory
              + " cannot be brought up to date: that takes up to "
              + needed
              + " bytes, and its disk has "
              + free
              + " left");
    }
  }

  /** Many file exceptions hold only the path. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return "no permission for " + denied.getFile();
    }
    if (e instanceof FileAlreadyExistsException file) {
      return file.getFile() + " is no folder";
    }
    return oneLine(e.getMessage());
  }

  static String oneLine(String message) {
    return message == null
        ? "unknown reason"
        : message.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
  }
}
