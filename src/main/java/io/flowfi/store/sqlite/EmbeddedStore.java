package io.flowfi.store.sqlite;

import io.flowfi.log.LogPurpose;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.store.Schema;
import io.flowfi.store.SqlStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.flywaydb.core.api.FlywayException;

/** Opens the store in an SQLite database, in a folder of this machine. */
public final class EmbeddedStore {
  private EmbeddedStore() {}

  /** The same as {@link #open(Path, LogPurpose)}, for a real log. */
  public static SqlStore open(Path dataDirectory) {
    return open(dataDirectory, LogPurpose.REAL);
  }

  /**
   * Opens the database of a directory, creates or migrates it.
   *
   * @param purpose what its log is for
   * @throws IllegalStateException if the directory or the database cannot be used; the message is a
   *     line for the operator
   */
  public static SqlStore open(Path dataDirectory, LogPurpose purpose) {
    return open(
        dataDirectory, purpose, directory -> Files.getFileStore(directory).getUsableSpace());
  }

  /** How many bytes the disk of a folder has left. */
  @FunctionalInterface
  interface Room {
    long left(Path directory) throws IOException;
  }

  static SqlStore open(Path dataDirectory, LogPurpose purpose, Room room) {
    Path directory = dataDirectory.toAbsolutePath().normalize();
    EmbeddedDatabase database = new EmbeddedDatabase(directory);
    try {
      Schema schema = new Schema(database);
      schema.unknownVersion().ifPresent(later -> UnusableStore.refuseLater(later, directory));
      if (schema.isBehind()) {
        UnusableStore.refuseWithoutRoom(directory, room.left(directory));
        schema.migrate();
      }
      return new SqlStore(database, purpose);
    } catch (FlywayException | LogUnavailableException | IOException e) {
      database.close();
      throw UnusableStore.because(directory, e);
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }
}
